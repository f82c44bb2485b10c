/** Values that are wrong for sure, by the kind of value that is asked for. */
import fc from 'fast-check';

export type JsonKind = 'text' | 'integer' | 'boolean' | 'object' | 'list';

const OF_KIND: Record<JsonKind, unknown[]> = {
  text: ['x', '', '5', 'true', '[]', 'a'.repeat(10_000)],
  integer: [5, -1, 0],
  boolean: [true, false],
  object: [{}, { x: 1 }, { type: 'none', toString: 5 }],
  list: [[], [[]], [5], [null]],
};

/** JSON of any other kind, or a number with a fraction; never null. */
export function otherThan(...kinds: JsonKind[]): fc.Arbitrary<unknown> {
  const others = (Object.keys(OF_KIND) as JsonKind[]).filter((kind) => !kinds.includes(kind));
  return fc.constantFrom(1.5, ...others.flatMap((kind) => OF_KIND[kind]));
}

/** Integers outside ±2^53, and numbers that are none. */
export const noInteger: fc.Arbitrary<unknown> = fc.constantFrom(
  1.5,
  -0.1,
  2 ** 53 + 2,
  -(2 ** 60),
  1e300,
  2 ** 63,
  2 ** 64,
);

/** Text that PostgreSQL cannot store: U+0000, or half of a surrogate pair. */
export const noText: fc.Arbitrary<string> = fc.constantFrom('a\0b', '\0', '\ud800', 'x\udfff', '\udc00\ud800');

/** Text that is no uuid, or nearly one. */
export const noUuid: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom('x', '0', 'null', '../../etc/passwd', "' OR 1=1 --", '%00', 'a'.repeat(5_000)),
  fc.uuid().map((uuid) => uuid.slice(1)),
  fc.uuid().map((uuid) => `${uuid}0`),
  fc.uuid().map((uuid) => uuid.replace(/^./, 'g')),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 50 }).filter((text) => text.isWellFormed()),
);
