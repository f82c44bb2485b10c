/** The examples against the committed schema, without a server. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { buildSchema, getVariableValues, parse, validate, type OperationDefinitionNode } from 'graphql';
import { newExamples, writeOfOtherDevice } from '../src/examples.js';
import { uploadVariables } from '../src/upload.js';

const schema = buildSchema(readFileSync('schema.gql', 'utf8'));
const examples = newExamples(randomUUID, Date.UTC(2026, 0, 1));
const operationIn = (query: string): OperationDefinitionNode => parse(query).definitions[0] as OperationDefinitionNode;

test.each(examples.map(({ query, variables }) => [operationIn(query).name?.value, query, variables]))(
  'the example %s is one operation that the schema allows, with variables that fit it',
  (_, query = '', variables = '') => {
    expect(parse(query).definitions).toHaveLength(1);
    expect(validate(schema, parse(query))).toEqual([]);
    const given = variables === '' ? {} : (JSON.parse(variables) as Record<string, unknown>);
    // A file takes the place of these on the way.
    for (const name of uploadVariables({ query })) given[name] = 'a file';
    const { errors } = getVariableValues(schema, operationIn(query).variableDefinitions ?? [], given);
    expect(errors).toBeUndefined();
  },
);

test('the write of another device is one that the schema allows', () => {
  const { query, variables } = writeOfOtherDevice(randomUUID(), 0);
  expect(validate(schema, parse(query))).toEqual([]);
  const definitions = operationIn(query).variableDefinitions ?? [];
  expect(getVariableValues(schema, definitions, { ...variables }).errors).toBeUndefined();
});

test('the comments of the examples are short enough to be read beside the answer', () => {
  const comments = examples.flatMap(({ query }) => query.split('\n').filter((line) => line.startsWith('#')));
  expect(comments.length).toBeGreaterThanOrEqual(examples.length);
  expect(comments.filter((line) => line.length > 48)).toEqual([]);
});
