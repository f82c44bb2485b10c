// Uuids that follow from a name, so that two devices that make the same copy give it the same id.
// SHA-1 is written out here because WebCrypto answers later, and a local transaction cannot wait for it.

/** The uuid version 5 (RFC 9562) of `name` in the namespace `namespace`, a uuid. */
export function uuidV5(namespace: string, name: string): string {
  const pairs = namespace.replaceAll('-', '').match(/../g) ?? [];
  const digits = sha1([...pairs.map((pair) => Number.parseInt(pair, 16)), ...new TextEncoder().encode(name)]);
  const variant = (Number.parseInt(digits.slice(16, 17), 16) & 0x3) | 0x8;
  const last = `${variant.toString(16)}${digits.slice(17, 20)}-${digits.slice(20, 32)}`;
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-5${digits.slice(13, 16)}-${last}`;
}

/** In hexadecimal. */
function sha1(message: readonly number[]): string {
  const padded = new DataView(new ArrayBuffer(((message.length + 8) >> 6) * 64 + 64));
  for (const [at, byte] of [...message, 0x80].entries()) padded.setUint8(at, byte);
  padded.setUint32(padded.byteLength - 4, message.length * 8);
  let state: State = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0];
  for (let block = 0; block < padded.byteLength; block += 64) {
    let [a, b, c, d, e] = state;
    const words: number[] = [];
    const word = (at: number): number => words[at] as number;
    for (let i = 0; i < 80; i++) {
      words[i] =
        i < 16 ? padded.getUint32(block + i * 4) : rotate(word(i - 3) ^ word(i - 8) ^ word(i - 14) ^ word(i - 16), 1);
      [a, b, c, d, e] = [(rotate(a, 5) + mixed(i, b, c, d) + e + word(i)) | 0, a, rotate(b, 30), c, d];
    }
    const [v, w, x, y, z] = state;
    state = [(v + a) | 0, (w + b) | 0, (x + c) | 0, (y + d) | 0, (z + e) | 0];
  }
  return state.map((part) => (part >>> 0).toString(16).padStart(8, '0')).join('');
}

type State = [number, number, number, number, number];

function mixed(i: number, b: number, c: number, d: number): number {
  if (i < 20) return ((b & c) | (~b & d)) + 0x5a827999;
  if (i < 40) return (b ^ c ^ d) + 0x6ed9eba1;
  if (i < 60) return ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc;
  return (b ^ c ^ d) + 0xca62c1d6;
}

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}
