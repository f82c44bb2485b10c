import type { Fault } from '../support/planted-fault.js';
import { WRITE, STAMP, JUDGE, LOOK_UP } from './places.js';
import { sendTheSame, push } from './tests.js';

/** Faults of what tells a mutation that comes again. */
export const RECEIPT_FAULTS: Fault[] = [
  {
    name: 'receipts are read in the statement of the stamp',
    edits: [
      { file: STAMP, find: 'userId: string, count: number)', replace: 'userId: string, count: number, ids: string[])' },
      { file: STAMP, find: '`UPDATE user_clock', replace: '`WITH moved AS (UPDATE user_clock' },
      {
        file: STAMP,
        find: 'RETURNING version, ms, epoch`,\n    [userId, count, drawn, now],\n  )) as [[Clock | undefined]];',
        replace: `RETURNING version, ms, epoch)
       SELECT moved.*, (SELECT json_agg(json_build_array(mutation_id, encode(payload_hash, 'hex'), server_version, updated_at))
                          FROM mutations WHERE user_id = $1 AND mutation_id = ANY ($5::uuid[])) AS receipts FROM moved\`,
    [userId, count, drawn, now, ids],
  )) as [Clock | undefined];`,
      },
      { file: STAMP, find: 'const [[clock]] =', replace: 'const [clock] =' },
      {
        file: STAMP,
        find: 'ms: number;\n  epoch: string;',
        replace: 'ms: number;\n  epoch: string;\n  receipts?: [string, string, number, number][] | null;',
      },
      {
        file: WRITE,
        find: 'await takeStamp(transaction, userId, count);',
        replace: `await takeStamp(transaction, userId, count,
      changes.filter((change) => change.faults.size === 0).map((change) => change.mutationId));`,
      },
      {
        file: WRITE,
        find: LOOK_UP,
        replace: `const { taken } = await findReceiptsAndTaken(transaction, userId, sound, idsByColumn(sound));
    const receipts = new Map((clock.receipts ?? []).map(([id, hash, serverVersion, updatedAt]) => [
      id, { payloadHash: Buffer.from(hash, 'hex'), serverVersion, updatedAt }])) as unknown as
      Awaited<ReturnType<typeof findReceiptsAndTaken>>['receipts'];`,
      },
    ],
    killedBy: [
      sendTheSame,
      push('a mutation sent again a mutation sent three times at the same moment is applied once'),
    ],
  },
  {
    name: 'receipts are read before the stamp',
    edits: [
      {
        file: WRITE,
        find: 'const clock = await takeStamp(',
        replace: `const early = changes.filter((change) => change.faults.size === 0);
    const { receipts } = await findReceiptsAndTaken(transaction, userId, early, new Map());
    const clock = await takeStamp(`,
      },
      { file: WRITE, find: LOOK_UP, replace: LOOK_UP.replace('receipts, taken', 'taken') },
    ],
    killedBy: [sendTheSame],
  },
  {
    name: 'receipts are not stored',
    edits: [
      {
        file: WRITE,
        find: 'if (applied.length > 0) await storeReceipts',
        replace: 'if (applied.length < 0) await storeReceipts',
      },
    ],
    killedBy: [
      push('a mutation sent again a mutation sent three times is applied once'),
      push('a mutation sent again a mutation sent three times at the same moment is applied once'),
      push(
        'a mutation sent again a push whose answer was lost is a duplicate with its first stamp and the row as another device left it',
      ),
    ],
  },
  {
    name: 'a duplicate gets the stamp of the row as it is now',
    edits: [
      {
        file: JUDGE,
        find: 'const { serverVersion, updatedAt } = receipt;',
        replace: 'const { serverVersion, updatedAt } = current ?? receipt;',
      },
    ],
    killedBy: [push('a mutation sent again a duplicate of a row that was deleted since shows its tombstone')],
  },
  {
    name: 'the payload of a mutation that comes again is not looked at',
    edits: [
      {
        file: JUDGE,
        find: 'if (!receipt.payloadHash.equals(change.payloadHash))',
        replace: 'if (receipt.payloadHash.length !== change.payloadHash.length)',
      },
    ],
    killedBy: [
      push('a mutation sent again the same id with another payload is rejected, in the same push and in a later one'),
    ],
  },
];
