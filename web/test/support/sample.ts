/** The project's own sample of a Day One export: a garden's year in 28 entries, two of them with a photo. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { zipSync } from 'fflate';

export const SAMPLE = 'samples/garden-year';
/** Below it. */
export const SAMPLE_PHOTO = 'photos/067b85b06b69c30bca3740d73e4af108.png';

/** The sample as a person has it: in one ZIP. */
export async function sampleZip(): Promise<Buffer> {
  const names = ['Garden.json', SAMPLE_PHOTO];
  const files = await Promise.all(names.map(async (name) => [name, await readFile(join(SAMPLE, name))] as const));
  return Buffer.from(zipSync(Object.fromEntries(files)));
}
