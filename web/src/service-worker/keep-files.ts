// Keeps the files of a version on this device.
import { HASHED_FILES, type Version } from './version.js';

/** Keeps all files, or fails: a version is whole or is not used. What an attempt before kept is not fetched again. */
export async function keepFiles({ name, files }: Version): Promise<void> {
  const cache = await caches.open(name);
  const kept = new Set((await cache.keys()).map(({ url }) => new URL(url).pathname));
  const missing = Object.entries(files).filter(([path]) => !kept.has(path));
  await Promise.all(
    missing.map(async ([path, integrity]) => {
      const earlier = path.startsWith(HASHED_FILES) ? await caches.match(path, { ignoreVary: true }) : undefined;
      await cache.put(path, earlier ?? (await fetched(path, integrity)));
    }),
  );
}

/**
 * A server that changed to another build meanwhile answers with other bytes: their digest gives them away.
 * @throws where the answer is not this file
 */
async function fetched(path: string, integrity: string): Promise<Response> {
  const answer = await fetch(path, { integrity, cache: 'no-cache' });
  if (!answer.ok) throw new Error(`${path} was answered with ${answer.status}`);
  return answer;
}
