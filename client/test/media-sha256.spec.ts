import { createHash, randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Sha256, type NewHasher } from '../src/media/sha256.js';
import { nodeHasher } from '../src/node/hasher.js';

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);

const inJavaScript: NewHasher = () => new Sha256();

describe.each<[string, NewHasher]>([
  ['in JavaScript', inJavaScript],
  ['of Node', nodeHasher],
])('SHA-256 %s', (_, newHasher) => {
  // From FIPS 180-4 and its examples.
  test.each([
    ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    [
      'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
      '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
    ],
    ['a'.repeat(1_000_000), 'cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0'],
  ])('has the published digest of its vector %#', (text, digest) => {
    const hasher = newHasher();
    hasher.update(ascii(text));
    expect(hasher.hex()).toBe(digest);
  });
});

test('however the bytes are cut, the digest is the one that node:crypto has', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 12 }), (pieces) => {
      const hasher = new Sha256();
      for (const piece of pieces) hasher.update(piece);
      expect(hasher.hex()).toBe(createHash('sha256').update(Buffer.concat(pieces)).digest('hex'));
    }),
    { numRuns: 300 },
  );
});

test('every length around the ends of blocks has its own padding', () => {
  const bytes = randomBytes(300);
  for (let length = 0; length <= bytes.length; length += 1) {
    const hasher = new Sha256();
    // A view into a larger buffer, as pieces of files are.
    hasher.update(bytes.subarray(bytes.length - length));
    const digest = createHash('sha256').update(bytes.subarray(bytes.length - length));
    expect(hasher.hex()).toBe(digest.digest('hex'));
  }
});
