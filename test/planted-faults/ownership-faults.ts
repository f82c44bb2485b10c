import type { Fault } from '../support/planted-fault.js';
import { JUDGE } from './places.js';
import { rejection } from './tests.js';

/** Faults of whose rows a user may touch. */
export const OWNERSHIP_FAULTS: Fault[] = [
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
];
