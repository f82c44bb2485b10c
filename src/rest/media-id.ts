import { createHash } from 'node:crypto';

/** What makes two uploads the same one. */
export interface MediaIdentity {
  contentId: string;
  /** Digest of the bytes. */
  sha256: string;
  fileName: string;
}

/** The id of media that the client gave none: uuid v5 (RFC 9562), so that the same upload sent again makes no second row. */
export function mediaIdOf(userId: string, { contentId, sha256, fileName }: MediaIdentity): string {
  const digest = createHash('sha1')
    .update(Buffer.from(userId.replaceAll('-', ''), 'hex'))
    .update(`${contentId.toLowerCase()} ${sha256} ${fileName}`)
    .digest();
  digest.writeUInt8((digest.readUInt8(6) & 0x0f) | 0x50, 6);
  digest.writeUInt8((digest.readUInt8(8) & 0x3f) | 0x80, 8);
  return digest.toString('hex', 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
