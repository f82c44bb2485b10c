/** T15 for as long as there is patience: 50,000 bad inputs. */
import { describe, test } from '@jest/globals';
import { badInput } from './trial.js';

describe('bad input is refused without a fault, a trace of the code or a change', () => {
  const input = badInput('--config jest.soak.config.js test/bad-input/bad-input.soak-spec.ts');

  test('in GraphQL, one fault in each request', () => input.graphql(17_500));

  test('over REST, one fault in each request', () => input.rest(20_000));

  test('as bytes that are hardly HTTP', () => input.raw(12_500));
});
