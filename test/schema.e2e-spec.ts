import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { GraphQLSchemaHost } from '@nestjs/graphql';
import {
  astFromValue,
  buildSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedScalarType,
  isUnionType,
  lexicographicSortSchema,
  print,
  printSchema,
  type GraphQLArgument,
  type GraphQLInputField,
  type GraphQLNamedType,
  type GraphQLSchema,
} from 'graphql';
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
    expect(undescribed(schema)).toEqual([]);
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

/** The paths of what has no description. `Query`, `Mutation` and `Subscription` themselves are GraphQL's. */
function undescribed(schema: GraphQLSchema): string[] {
  const paths: string[] = [];
  const look = (path: string, thing: { description?: string | null }): void => {
    if (!thing.description?.trim()) paths.push(path);
  };
  for (const type of ownTypes(schema)) {
    if (!ROOTS.includes(type.name)) look(type.name, type);
    if (isEnumType(type)) for (const value of type.getValues()) look(`${type.name}.${value.name}`, value);
    if (isInputObjectType(type)) {
      for (const field of Object.values(type.getFields())) look(`${type.name}.${field.name}`, field);
    }
    if (!isObjectType(type) && !isInterfaceType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      look(`${type.name}.${field.name}`, field);
      for (const arg of field.args) look(`${type.name}.${field.name}(${arg.name})`, arg);
    }
  }
  return paths;
}
