import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { GraphQLSchemaHost } from '@nestjs/graphql';
import {
  astFromValue,
  buildSchema,
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isListType,
  isObjectType,
  isScalarType,
  isSpecifiedScalarType,
  isUnionType,
  lexicographicSortSchema,
  print,
  printSchema,
  type GraphQLArgument,
  type GraphQLInputField,
  type GraphQLNamedType,
  type GraphQLSchema,
  type GraphQLType,
} from 'graphql';
import { HTTP_STATUS } from '../src/graphql/errors.js';
import { startTestServer, type TestServer } from './support/test-server.js';

const COMMITTED = 'schema.gql';
/** Names and shapes as they were agreed before the server was written; it lies beside the repository. */
const NORMATIVE = '../shared/design/schema.graphql';

/** More of the server's own operations may come; other types are as they were agreed. */
const ROOTS = ['Query', 'Mutation', 'Subscription'];

describe('the GraphQL schema', () => {
  let server: TestServer;
  let schema: GraphQLSchema;
  beforeAll(async () => {
    server = await startTestServer();
    schema = server.app.get(GraphQLSchemaHost).schema;
  });
  afterAll(() => server.close());

  it('is the one that is committed as schema.gql', async () => {
    const committed = buildSchema(await readFile(COMMITTED, 'utf8'));
    // In one order on both sides: `npm run schema -- --check` compares the file letter by letter.
    expect(printSchema(lexicographicSortSchema(schema))).toBe(printSchema(lexicographicSortSchema(committed)));
  });

  describe('beside the agreed one', () => {
    // A copy of the repository alone does not have it.
    const isThere = existsSync(NORMATIVE);
    const whenThere = isThere ? it : it.skip;
    if (!isThere) console.warn(`${NORMATIVE} is missing: the schema is not compared with the agreed one`);

    let agreed: Map<string, string>;
    let present: Map<string, string>;
    beforeAll(async () => {
      if (!isThere) return;
      agreed = linesOf(buildSchema(await readFile(NORMATIVE, 'utf8')));
      present = linesOf(schema);
    });

    whenThere('has every type, field, argument, default and value that was agreed, and no other', () => {
      const agreedTypes = new Set([...agreed.keys()].map((name) => name.split('.')[0]!));
      const comparable = [...present].filter(([name]) => {
        const type = name.split('.')[0]!;
        return ROOTS.includes(type) ? agreed.has(name) : agreedTypes.has(type);
      });
      expect(Object.fromEntries(comparable)).toEqual(Object.fromEntries(agreed));
    });
  });

  it('describes every type, field, argument, input field and enum value', () => {
    expect(described(schema).filter(({ text }) => text === '')).toEqual([]);
  });

  it('says of every number what it counts or measures', () => {
    const numbers = described(schema).filter(({ type }) => isNumber(type));
    expect(numbers.length).toBeGreaterThan(50);
    expect(numbers.filter(({ text }) => !UNIT.test(text))).toEqual([]);
  });

  it('says of everything that a client sends how much of it may come', () => {
    const sent = described(schema).filter(({ type, isSent }) => isSent && mayBeTooMuch(type));
    expect(sent.length).toBeGreaterThan(30);
    // A time is limited by its type alone.
    const unlimited = sent.filter(({ type, text }) => !LIMIT.test(text) && !(isNumber(type) && TIME.test(text)));
    expect(unlimited).toEqual([]);
  });

  it('says of every error code with which HTTP status it comes', () => {
    const codes = described(schema).filter(({ path }) => path.startsWith('ErrorCode.'));
    expect(Object.fromEntries(codes.map(({ path, text }) => [path, /\(HTTP (\d+)\)\.$/.exec(text)?.[1]]))).toEqual(
      Object.fromEntries(Object.entries(HTTP_STATUS).map(([code, status]) => [`ErrorCode.${code}`, String(status)])),
    );
  });
});

/** One line for each thing in a schema, by its path: `Query.journal.id` → `ID!`. */
function linesOf(schema: GraphQLSchema): Map<string, string> {
  const lines = new Map<string, string>();
  for (const type of ownTypes(schema)) {
    lines.set(type.name, headOf(type));
    if (isEnumType(type)) for (const value of type.getValues()) lines.set(`${type.name}.${value.name}`, 'value');
    if (isInputObjectType(type)) {
      for (const field of Object.values(type.getFields())) lines.set(`${type.name}.${field.name}`, inputOf(field));
    }
    if (!isObjectType(type) && !isInterfaceType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      lines.set(`${type.name}.${field.name}`, String(field.type));
      for (const arg of field.args) lines.set(`${type.name}.${field.name}.${arg.name}`, inputOf(arg));
    }
  }
  return lines;
}

/** What a type is, besides what is in it. */
function headOf(type: GraphQLNamedType): string {
  const kind = type.constructor.name;
  if (isInputObjectType(type)) return type.isOneOf ? `${kind} @oneOf` : kind;
  if (isUnionType(type))
    return `${kind} = ${type
      .getTypes()
      .map(({ name }) => name)
      .toSorted()
      .join(' | ')}`;
  if (isObjectType(type))
    return `${kind} implements ${type
      .getInterfaces()
      .map(({ name }) => name)
      .join(' & ')}`;
  return kind;
}

function inputOf({ type, defaultValue }: GraphQLArgument | GraphQLInputField): string {
  const given = defaultValue === undefined ? undefined : astFromValue(defaultValue, type);
  return given ? `${String(type)} = ${print(given)}` : String(type);
}

/** The types that are neither GraphQL's own nor of its introspection. */
function ownTypes(schema: GraphQLSchema): GraphQLNamedType[] {
  return Object.values(schema.getTypeMap()).filter(
    (type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type),
  );
}

/** What a number tells: a time or a place in the order of writes … */
const TIME = /\b(when|clock|stamp|feed|cursor|order|version|since|serverVersion)\b/i;
/** … or so many of these. */
const UNIT = new RegExp(`${TIME.source}|\\b(bytes|milliseconds|rows|journals|entries|links|photos)\\b`, 'i');
/** By a number, by a form that has a length, or by saying that there is none. */
const LIMIT = /\d|\buuid\b|\bopaque\b|\bof any length\b/i;

interface Described {
  path: string;
  text: string;
  /** Of a field or an argument, else undefined. */
  type?: GraphQLType;
  /** An argument, or a field of an input. */
  isSent?: boolean;
}

const isNumber = (type: GraphQLType | undefined): boolean =>
  type !== undefined && ['Int', 'Float', 'Millis', 'Version'].includes(getNamedType(type).name);

/** Text, numbers, files and lists; not what has a few values, or fields that are looked at themselves. */
function mayBeTooMuch(type: GraphQLType | undefined): boolean {
  if (type === undefined) return false;
  if (isListType(getNullableType(type))) return true;
  const named = getNamedType(type);
  return isScalarType(named) && !['Boolean', 'Version'].includes(named.name);
}

/** Everything that has a description, or should. `Query`, `Mutation` and `Subscription` themselves are GraphQL's. */
function described(schema: GraphQLSchema): Described[] {
  const all: Described[] = [];
  const add = (path: string, thing: Thing, isSent = false): void => {
    const { description, type } = thing;
    all.push({ path, text: description?.trim() ?? '', isSent, ...(type && { type }) });
  };
  for (const type of ownTypes(schema)) {
    if (!ROOTS.includes(type.name)) add(type.name, { description: type.description });
    if (isEnumType(type)) {
      for (const { name, description } of type.getValues()) add(`${type.name}.${name}`, { description });
    }
    if (isInputObjectType(type)) {
      for (const field of Object.values(type.getFields())) add(`${type.name}.${field.name}`, field, true);
    }
    if (!isObjectType(type) && !isInterfaceType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      add(`${type.name}.${field.name}`, field);
      for (const arg of field.args) add(`${type.name}.${field.name}(${arg.name})`, arg, true);
    }
  }
  return all;
}

interface Thing {
  description?: string | null | undefined;
  type?: GraphQLType;
}
