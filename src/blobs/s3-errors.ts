import { S3Error } from 'minio';
import { BlobNotFoundError, BlobStoreUnavailableError } from './blob-store.js';

const MISSING = new Set(['NoSuchKey', 'NotFound', 'NoSuchUpload']);

const CUT_OFF = new Set(['ECONNRESET', 'EPIPE']);

/** By the system, the name service, TLS, and the store. A store without our bucket has not lost one object, but all. */
const UNAVAILABLE = new Set(
  [
    'ECONNRESET EPIPE ECONNREFUSED ECONNABORTED ETIMEDOUT EHOSTUNREACH EHOSTDOWN ENETUNREACH ENETDOWN',
    'ENOTFOUND EAI_AGAIN CERT_HAS_EXPIRED CERT_NOT_YET_VALID ERR_TLS_CERT_ALTNAME_INVALID',
    'SlowDown InternalError ServiceUnavailable RequestTimeout OperationAborted NoSuchBucket',
  ].flatMap((names) => names.split(' ')),
);

/** What the system or the store calls an error: `ECONNREFUSED`, `NoSuchKey`. */
export function s3Code(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  if ('Code' in error && typeof error.Code === 'string') return error.Code;
  return 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** An error inside an answer with status 200 is thrown as it was in the XML. */
function isAnswer(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'Code' in error;
}

/** The last are answers that are no HTTP. */
function isTrouble(code: string): boolean {
  return UNAVAILABLE.has(code) || code.startsWith('HPE_');
}

/** The error as the callers of a BlobStore know it. */
export function blobError(error: unknown, key: string): unknown {
  if (error instanceof BlobStoreUnavailableError || error instanceof BlobNotFoundError) return error;
  const code = s3Code(error);
  if (code !== undefined && MISSING.has(code)) return new BlobNotFoundError(key);
  const isUnreadable = code === undefined && error instanceof S3Error;
  if (isUnreadable || isAnswer(error) || (code !== undefined && isTrouble(code))) {
    return new BlobStoreUnavailableError(`The store cannot be used: ${code ?? 'no code'}`, { cause: error });
  }
  return error;
}

/** The connection broke, or the store answered that it had trouble: unlike silence, this costs little to try again. */
export function isWorthAnotherTry(error: unknown): boolean {
  if (error instanceof BlobStoreUnavailableError) return error.cause !== undefined;
  return CUT_OFF.has(s3Code(error) ?? '');
}
