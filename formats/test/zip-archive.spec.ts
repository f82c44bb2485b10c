// What the reader of ZIPs takes, and what it refuses before it takes memory for it.
import { expect, test } from '@jest/globals';
import { BlobWriter, Uint8ArrayReader, ZipWriter, type ZipWriterConstructorOptions } from '@zip.js/zip.js';
import { strToU8, zipSync } from 'fflate';
import { bytesOfBlob, ZipArchive, ZipError, type RandomBytes } from '../src/zip/zip-archive.js';

const ROBIN = new TextEncoder().encode('A robin. '.repeat(100));
const GIB = 1024 ** 3;

test.each<[string, ZipWriterConstructorOptions]>([
  ['deflated', {}],
  ['stored', { level: 0 }],
  ['in ZIP64', { zip64: true }],
  ['with sizes before or behind the bytes', { dataDescriptor: true, level: 0 }],
])('a file that is %s', async (_, options) => {
  const archive = await ZipArchive.open(bytesOfBlob(await zipOf(options)));
  expect(archive.members).toEqual([{ path: 'a/robin.txt', size: ROBIN.length }]);
  expect(await archive.read('a/robin.txt')).toEqual(ROBIN);
});

test('a file that lies beyond 4 GiB, without what lies before it being read', async () => {
  const zip = new Uint8Array(await (await zipOf({ offset: 5 * GIB })).arrayBuffer());
  let read = 0;
  const large: RandomBytes = {
    size: 5 * GIB + zip.length,
    async read(position, length) {
      read += length;
      if (position === 0) return strToU8('PK').subarray(0, length);
      const before = Math.max(0, 5 * GIB - position);
      const part = new Uint8Array(length);
      part.set(zip.subarray(Math.max(0, position - 5 * GIB)).subarray(0, length - before), before);
      return part;
    },
  };
  const archive = await ZipArchive.open(large);
  expect(await archive.read('a/robin.txt')).toEqual(ROBIN);
  expect(read).toBeLessThan(1024 * 1024);
});

test('a file that is encrypted is named as such', async () => {
  const archive = await ZipArchive.open(bytesOfBlob(await zipOf({ password: 'secret', zipCrypto: true })));
  await expect(archive.read('a/robin.txt')).rejects.toThrow('a/robin.txt is encrypted');
});

test('a file that is packed in a way of its own is named as such', async () => {
  const bytes = Buffer.from(zipSync({ 'robin.txt': ROBIN }));
  bytes.writeUInt16LE(99, bytes.indexOf('PK\x01\x02') + 10);
  const archive = await ZipArchive.open(bytesOfBlob(new Blob([bytes])));
  await expect(archive.read('robin.txt')).rejects.toThrow('robin.txt is packed in an unknown way');
});

test('deflated bytes that are damaged are an error, wherever the damage is', async () => {
  const text = Uint8Array.from({ length: 300 }, (_, index) => (index * 7919) % 251);
  const whole = Buffer.from(zipSync({ 'a.bin': text }));
  const [start, end] = [30 + 'a.bin'.length, whole.indexOf('PK\x01\x02')];
  for (let at = start; at < end; at += 11) {
    const bytes = Buffer.from(whole);
    bytes.writeUInt8(bytes.readUInt8(at) ^ 0x10, at);
    const archive = await ZipArchive.open(bytesOfBlob(new Blob([bytes])));
    await expect(archive.read('a.bin')).rejects.toThrow(/^a\.bin is damaged: /);
  }
});

test('a list of files that is too long to hold is refused before it is read', async () => {
  const bytes = Buffer.from(zipSync({ 'a.txt': ROBIN }));
  const end = bytes.indexOf('PK\x05\x06');
  bytes.writeUInt32LE(3 * GIB, end + 12);
  let longest = 0;
  const source: RandomBytes = {
    size: 4 * GIB,
    async read(position, length) {
      longest = Math.max(longest, length);
      const all = Buffer.alloc(length);
      if (position === 0) bytes.copy(all);
      if (position + length === 4 * GIB) bytes.copy(all, length - (bytes.length - end), end);
      return all;
    },
  };
  await expect(ZipArchive.open(source)).rejects.toThrow(ZipError);
  expect(longest).toBeLessThan(GIB / 8);
});

test('a disk that fails is what is said, not that the ZIP is damaged', async () => {
  const bytes = bytesOfBlob(await zipOf({}));
  let good = Infinity;
  const failing: RandomBytes = {
    size: bytes.size,
    read: async (position, length) => {
      if (--good < 0) throw new Error('EIO: the disk has failed');
      return bytes.read(position, length);
    },
  };
  const archive = await ZipArchive.open(failing);
  good = 1;
  await expect(ZipArchive.open(failing)).rejects.toThrow(/^EIO/);
  for (const reads of [0, 1]) {
    good = reads;
    await expect(archive.read('a/robin.txt')).rejects.toThrow(/^EIO/);
  }
});

async function zipOf(options: ZipWriterConstructorOptions): Promise<Blob> {
  const zip = new ZipWriter(new BlobWriter(), { useWebWorkers: false, ...options });
  await zip.add('a/robin.txt', new Uint8ArrayReader(ROBIN));
  return zip.close();
}
