import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from '@jest/globals';
import { buildSchema, getNamedType, parse, validate, type GraphQLInputObjectType } from 'graphql';
import * as wordOperations from '../src/graphql/operations.js';
import * as pokeOperations from '../src/graphql/poke-operations.js';
import * as sessionOperations from '../src/graphql/session-operations.js';
import * as totalsOperations from '../src/graphql/totals-operations.js';
import * as mediaOperations from '../src/media/media-operations.js';
import { isServerCode } from '../src/graphql/request.js';
import { RESOURCES, ROW_TYPES } from '../src/resources.js';

/** At run time an operation is its text. */
const textOf = (operation: unknown): string => operation as string;
const { pullOf, ...texts } = wordOperations;
const operations = { ...texts, PULL: pullOf(ROW_TYPES), PULL_ONE: pullOf(['association']) };
const schema = buildSchema(readFileSync(new URL('../../schema.gql', import.meta.url), 'utf8'));

describe('the operations of the client', () => {
  it.each(
    Object.entries({
      ...operations,
      ...pokeOperations,
      ...sessionOperations,
      ...totalsOperations,
      ...mediaOperations,
    }),
  )('%s is valid by schema.gql', (_, operation) => {
    expect(validate(schema, parse(textOf(operation)))).toEqual([]);
  });

  test('a field that is not in the schema is found', () => {
    const broken = textOf(totalsOperations.TOTALS).replace('mediaCount', 'fileCount');
    expect(validate(schema, parse(broken))).not.toEqual([]);
  });

  it.each(ROW_TYPES)('a pull and the outcomes of a push carry every field of a %s', (type) => {
    const { feed, fields } = RESOURCES[type];
    const ofFeed = new RegExp(`${feed}\\(.*?changes \\{(.*?)\\}`, 's').exec(textOf(operations.PULL))?.[1]?.split(/\W+/);
    expect(ofFeed).toEqual(expect.arrayContaining([...fields]));
    expect(textOf(operations.PUSH).split(/[^\w]+/)).toEqual(expect.arrayContaining([...fields]));
  });

  it.each(ROW_TYPES)('a push writes a %s by fields that its input has', (type) => {
    const { save, remove, fields, key } = RESOURCES[type];
    const inputs = schema.getType('MutationInput') as GraphQLInputObjectType;
    const fieldsOf = (verb: string) =>
      Object.keys((getNamedType(inputs.getFields()[verb]?.type) as GraphQLInputObjectType).getFields());
    expect(fieldsOf(remove)).toEqual(expect.arrayContaining(key.split(' ')));
    if (save !== null) expect(fieldsOf(save)).toEqual(expect.arrayContaining([...key.split(' '), ...fields]));
  });

  test('every code of the schema is known', () => {
    const codes = schema.getType('ErrorCode')?.astNode;
    const names = codes?.kind === 'EnumTypeDefinition' ? (codes.values ?? []).map(({ name }) => name.value) : [];
    expect(names.length).toBeGreaterThan(10);
    expect(names.filter((name) => !isServerCode(name))).toEqual([]);
  });
});
