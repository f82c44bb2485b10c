import type { Fault } from '../support/planted-fault.js';
import { ROWS, WRITE, STAMP, LOOK_UP } from './places.js';
import { followed, held, knowTheSame, createTheSame, sendTheSame, push } from './tests.js';

/** Faults of the order in which writers and readers meet: the stamp, its lock, and what is read before it. */
export const ORDER_FAULTS: Fault[] = [
  {
    name: 'the stamp is taken in a transaction of its own',
    edits: [
      {
        file: WRITE,
        find: 'await takeStamp(transaction, userId',
        replace: 'await takeStamp(database.manager, userId',
      },
    ],
    killedBy: [held, knowTheSame, createTheSame, sendTheSame],
  },
  {
    name: 'the clock is read without a lock and written at the end',
    edits: [
      {
        file: STAMP,
        find: `const [[clock]] = (await transaction.query(
    \`UPDATE user_clock
        SET version = greatest(version + 1, $3::bigint) + ($2::bigint - 1), ms = greatest(ms + $2::bigint, $4::bigint)
      WHERE user_id = $1
  RETURNING version, ms, epoch\`,
    [userId, count, drawn, now],
  )) as [[Clock | undefined]];`,
        replace: `const [clock] = (await transaction.query(
    \`SELECT greatest(version + 1, $3::bigint) + ($2::bigint - 1) AS version,
            greatest(ms + $2::bigint, $4::bigint) AS ms, epoch
       FROM user_clock WHERE user_id = $1\`,
    [userId, count, drawn, now],
  )) as [Clock | undefined];`,
      },
      {
        file: WRITE,
        find: 'if (applied.length > 0) await storeReceipts(transaction, encoded);',
        replace: `if (applied.length > 0) await storeReceipts(transaction, encoded);
    await transaction.query('UPDATE user_clock SET version = $2, ms = $3 WHERE user_id = $1', [
      userId, clock.version, clock.ms]);`,
      },
    ],
    killedBy: [held, createTheSame, sendTheSame],
  },
  {
    name: 'versions and times come from the sequence and the clock alone',
    edits: [
      {
        file: STAMP,
        find: 'SET version = greatest(version + 1, $3::bigint) + ($2::bigint - 1), ms = greatest(ms + $2::bigint, $4::bigint)',
        replace: 'SET version = $3::bigint + ($2::bigint - 1), ms = $4::bigint + ($2::bigint - 1)',
      },
    ],
    killedBy: [followed],
  },
  {
    name: 'rows are read before the stamp',
    edits: [
      {
        file: WRITE,
        find: 'const clock = await takeStamp(',
        replace: `const rowsByResource = await findRows(
      database, transaction, userId, changes.filter((change) => change.faults.size === 0));
    const clock = await takeStamp(`,
      },
      {
        file: WRITE,
        find: 'const rowsByResource = await findRows(database, transaction, userId, perhapsThere);',
        replace: '',
      },
    ],
    killedBy: [knowTheSame, createTheSame],
  },
  {
    name: 'whether ids are taken is asked before the stamp',
    edits: [
      {
        file: WRITE,
        find: 'const clock = await takeStamp(',
        replace: `const early = changes.filter((change) => change.faults.size === 0);
    const { taken } = await findReceiptsAndTaken(transaction, userId, early, idsByColumn(early));
    const clock = await takeStamp(`,
      },
      { file: WRITE, find: LOOK_UP, replace: LOOK_UP.replace('receipts, taken', 'receipts') },
    ],
    killedBy: [createTheSame],
  },
  {
    name: 'the transaction sees one snapshot from its start',
    edits: [
      { file: ROWS, find: 'this.database.transaction(', replace: `this.database.transaction('REPEATABLE READ', ` },
    ],
    killedBy: [knowTheSame, createTheSame, sendTheSame],
  },
  {
    name: 'later mutations of a push do not see what earlier ones left',
    edits: [{ file: WRITE, find: 'rows.set(change.rowKey, outcome.row);', replace: '' }],
    killedBy: [
      push('several mutations of one row in one push a constraint sees what the mutation before it left'),
      push(
        'several mutations of one row in one push a known version can only be the one before the push, so the second of two saves conflicts',
      ),
    ],
  },
];
