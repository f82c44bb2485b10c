import { createHash } from 'node:crypto';
import type { Hasher } from '../media/sha256.js';

/** SHA-256 by the machine's own code, several times as fast as the one in JavaScript: give it as `newHasher`. */
export function nodeHasher(): Hasher {
  const hash = createHash('sha256');
  return {
    update: (bytes) => void hash.update(bytes),
    hex: () => hash.digest('hex'),
  };
}
