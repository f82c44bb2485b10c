import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { buildSchema, coerceInputValue, isInputType, type GraphQLInputType } from 'graphql';
import { compileInput } from '../src/graphql/compiled-inputs.js';

const schema = buildSchema(`
  enum Kind { TEXT IMAGE }
  input Constraint @oneOf { known: Int absent: Boolean }
  input Save { id: ID! kind: Kind! words: String size: Float ratio: Int = 7 version: Constraint tags: [String!] inner: Save }
  input Push { deviceId: ID! saves: [Save!]! }
  type Query { isThere: Boolean }
`);
const type = (name: string): GraphQLInputType => {
  const found = schema.getType(name);
  if (!isInputType(found)) throw new Error(`${name} is no input`);
  return found;
};

const maybe = (value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 8, arbitrary: value }, fc.constant(null), fc.constant(undefined), fc.jsonValue());
const constraint = fc.record({ known: maybe(fc.integer()), absent: maybe(fc.boolean()) }, { requiredKeys: [] });
const { save } = fc.letrec((tie) => ({
  save: fc.record(
    {
      id: maybe(fc.oneof(fc.string(), fc.integer())),
      kind: maybe(fc.constantFrom('TEXT', 'IMAGE', 'SONG')),
      words: maybe(fc.string()),
      size: maybe(fc.double()),
      ratio: maybe(fc.integer()),
      version: maybe(constraint),
      tags: maybe(fc.array(maybe(fc.string()))),
      inner: fc.oneof({ maxDepth: 2 }, fc.constant(null), tie('save')),
      unknown: fc.constant(1),
    },
    { requiredKeys: ['id', 'kind'] },
  ),
}));
const push = fc.record({ deviceId: maybe(fc.string()), saves: maybe(fc.array(maybe(save), { maxLength: 3 })) });

describe('a compiled input', () => {
  it.each([
    ['Push', push],
    ['Save', save],
    ['Constraint', constraint],
  ])('%s gives what GraphQL gives, and nothing where GraphQL refuses', (name, values) => {
    const coerce = compileInput(type(name));
    fc.assert(
      fc.property(values, (value) => {
        let isRefused = false;
        const expected: unknown = coerceInputValue(value, type(name), () => (isRefused = true));
        if (isRefused) expect(() => coerce(value)).toThrow(/./);
        else if (!hasListOfOne(value)) expect(plain(coerce(value))).toEqual(plain(expected));
      }),
      { numRuns: 2000 },
    );
  });

  it('takes sound mutations, so that the test above compares something', () => {
    const value = { deviceId: 'a', saves: [{ id: 1, kind: 'TEXT', version: { absent: true }, tags: ['x'] }] };
    expect(compileInput(type('Push'))(value)).toEqual({
      deviceId: 'a',
      saves: [{ id: '1', kind: 'TEXT', ratio: 7, version: { absent: true }, tags: ['x'] }],
    });
  });
});

/** GraphQL's objects have no prototype. */
function plain(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}

/** GraphQL takes one value for a list of one, which is left to it; so is a field that is there and undefined. */
function hasListOfOne(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(
    ([key, inner]) =>
      inner === undefined ||
      ((key === 'tags' || key === 'saves') && inner !== null && !Array.isArray(inner)) ||
      hasListOfOne(inner),
  );
}
