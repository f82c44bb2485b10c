/** Requests to GraphQL with one fault each, made from the schema that the server serves. */
import fc from 'fast-check';
import {
  getNamedType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isRequiredInputField,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputObjectType,
  type GraphQLInputType,
  type GraphQLSchema,
} from 'graphql';
import { graphqlRequest, type BadRequest } from './bad-request.js';
import { noInteger, noText, otherThan } from './wrong-values.js';

/** Any operation with arguments, one of them wrong, or a document that no operation is in. */
export function graphqlFaults(schema: GraphQLSchema): fc.Arbitrary<BadRequest> {
  const operations = [schema.getQueryType(), schema.getMutationType()].flatMap((root) =>
    Object.values(root?.getFields() ?? {})
      .filter(({ args }) => args.length > 0)
      .map((field) => faultyArguments(root!.name.toLowerCase(), field)),
  );
  return fc.oneof({ weight: 9, arbitrary: fc.oneof(...operations) }, { weight: 1, arbitrary: wrongDocuments });
}

function faultyArguments(operation: string, field: GraphQLField<unknown, unknown>): fc.Arbitrary<BadRequest> {
  const { name, args, type } = field;
  const declared = args.map((arg) => `$${arg.name}: ${String(arg.type)}`).join(', ');
  const passed = args.map((arg) => `${arg.name}: $${arg.name}`).join(', ');
  const selected = isLeafType(getNamedType(type)) ? '' : '{ __typename }';
  // A push is answered for each of its items, so what became of them is asked for.
  const asked = name === 'push' ? '{ outcomes { status } }' : selected;
  const query = `${operation} (${declared}) { ${name}(${passed}) ${asked} }`;
  return fc
    .oneof(...args.map((wrong) => withOneWrong(args, wrong)))
    .map((variables) => graphqlRequest(`${operation} ${name}`, { query, variables }));
}

type Member = Pick<GraphQLInputField, 'name' | 'type' | 'defaultValue'>;

/** Sound values of what is required, and a wrong one of one member. */
function withOneWrong(members: readonly Member[], wrong: Member): fc.Arbitrary<Record<string, unknown>> {
  const required = members.filter((member) => member !== wrong && isRequired(member));
  return fc.record(
    Object.fromEntries([
      ...required.map(({ name, type }): [string, fc.Arbitrary<unknown>] => [name, soundOf(type)]),
      [wrong.name, faultyOf(wrong.type, wrong.name)],
    ]),
  );
}

/** A sound value, with nothing in it that could be left out. */
function soundOf(type: GraphQLInputType): fc.Arbitrary<unknown> {
  if (isNonNullType(type)) return soundOf(type.ofType);
  if (isListType(type)) return soundOf(type.ofType).map((one) => [one]);
  if (isEnumType(type)) return fc.constant(type.getValues()[0]!.name);
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields());
    if (type.isOneOf) return fc.oneof(...fields.map((field) => alternative(field, soundOf(field.type))));
    return fc.record(Object.fromEntries(fields.filter(isRequired).map((field) => [field.name, soundOf(field.type)])));
  }
  const sound: Record<string, unknown> = { Boolean: true, Int: 1, Millis: 1, Version: 1, String: 'a good word' };
  return type.name in sound ? fc.constant(sound[type.name]) : fc.uuid();
}

function faultyOf(type: GraphQLInputType, name: string): fc.Arbitrary<unknown> {
  if (isNonNullType(type))
    return fc.oneof({ weight: 1, arbitrary: fc.constant(null) }, { weight: 9, arbitrary: faultyOf(type.ofType, name) });
  // One item that is no list is a list of one.
  if (isListType(type)) return faultyOf(type.ofType, name).map((one) => [one]);
  if (isInputObjectType(type)) return type.isOneOf ? faultyAlternative(type) : faultyObject(type);
  if (isEnumType(type)) return fc.oneof(otherThan('text'), fc.constantFrom('SMELL', 'text', '', '__proto__'));
  return faultyScalar(type.name, name);
}

function faultyScalar(type: string, name: string): fc.Arbitrary<unknown> {
  switch (type) {
    case 'Boolean':
      return otherThan('boolean');
    case 'Int':
      return fc.oneof(otherThan('integer'), fc.constantFrom(0, -1, 1_001, 2 ** 31, 2 ** 40));
    case 'Millis':
      return fc.oneof(otherThan('integer'), noInteger);
    case 'Version':
      return fc.oneof(otherThan('integer'), noInteger, fc.constantFrom(0, -1));
    case 'ID':
      // A number is read as its digits, which may well name a device.
      return fc.oneof(otherThan('text', 'integer'), noText);
    default:
      // A password may be any text.
      return name === 'password' ? otherThan('text') : fc.oneof(otherThan('text'), noText);
  }
}

function faultyObject(type: GraphQLInputObjectType): fc.Arbitrary<unknown> {
  const fields = Object.values(type.getFields());
  const sound = soundOf(type) as fc.Arbitrary<Record<string, unknown>>;
  const withoutOne = fields
    .filter(isRequired)
    .map(({ name }) => sound.map(({ [name]: _, ...rest }): Record<string, unknown> => rest));
  return fc.oneof(
    { weight: 1, arbitrary: otherThan('object') },
    { weight: 1, arbitrary: sound.map((value) => ({ ...value, shoeSize: 43 })) },
    { weight: 2, arbitrary: fc.oneof(...withoutOne) },
    { weight: 9, arbitrary: fc.oneof(...fields.map((field) => withOneWrong(fields, field))) },
  );
}

function faultyAlternative(type: GraphQLInputObjectType): fc.Arbitrary<unknown> {
  const fields = Object.values(type.getFields());
  return fc.oneof(
    { weight: 1, arbitrary: otherThan('object') },
    { weight: 1, arbitrary: fc.constantFrom({}, Object.fromEntries(fields.map(({ name }) => [name, null]))) },
    { weight: 9, arbitrary: fc.oneof(...fields.map((field) => alternative(field, faultyOf(field.type, field.name)))) },
  );
}

function alternative({ name }: Member, value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return value.map((one) => ({ [name]: one }));
}

function isRequired({ type, defaultValue }: Member): boolean {
  return isRequiredInputField({ type, defaultValue } as GraphQLInputField);
}

const DOCUMENT = 'query ($id: ID!) { journal(id: $id) { id title } }';

const wrongDocuments: fc.Arbitrary<BadRequest> = fc
  .oneof<fc.Arbitrary<unknown>[]>(
    fc.string({ unit: 'binary', maxLength: 200 }).map((query) => ({ query })),
    fc.integer({ min: 0, max: DOCUMENT.length - 1 }).map((end) => ({ query: DOCUMENT.slice(0, end) })),
    fc
      .integer({ min: 10, max: 3_000 })
      .map((depth) => ({ query: `${'{ me '.repeat(depth)}{ id }${'}'.repeat(depth)}` })),
    fc.integer({ min: 16, max: 2_000 }).map((count) => ({
      query: `{ ${Array.from({ length: count }, (_, index) => `a${index}: me { id }`).join(' ')} }`,
    })),
    fc.constantFrom(
      { query: 'query { ...a } fragment a on Query { ...b } fragment b on Query { ...a }' },
      { query: 'subscription { changed { headTimestamp } }' },
      { query: '{ me { id } }', operationName: 'nobody' },
      { query: `{ me { id ${'@include(if: true) '.repeat(500)} } }` },
      { query: `{ journal(id: "${'\\u0000'.repeat(50)}") { id } }` },
      { query: `{ contentChanges(since: ${'9'.repeat(400)}) { hasMore } }` },
      { query: '['.repeat(900) },
      { query: '{ __proto__ constructor }' },
    ),
    otherThan('text').map((query) => ({ query })),
    otherThan('object').map((variables) => ({ query: DOCUMENT, variables })),
    otherThan('object'),
  )
  .map((body) => graphqlRequest('a wrong document', body));
