/** What is wrong with a value, and by which limit; undefined when nothing is. */
export type Fault = { message: string; tooLargeFor?: number } | undefined;

/** How one field of a body is checked, and what it is when there is no body. */
export interface FieldRule {
  readonly empty: unknown;
  check(value: unknown): Fault;
  /** The one form in which a sound value is kept; missing means as it came. */
  kept?(value: unknown): unknown;
}

interface TextLimit {
  characters?: number;
  bytes?: number;
  nullable?: boolean;
}

/** Text within a number of characters (code points) or bytes of UTF-8. */
export function text({ characters, bytes, nullable = false }: TextLimit): FieldRule {
  return {
    empty: nullable ? null : '',
    check(value) {
      if (value === null || value === undefined) return nullable ? undefined : { message: 'is missing' };
      if (typeof value !== 'string') return { message: 'must be text' };
      // PostgreSQL cannot store U+0000, and half of a surrogate pair is not text.
      if (value.includes('\0')) return { message: 'must not contain the character U+0000' };
      if (!value.isWellFormed()) return { message: 'must not contain half of a surrogate pair' };
      if (characters !== undefined && value.length > characters && codePoints(value) > characters) {
        return { message: `must have at most ${characters} characters` };
      }
      if (bytes !== undefined && value.length * 3 > bytes && Buffer.byteLength(value) > bytes) {
        return { message: `must have at most ${bytes} bytes`, tooLargeFor: bytes };
      }
      return undefined;
    },
  };
}

/** One of the values of an enum; GraphQL has refused others already. */
export function oneOf<T extends string>(values: Record<string, T>, empty: T): FieldRule {
  const allowed = new Set<unknown>(Object.values(values));
  return {
    empty,
    check: (value) => (allowed.has(value) ? undefined : { message: `must be one of ${[...allowed].join(', ')}` }),
  };
}

/** An integer from `least` on. */
export function integer(least: number): FieldRule {
  return {
    empty: least,
    check: (value) =>
      Number.isSafeInteger(value) && (value as number) >= least
        ? undefined
        : { message: `must be an integer of at least ${least}` },
  };
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** A uuid in its usual form of 36 characters. */
export const uuid: FieldRule = {
  empty: null,
  check: (value) => (typeof value === 'string' && UUID.test(value) ? undefined : { message: 'must be a uuid' }),
  kept: inLowerCase,
};

/** A SHA-256 digest in 64 hexadecimal digits. */
export const sha256: FieldRule = {
  empty: '',
  check: (value) =>
    typeof value === 'string' && /^[0-9a-f]{64}$/i.test(value)
      ? undefined
      : { message: 'must be 64 hexadecimal digits' },
  kept: inLowerCase,
};

function inLowerCase(value: unknown): string {
  return String(value).toLowerCase();
}

/** The name that a device gives itself. */
export const deviceName: FieldRule = {
  empty: '',
  check(value) {
    if (value === '') return { message: 'must not be empty' };
    return text({ characters: 128 }).check(value);
  },
};

function codePoints(value: string): number {
  let count = 0;
  for (const _ of value) count += 1;
  return count;
}
