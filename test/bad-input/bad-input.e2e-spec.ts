/** T15 with each change: 2,000 bad inputs. */
import { describe, test } from '@jest/globals';
import { badInput } from './trial.js';

describe('bad input is refused without a fault, a trace of the code or a change', () => {
  const input = badInput('test/bad-input/bad-input.e2e-spec.ts');

  test('in GraphQL, one fault in each request', () => input.graphql(700));

  test('over REST, one fault in each request', () => input.rest(800));

  test('as bytes that are hardly HTTP', () => input.raw(500));
});
