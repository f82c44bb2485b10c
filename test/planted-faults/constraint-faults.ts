import type { Fault } from '../support/planted-fault.js';
import { WRITE, JUDGE, CONSTRAINT } from './places.js';
import { knowTheSame, createTheSame, push, deletion, constraint } from './tests.js';

/** Faults of what a save, a delete or a restore may meet. */
export const CONSTRAINT_FAULTS: Fault[] = [
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
