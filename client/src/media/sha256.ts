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
      this.compress(viewOf(this.rest), 0);
    }
    const view = viewOf(bytes);
    for (; at + BLOCK <= bytes.length; at += BLOCK) this.compress(view, at);
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

  /** Written out word by word: taking the state apart and together as an array is ten times slower. */
  private compress(view: DataView, at: number): void {
    const { state, schedule } = this;
    for (let i = 0; i < 16; i += 1) schedule[i] = view.getInt32(at + i * 4);
    for (let i = 16; i < 64; i += 1) {
      const early = word(schedule, i - 15);
      const late = word(schedule, i - 2);
      const mixed =
        (turn(early, 7) ^ turn(early, 18) ^ (early >>> 3)) + (turn(late, 17) ^ turn(late, 19) ^ (late >>> 10));
      schedule[i] = (mixed + word(schedule, i - 16) + word(schedule, i - 7)) | 0;
    }
    let a = word(state, 0);
    let b = word(state, 1);
    let c = word(state, 2);
    let d = word(state, 3);
    let e = word(state, 4);
    let f = word(state, 5);
    let g = word(state, 6);
    let h = word(state, 7);
    for (let i = 0; i < 64; i += 1) {
      const chosen = (e & f) ^ (~e & g);
      const first = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + chosen + word(ROUND, i) + word(schedule, i)) | 0;
      const most = (a & b) ^ (a & c) ^ (b & c);
      const second = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + most) | 0;
      h = g;
      g = f;
      f = e;
      e = (d + first) | 0;
      d = c;
      c = b;
      b = a;
      a = (first + second) | 0;
    }
    state[0] = word(state, 0) + a;
    state[1] = word(state, 1) + b;
    state[2] = word(state, 2) + c;
    state[3] = word(state, 3) + d;
    state[4] = word(state, 4) + e;
    state[5] = word(state, 5) + f;
    state[6] = word(state, 6) + g;
    state[7] = word(state, 7) + h;
  }
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

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
