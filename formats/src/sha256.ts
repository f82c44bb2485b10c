import { Sha256 } from '@logdate/client/sha256';

/** The SHA-256 of a text in UTF-8, 64 lower-case hexadecimal digits, at once: WebCrypto answers later. */
export function sha256Of(text: string): string {
  const hash = new Sha256();
  hash.update(new TextEncoder().encode(text));
  return hash.hex();
}
