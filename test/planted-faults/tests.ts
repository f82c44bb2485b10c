/** The tests that faults are to be noticed by, named once. */
import type { Fault } from '../support/planted-fault.js';

/** Spec file and full name of a test. */
export type Test = Fault['killedBy'][number];
export const followed: Test = [
  'test/commit-order.e2e-spec.ts',
  'commit order, in three server processes a reader that follows eight writers by its cursor ends with every row',
];
export const held: Test = [
  'test/commit-order.e2e-spec.ts',
  'commit order, in three server processes the stamp never loses the row of a writer held between stamp and commit',
];
export const pair = (test: string): Test => [
  'test/one-winner.e2e-spec.ts',
  `of two writers that overlap, in 50 pairs, ${test}`,
];
export const knowTheSame = pair('exactly one wins when both know the same version');
export const createTheSame = pair('exactly one wins when both create the row');
export const sendTheSame = pair(
  'one applies and the other is a duplicate with the same stamp when both send the same mutation',
);
export const push = (test: string): Test => ['test/push.e2e-spec.ts', test];
export const rejection = (test: string): Test => ['test/push-rejections.e2e-spec.ts', test];
export const deletion = (test: string): Test => ['test/deletion.e2e-spec.ts', test];
export const constraint = (test: string): Test => ['test/version-constraint.e2e-spec.ts', test];
export const pages = deletion(
  'deleting pages of a feed cut rows and tombstones together, and a cursor passes none of them',
);
