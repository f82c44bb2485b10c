/** Where the faults are planted. */
export const ROWS = 'src/sync/synced-rows.ts';
export const WRITE = 'src/sync/write-changes.ts';
export const STAMP = 'src/sync/stamp.ts';
export const JUDGE = 'src/sync/judge.ts';
export const CONSTRAINT = 'src/sync/version-constraint.ts';
export const TABLE = 'src/sync/table.ts';

/** The look-up of receipts, and of whether ids are taken. */
export const LOOK_UP =
  'const { receipts, taken } = await findReceiptsAndTaken(transaction, userId, sound, idsByColumn(sound));';
