import { readdir, readFile, writeFile } from 'node:fs/promises';
import { extname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, gzip } from 'node:zlib';
import type { Plugin } from 'vite';

/** Pictures and fonts are compressed already. */
const COMPRESSIBLE = new Set(['.css', '.html', '.js', '.json', '.svg', '.txt', '.webmanifest']);
/** The best both can do: it is done once for every build, and read by every visitor. */
const WAYS = [
  { extension: '.br', compress: promisify<Buffer, Buffer>(brotliCompress) },
  { extension: '.gz', compress: (bytes: Buffer) => promisify(gzip)(bytes, { level: 9 }) },
];

/** Puts `.br` and `.gz` beside each file of a build, for the server to send as they are. */
export function compressFiles(): Plugin {
  let folder = '';
  return {
    name: 'compress-files',
    apply: 'build',
    configResolved({ root, build }) {
      folder = resolve(root, build.outDir);
    },
    closeBundle: {
      // After what other plugins still write.
      order: 'post',
      sequential: true,
      async handler() {
        const names = await readdir(folder, { recursive: true });
        await Promise.all(
          names.filter((name) => COMPRESSIBLE.has(extname(name))).map((name) => compressed(join(folder, name))),
        );
      },
    },
  };
}

async function compressed(file: string): Promise<void> {
  const bytes = await readFile(file);
  for (const { extension, compress } of WAYS) await writeFile(`${file}${extension}`, await compress(bytes));
}
