// Writes a ZIP whose bytes depend on its contents alone: uncompressed (what a compressor makes depends on its version),
// one fixed time, in the order given. Each piece goes out as it comes.
import { ZipWriter, type ZipWriterAddDataOptions } from '@zip.js/zip.js/lib/zip-core-custom.js';

/** A file to put into a ZIP. */
export interface ZipContent {
  path: string;
  /** In bytes. */
  size: number;
  /** Asked for when its turn has come. */
  bytes: () => AsyncIterable<Uint8Array>;
}

/**
 * Up to here a file is held in memory until its checksum is known and can stand before it, as some programs need it
 * that read a ZIP from its beginning. Larger ones have it behind them.
 */
const HELD_BYTES = 8 * 1024 * 1024;

/** 1 January 1980 at midnight, the first time that a ZIP can say: day and month lie in the upper half. */
const FIXED_TIME = (1 << 21) | (1 << 16);

const OPTIONS: ZipWriterAddDataOptions = {
  level: 0,
  rawLastModDate: FIXED_TIME,
  extendedTimestamp: false,
  useUnicodeFileNames: true,
};

/**
 * Writes the files and closes `writable`; where that fails, `writable` is aborted.
 * @param onWritten told after each file how many are written
 * @throws what a file or the writable threw, and an Error where a file has other bytes than it says
 */
export async function writeZip(
  contents: readonly ZipContent[],
  writable: WritableStream<Uint8Array>,
  onWritten: (files: number) => void = () => {},
): Promise<void> {
  const zip = new ZipWriter(writable, { useWebWorkers: false });
  try {
    for (const [index, content] of contents.entries()) {
      await zip.add(content.path, streamOf(content), { ...OPTIONS, ...sizesOf(content) });
      onWritten(index + 1);
    }
    await zip.close();
  } catch (error) {
    // Where the writable itself failed it is aborted already.
    await writable.abort(error).catch(() => undefined);
    throw error;
  }
}

function sizesOf({ size }: ZipContent): ZipWriterAddDataOptions {
  return { uncompressedSize: size, bufferedWrite: size <= HELD_BYTES };
}

function streamOf({ path, size, bytes }: ZipContent): ReadableStream<Uint8Array> {
  const pieces = bytes()[Symbol.asyncIterator]();
  let length = 0;
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await pieces.next();
      if (!done) {
        length += value.length;
        controller.enqueue(value);
      }
      if (done ? length !== size : length > size) {
        throw new Error(`${path}: another number of bytes than the ${size} that it should have`);
      }
      if (done) controller.close();
    },
    cancel: async (reason) => void (await pieces.return?.(reason)),
  });
}
