// Reads single files out of a ZIP without unpacking the rest: an export may hold gigabytes of photos.
// Sizes are bounded before memory is taken, and a checksum that differs is an error, never a shorter diary.
import {
  ERR_EOCDR_NOT_FOUND,
  ERR_INVALID_COMPRESSED_DATA,
  ERR_INVALID_CRC32,
  ERR_INVALID_UNCOMPRESSED_SIZE,
  ERR_UNSUPPORTED_COMPRESSION,
  Reader,
  Uint8ArrayWriter,
  ZipReader,
  type FileEntry,
} from '@zip.js/zip.js/lib/zip-core-custom.js';

/** The list of files in a ZIP is read as a whole; a million photos take less. */
const LARGEST_DIRECTORY_BYTES = 64 * 1024 * 1024;
const SHORTEST_ZIP_BYTES = 22;

/** Bytes that can be read from any place: a Blob, or an open file on a disk. */
export interface RandomBytes {
  readonly size: number;
  /** Exactly `length` bytes from `position`, fewer only where they end. */
  read(position: number, length: number): Promise<Uint8Array>;
}

/** One file inside the archive. */
export interface ZipMember {
  path: string;
  /** Bytes after unpacking, as declared: checked against what really comes out. */
  size: number;
}

/** A ZIP that cannot be read; the message says what is wrong with it. */
export class ZipError extends Error {}

// What went wrong inside the library has no code but its message, which the library exports as a constant.
const DAMAGE: Readonly<Record<string, string>> = {
  [ERR_INVALID_CRC32]: 'is damaged: its checksum differs',
  [ERR_INVALID_UNCOMPRESSED_SIZE]: 'is damaged: it does not unpack to the size it declares',
  [ERR_INVALID_COMPRESSED_DATA]: 'is damaged: it does not unpack',
  [ERR_UNSUPPORTED_COMPRESSION]: 'is packed in an unknown way',
};

/** An open ZIP: a list of members, and the bytes of those that are asked for. */
export class ZipArchive {
  readonly members: readonly ZipMember[];
  private readonly entries: ReadonlyMap<string, FileEntry>;

  private constructor(files: readonly FileEntry[]) {
    this.members = files.map(({ filename, uncompressedSize }) => ({ path: filename, size: uncompressedSize }));
    this.entries = new Map(files.map((file) => [file.filename, file]));
  }

  /** Reads the list of files. Throws ZipError for anything that is not a whole ZIP. */
  static async open(bytes: RandomBytes): Promise<ZipArchive> {
    const isZip = String.fromCharCode(...(await bytes.read(0, 2))) === 'PK';
    if (!isZip) throw new ZipError('not a ZIP file');
    if (bytes.size < SHORTEST_ZIP_BYTES) throw new ZipError('the ZIP is cut off: its end is missing');
    const zip = new ZipReader(new Source(bytes), {
      useWebWorkers: false,
      checkCrc32: true,
      // Names are for whoever reads the list to judge; nothing is written under them.
      filenameValidation: 'tolerant',
      // Sizes and checksums count as the list at the end says them, as for every other program.
      checkLocalDirectory: false,
    });
    try {
      const entries = await zip.getEntries();
      return new ZipArchive(entries.filter((entry): entry is FileEntry => !entry.directory));
    } catch (error) {
      throw directoryError(error);
    }
  }

  /** The unpacked bytes of one member. Throws ZipError, whose message begins with its path, or what its source threw. */
  async read(path: string): Promise<Uint8Array> {
    const entry = this.entries.get(path);
    if (!entry) throw new ZipError(`${path} is not in the ZIP`);
    if (entry.encrypted) throw new ZipError(`${path} is encrypted`);
    try {
      // Ends at the declared size: a bomb declares little and unpacks to much.
      return await entry.getData(new Uint8ArrayWriter());
    } catch (error) {
      if (error instanceof SourceError) throw error.cause;
      const { message } = error as Error;
      throw new ZipError(`${path} ${DAMAGE[message] ?? `is damaged: ${message}`}`, { cause: error });
    }
  }
}

/** A Blob, such as a file that a person chose, as bytes to read from any place. */
export function bytesOfBlob(blob: Blob): RandomBytes {
  return {
    size: blob.size,
    read: async (position, length) => new Uint8Array(await blob.slice(position, position + length).arrayBuffer()),
  };
}

function directoryError(error: unknown): unknown {
  if (error instanceof SourceError) return error.cause;
  const { message } = error as Error;
  const words = message === ERR_EOCDR_NOT_FOUND ? 'is cut off: its end is missing' : `is damaged: ${message}`;
  return new ZipError(`the ZIP ${words}`, { cause: error });
}

/** What came from the source, a disk that fails: it is not the ZIP that is damaged. */
class SourceError extends Error {}

class Source extends Reader<RandomBytes> {
  constructor(private readonly bytes: RandomBytes) {
    super(bytes);
    this.size = bytes.size;
  }

  override async readUint8Array(position: number, length: number): Promise<Uint8Array> {
    try {
      // Contents come in small pieces: so long a part can only be the list of files.
      if (length > LARGEST_DIRECTORY_BYTES) throw new ZipError('the ZIP holds too many files');
      return await this.bytes.read(position, length);
    } catch (error) {
      throw new SourceError('the source of the ZIP cannot be read', { cause: error });
    }
  }
}
