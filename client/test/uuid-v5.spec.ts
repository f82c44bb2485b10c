import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { uuidV5 } from '../src/uuid-v5.js';

const DNS = '6ba7b810-9dad-11d1-80b4-00c04fd430c8';

test('the example of RFC 9562 comes out', () => {
  expect(uuidV5(DNS, 'www.example.com')).toBe('2ed6657d-e927-568b-95e1-2665a8aea6a2');
});

test('names of every length and alphabet hash as Node hashes them', () => {
  fc.assert(
    fc.property(fc.uuid(), fc.string({ unit: 'binary', maxLength: 300 }), (namespace, name) => {
      const sha1 = createHash('sha1')
        .update(Buffer.from(namespace.replaceAll('-', ''), 'hex'))
        .update(name)
        .digest();
      const digits = uuidV5(namespace, name).replaceAll('-', '');
      const [expected, made] = [sha1.subarray(0, 16).toString('hex'), digits];
      expect(made.slice(0, 12)).toBe(expected.slice(0, 12));
      expect(made[12]).toBe('5');
      expect(made.slice(13, 16)).toBe(expected.slice(13, 16));
      expect(made.slice(17)).toBe(expected.slice(17));
    }),
  );
});
