// Reads single files out of a ZIP without unpacking the rest: an export may hold gigabytes of photos.
// Sizes are bounded before memory is taken, and a checksum that differs is an error, never a shorter diary.
import { open, type FileHandle } from 'node:fs/promises';
import { crc32, inflateRawSync } from 'node:zlib';

const END_RECORD = 0x06054b50;
const END_RECORD_BYTES = 22;
const LONGEST_COMMENT = 65_535;
const DIRECTORY_RECORD = 0x02014b50;
const DIRECTORY_RECORD_BYTES = 46;
const FILE_RECORD = 0x04034b50;
const FILE_RECORD_BYTES = 30;
const LARGEST_DIRECTORY_BYTES = 64 * 1024 * 1024;
const NEEDS_ZIP64 = 0xffffffff;

/** One file inside the archive, as the archive's directory declares it. */
export interface ZipMember {
  name: string;
  /** Bytes after unpacking, as declared: checked against what really comes out. */
  size: number;
  packedSize: number;
  method: number;
  encrypted: boolean;
  crc: number;
  offset: number;
}

/** A ZIP that cannot be read; the message says what is wrong with it. */
export class ZipError extends Error {}

/** An open ZIP: a list of members, and the bytes of those that are asked for. */
export class ZipArchive {
  private constructor(
    private readonly file: FileHandle,
    readonly members: ZipMember[],
  ) {}

  /** Opens the ZIP at `path` and reads its directory. Throws ZipError for anything that is not a whole ZIP. */
  static async open(path: string): Promise<ZipArchive> {
    const file = await open(path, 'r');
    try {
      return new ZipArchive(file, await readDirectory(file));
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** The unpacked bytes of one member, at most `limit` of them. */
  async read(member: ZipMember, limit: number): Promise<Buffer> {
    if (member.size > limit || member.packedSize > limit) {
      throw new ZipError(`${member.name} is too large: more than ${limit} bytes`);
    }
    if (member.encrypted) throw new ZipError(`${member.name} is encrypted`);
    const head = await bytesAt(this.file, member.offset, FILE_RECORD_BYTES);
    if (head.readUInt32LE(0) !== FILE_RECORD) throw new ZipError(`${member.name} is damaged`);
    const start = member.offset + FILE_RECORD_BYTES + head.readUInt16LE(26) + head.readUInt16LE(28);
    const packed = await bytesAt(this.file, start, member.packedSize);
    const bytes = unpack(member, packed);
    if (bytes.length !== member.size || crc32(bytes) !== member.crc) {
      throw new ZipError(`${member.name} is damaged: its size or checksum differs`);
    }
    return bytes;
  }

  async close(): Promise<void> {
    await this.file.close();
  }
}

async function readDirectory(file: FileHandle): Promise<ZipMember[]> {
  const { size } = await file.stat();
  const isZip = size >= 4 && (await bytesAt(file, 0, 4)).toString('latin1').startsWith('PK');
  if (!isZip) throw new ZipError('not a ZIP file');

  const tailBytes = Math.min(size, END_RECORD_BYTES + LONGEST_COMMENT);
  const tail = await bytesAt(file, size - tailBytes, tailBytes);
  const end = findEndRecord(tail);
  if (end === undefined) throw new ZipError('the ZIP is cut off: its end is missing');
  const directoryBytes = tail.readUInt32LE(end + 12);
  const directoryOffset = tail.readUInt32LE(end + 16);
  if (directoryBytes === NEEDS_ZIP64 || directoryOffset === NEEDS_ZIP64) {
    throw new ZipError('the ZIP is larger than 4 GiB: unpack it and give the folder');
  }
  if (directoryBytes > LARGEST_DIRECTORY_BYTES) throw new ZipError('the ZIP holds too many files');
  return parseDirectory(await bytesAt(file, directoryOffset, directoryBytes));
}

// From the back: only there does the comment reach exactly to the end of the file.
function findEndRecord(tail: Buffer): number | undefined {
  for (let at = tail.length - END_RECORD_BYTES; at >= 0; at -= 1) {
    const reachesEnd = () => at + END_RECORD_BYTES + tail.readUInt16LE(at + 20) === tail.length;
    if (tail.readUInt32LE(at) === END_RECORD && reachesEnd()) return at;
  }
  return undefined;
}

function parseDirectory(directory: Buffer): ZipMember[] {
  const members: ZipMember[] = [];
  let at = 0;
  while (at < directory.length) {
    const whole = at + DIRECTORY_RECORD_BYTES <= directory.length;
    if (!whole || directory.readUInt32LE(at) !== DIRECTORY_RECORD) {
      throw new ZipError("the ZIP's list of files is damaged");
    }
    const nameStart = at + DIRECTORY_RECORD_BYTES;
    const nameEnd = nameStart + directory.readUInt16LE(at + 28);
    members.push({
      name: directory.toString('utf8', nameStart, nameEnd),
      size: directory.readUInt32LE(at + 24),
      packedSize: directory.readUInt32LE(at + 20),
      method: directory.readUInt16LE(at + 10),
      encrypted: (directory.readUInt16LE(at + 8) & 1) === 1,
      crc: directory.readUInt32LE(at + 16),
      offset: directory.readUInt32LE(at + 42),
    });
    at = nameEnd + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  return members;
}

function unpack(member: ZipMember, packed: Buffer): Buffer {
  if (member.method === 0) return packed;
  if (member.method !== 8) throw new ZipError(`${member.name} is packed in an unknown way`);
  try {
    // A bomb declares little and unpacks to much: inflating ends at the declared size.
    return inflateRawSync(packed, { maxOutputLength: Math.max(1, member.size) });
  } catch {
    throw new ZipError(`${member.name} is damaged: it does not unpack to the size it declares`);
  }
}

async function bytesAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await file.read(buffer, 0, length, position);
  if (bytesRead < length) throw new ZipError('the ZIP is cut off');
  return buffer;
}
