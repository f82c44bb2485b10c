import type { Fault } from '../support/planted-fault.js';
import { ROWS, TABLE } from './places.js';
import { followed, pages } from './tests.js';

/** Faults of the pages of a feed. */
export const FEED_FAULTS: Fault[] = [
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
];
