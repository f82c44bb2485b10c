import { strToU8, zipSync, type Zippable } from 'fflate';

/** A ZIP of these files, by path. */
export function zipOf(contents: Record<string, string | Uint8Array>): Uint8Array<ArrayBuffer> {
  const members: Zippable = {};
  for (const [path, content] of Object.entries(contents)) {
    members[path] = typeof content === 'string' ? strToU8(content) : content;
  }
  return zipSync(members);
}
