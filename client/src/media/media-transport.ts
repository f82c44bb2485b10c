// What the engine needs of the server for files. HTTP is one way; a test may be another.
import type { RemoteRow } from '../resources.js';
import type { MediaEntry } from '../tables.js';

/** What the server is told of a file before its bytes. */
export type MediaFacts = Pick<
  MediaEntry,
  'id' | 'contentId' | 'fileName' | 'mimeType' | 'createdAt' | 'mutationId' | 'size' | 'sha256'
>;

/** A range of a file that is PUT straight to the store of the server. */
export interface SignedPart {
  url: string;
  headers: Readonly<Record<string, string>>;
  from: number;
  /** Behind its last byte. */
  to: number;
}

/** How the server wants the bytes. */
export type UploadPlan =
  | { method: 'ALREADY_STORED'; row: RemoteRow }
  | { method: 'TUS'; url: string }
  | { method: 'SIGNED'; parts: readonly SignedPart[] };

/** The way to the server for files. Each call throws TransportError and nothing else but an abort. */
export interface MediaTransport {
  /** A small file with one request; the same one again is harmless. */
  uploadWhole(file: MediaFacts, bytes: Uint8Array<ArrayBuffer>, signal: AbortSignal): Promise<RemoteRow>;
  /** Makes the row and says how the bytes are to come; the same one again goes on where it was. */
  begin(file: MediaFacts, signal: AbortSignal): Promise<UploadPlan>;
  /** How many bytes of a TUS upload have arrived; undefined when there is no such upload (any more). */
  arrived(url: string, signal: AbortSignal): Promise<number | undefined>;
  /** Sends bytes of a TUS upload. @returns how many bytes have arrived now */
  append(url: string, offset: number, bytes: Uint8Array<ArrayBuffer>, signal: AbortSignal): Promise<number>;
  /** Sends one part of a SIGNED upload. */
  put(part: SignedPart, bytes: Uint8Array<ArrayBuffer>, signal: AbortSignal): Promise<void>;
  /** Has the bytes checked and the row made READY. */
  complete(id: string, signal: AbortSignal): Promise<RemoteRow>;
  /** The row as it is now, undefined where there is none or it is deleted. */
  row(id: string, signal: AbortSignal): Promise<RemoteRow | undefined>;
  /** The bytes from `from` on, however far the line holds. */
  download(id: string, from: number, sha256: string, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>>;
}
