// SHA-256 of bytes that come piece by piece: WebCrypto takes a file only as a whole, which 2 GiB is not.

/** Takes in bytes in order and tells their digest. */
export interface Hasher {
  update(bytes: Uint8Array): void;
  /** The SHA-256 of everything taken in, 64 lower-case hexadecimal digits; nothing may follow. */
  hex(): string;
}

/** Makes a hasher for one file; where the platform has a fast one, that one. */
export type NewHasher = () => Hasher;

const BLOCK = 64;

/** The first 32 bits behind the point. */
const fractionOf = (root: number): number => ((root % 1) * 2 ** 32) | 0;

const PRIMES = firstPrimes(64);
/** As the standard makes them: of the cube roots of the first 64 primes, and of the square roots of the first 8. */
const ROUND = Int32Array.from(PRIMES, (prime) => fractionOf(Math.cbrt(prime)));
const START = Int32Array.from(PRIMES.slice(0, 8), (prime) => fractionOf(Math.sqrt(prime)));

/** FIPS 180-4, with constant memory. */
export class Sha256 implements Hasher {
  private readonly state = START.slice();
  private readonly schedule = new Int32Array(64);
  /** The block that is not yet full. */
  private readonly rest = new Uint8Array(BLOCK);
  /** Bytes taken in. */
  private length = 0;

  update(bytes: Uint8Array): void {
    const filled = this.length % BLOCK;
    this.length += bytes.length;
    let at = 0;
    if (filled > 0) {
      at = Math.min(BLOCK - filled, bytes.length);
      this.rest.set(bytes.subarray(0, at), filled);
      if (filled + at < BLOCK) return;
      this.compress(this.rest, 0);
    }
    for (; at + BLOCK <= bytes.length; at += BLOCK) this.compress(bytes, at);
    this.rest.set(bytes.subarray(at));
  }

  hex(): string {
    const { length } = this;
    const padding = new Uint8Array(BLOCK - ((length + 8) % BLOCK) + 8);
    padding[0] = 0x80;
    const view = new DataView(padding.buffer);
    view.setUint32(padding.length - 8, Math.floor(length / 2 ** 29));
    view.setUint32(padding.length - 4, length << 3);
    this.update(padding);
    return Array.from(this.state, (word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
  }

  private compress(bytes: Uint8Array, at: number): void {
    const { state, schedule } = this;
    const view = new DataView(bytes.buffer, bytes.byteOffset + at, BLOCK);
    for (let i = 0; i < 16; i += 1) schedule[i] = view.getInt32(i * 4);
    for (let i = 16; i < 64; i += 1) {
      const early = word(schedule, i - 15);
      const late = word(schedule, i - 2);
      const mixed = (turn(early, 7) ^ turn(early, 18) ^ (early >>> 3)) + (turn(late, 17) ^ turn(late, 19) ^ (late >>> 10));
      schedule[i] = (mixed + word(schedule, i - 16) + word(schedule, i - 7)) | 0;
    }
    let [a, b, c, d, e, f, g, h] = state as unknown as Eight;
    for (let i = 0; i < 64; i += 1) {
      const chosen = (e & f) ^ (~e & g);
      const first = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + chosen + word(ROUND, i) + word(schedule, i)) | 0;
      const most = (a & b) ^ (a & c) ^ (b & c);
      const second = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + most) | 0;
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) | 0, c, b, a, (first + second) | 0];
    }
    [a, b, c, d, e, f, g, h].forEach((value, i) => (state[i] = word(state, i) + value));
  }
}

type Eight = [number, number, number, number, number, number, number, number];

function turn(value: number, by: number): number {
  return (value >>> by) | (value << (32 - by));
}

function word(words: Int32Array, at: number): number {
  return words[at] as number;
}

function firstPrimes(count: number): number[] {
  const primes: number[] = [];
  for (let candidate = 2; primes.length < count; candidate += 1) {
    if (primes.every((prime) => candidate % prime !== 0)) primes.push(candidate);
  }
  return primes;
}
