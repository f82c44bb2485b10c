/**
 * Sends a file to the S3 store of BLOB_SETTINGS and reads it back, in a process of its own, and prints one line of JSON:
 * how much memory each took above the idle process, and how fast it was. Run as `node blob-memory.mjs <file>`. Linux only.
 */
import { createHash } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { S3BlobStore } from '../../dist/src/blobs/s3-blob-store.js';

const MIB = 1024 * 1024;
const [, , path = ''] = process.argv;
const store = new S3BlobStore(JSON.parse(process.env.BLOB_SETTINGS ?? '{}'));
const size = statSync(path).size;

async function read(key) {
  const hash = createHash('sha256');
  for await (const chunk of await store.get(key)) hash.update(chunk);
  return hash.digest('hex');
}

const memory = (name) =>
  Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) / 1024;

async function measured(work) {
  globalThis.gc?.();
  // Resets the peak.
  writeFileSync('/proc/self/clear_refs', '5');
  const idle = memory('VmRSS');
  const startedAt = performance.now();
  const result = await work();
  const seconds = (performance.now() - startedAt) / 1000;
  return { result, mibAboveIdle: memory('VmHWM') - idle, mibPerSecond: size / MIB / seconds };
}

await store.ensureBucket();
const put = await measured(() => store.putFile('memory/film', path));
const get = await measured(() => read('memory/film'));
console.log(JSON.stringify({ put, get }));
