/** Faults of the sync mechanism that were met or are easily made, and the tests that must fail for each. */
import { describePlantedFaults } from './support/describe-planted-faults.js';
import type { Fault } from './support/planted-fault.js';

const ROWS = 'src/sync/synced-rows.ts';
const WRITE = 'src/sync/write-changes.ts';
const STAMP = 'src/sync/stamp.ts';
const JUDGE = 'src/sync/judge.ts';
const CONSTRAINT = 'src/sync/version-constraint.ts';
const TABLE = 'src/sync/table.ts';

/** The look-up of receipts, and of whether ids are taken. */
const LOOK_UP =
  'const { receipts, taken } = await findReceiptsAndTaken(transaction, userId, sound, idsByColumn(sound));';

type Test = Fault['killedBy'][number];
const followed: Test = [
  'test/commit-order.e2e-spec.ts',
  'commit order, in three server processes a reader that follows eight writers by its cursor ends with every row',
];
const held: Test = [
  'test/commit-order.e2e-spec.ts',
  'commit order, in three server processes the stamp never loses the row of a writer held between stamp and commit',
];
const pair = (test: string): Test => [
  'test/one-winner.e2e-spec.ts',
  `of two writers that overlap, in 50 pairs, ${test}`,
];
const knowTheSame = pair('exactly one wins when both know the same version');
const createTheSame = pair('exactly one wins when both create the row');
const sendTheSame = pair(
  'one applies and the other is a duplicate with the same stamp when both send the same mutation',
);
const push = (test: string): Test => ['test/push.e2e-spec.ts', test];
const rejection = (test: string): Test => ['test/push-rejections.e2e-spec.ts', test];
const deletion = (test: string): Test => ['test/deletion.e2e-spec.ts', test];
const constraint = (test: string): Test => ['test/version-constraint.e2e-spec.ts', test];
const pages = deletion('deleting pages of a feed cut rows and tombstones together, and a cursor passes none of them');

const FAULTS: Fault[] = [
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
  {
    name: 'only a smaller known version is stale',
    edits: [
      {
        file: CONSTRAINT,
        find: 'current?.serverVersion === constraint.known',
        replace: 'current !== undefined && current.serverVersion <= constraint.known',
      },
    ],
    killedBy: [
      constraint('saveContent with `known` larger that meets a live row with another body is a conflict, in a push'),
      constraint('deleteJournal with `known` larger that meets a live row with the same body is a conflict, in a push'),
      constraint('restoreContent with `known` larger that meets a tombstone is a conflict, by its own mutation'),
    ],
  },
  {
    name: 'only a larger known version is stale',
    edits: [
      {
        file: CONSTRAINT,
        find: 'current?.serverVersion === constraint.known',
        replace: 'current !== undefined && current.serverVersion >= constraint.known',
      },
    ],
    killedBy: [
      knowTheSame,
      constraint('saveContent with `known` smaller that meets a live row with another body is a conflict, in a push'),
    ],
  },
  {
    name: 'the body is not compared for `absent`',
    edits: [
      {
        file: CONSTRAINT,
        find: `return !current.deleted && hasSameBody() ? 'already' : 'conflict';`,
        replace: `return current.deleted ? 'conflict' : 'already';`,
      },
    ],
    killedBy: [
      createTheSame,
      constraint('saveContent with `absent` that meets a live row with another body is a conflict, in a push'),
    ],
  },
  {
    name: '`absent` takes a tombstone for no row',
    edits: [
      {
        file: CONSTRAINT,
        find: `if (current === undefined) return 'write';`,
        replace: `if (current === undefined || current.deleted) return 'write';`,
      },
    ],
    killedBy: [
      deletion('deleting an id that was never seen leaves a tombstone, which a late create meets as a conflict'),
      constraint('linkContent with `absent` that meets a tombstone is a conflict, in a push'),
    ],
  },
  {
    name: 'deleting a tombstone writes it again',
    edits: [{ file: CONSTRAINT, find: `if (current?.deleted) return 'already';`, replace: '' }],
    killedBy: [
      constraint('deleteContent with `none` that meets a tombstone is applied and changes nothing, in a push'),
      constraint('unlinkContent with `known` smaller that meets a tombstone is applied and changes nothing, in a push'),
    ],
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
  {
    name: 'tombstones are left out of the feeds',
    edits: [{ file: TABLE, find: `this.page = pageOf('');`, replace: `this.page = pageOf('AND NOT deleted');` }],
    killedBy: [pages, followed],
  },
  {
    name: 'rows and tombstones are cut apart',
    edits: [
      {
        file: ROWS,
        find: `const { rows, hasMore } = await table.readPage(database, userId, {
      since,
      limit,
      withDeletions,
      bytes: limits.pageBytes,
    });`,
        replace: `const page = { since, bytes: limits.pageBytes };
    const live = await table.readPage(database, userId, { ...page, limit, withDeletions: false });
    const all = await table.readPage(database, userId, { ...page, limit: limits.pageRows, withDeletions });
    const rows = [...live.rows, ...all.rows.filter((row) => row.deleted).slice(0, limit)];
    rows.sort((a, b) => a.updatedAt - b.updatedAt);
    const hasMore = rows.length < all.rows.length;`,
      },
    ],
    killedBy: [pages, followed],
  },
  {
    name: 'the cursor of a page is the user’s clock',
    edits: [
      {
        file: ROWS,
        find: 'const lastTimestamp = rows.at(-1)?.updatedAt ?? since;',
        replace: 'const lastTimestamp = (await readClock(database, userId)).ms;',
      },
    ],
    killedBy: [pages, followed],
  },
  {
    name: 'nobody asks whether an id belongs to another user',
    edits: [
      { file: JUDGE, find: 'if (isForeign) return', replace: `if (isForeign && change.verb === 'restore') return` },
    ],
    killedBy: [
      rejection('another user’s entry is rejected among 500, and 499 are applied'),
      rejection('another user’s journal is refused by itself, and nothing is written'),
    ],
  },
  {
    name: 'the ends of a link may belong to another user',
    edits: [
      {
        file: 'src/associations/association.entity.ts',
        find: `ids: { journalId: 'journals.id', contentId: 'content.id' },`,
        replace: 'ids: {},',
      },
    ],
    killedBy: [
      rejection('a link to another user’s entry is rejected among 500, and 499 are applied'),
      rejection('a link from another user’s journal is refused by itself, and nothing is written'),
    ],
  },
  {
    name: 'another epoch is let in',
    edits: [{ file: WRITE, find: 'epoch !== clock.epoch', replace: 'epoch === ""' }],
    killedBy: [push('the epoch a push with another epoch is refused and writes nothing')],
  },
  {
    name: 'a deleted row can be restored for ever',
    edits: [
      {
        file: JUDGE,
        find: '(row.hasBody && row.deletedAt > now - RESTORABLE_MS)',
        replace: '(row.hasBody && now > 0)',
      },
    ],
    killedBy: [deletion('restoring nothing comes back after 30 days, nor once its body was cleared')],
  },
];

/** A fault that breaks the whole server would fail every test: this one must pass with each of them. */
const SOUND = push('a mutation sent again two users may use the same mutation id');

describePlantedFaults(FAULTS, SOUND);
