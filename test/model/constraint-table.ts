/** The protocol's table of constraints, section 3, as the model has it. */
import type { Body } from '../../client/src/resources.js';
import type { FrozenMutation, VersionConstraint } from '../../client/src/transport.js';
import { verdictOn, type StoredRow, type Verdict } from './judge-mutation.js';

const VERSION = 5;
const body = (content: string, createdAt: number): Body => ({
  type: 'TEXT',
  content,
  mediaUri: null,
  durationMs: 0,
  createdAt,
});
const stored = (status: StoredRow['status'], content: string): StoredRow => ({
  type: 'content',
  id: '00000000-0000-4000-8000-000000000001',
  status,
  body: body(content, 1),
  version: VERSION,
  updatedAt: 50,
  clientUpdatedAt: 1,
  deviceId: 'device',
  mutationId: '00000000-0000-4000-8000-000000000002',
});

const ROWS = [undefined, stored('live', 'same'), stored('live', 'other'), stored('deleted', 'same')] as const;
type Line = readonly [Verdict, Verdict, Verdict, Verdict];
const STALE: Line = ['conflict', 'conflict', 'conflict', 'conflict'];
/** For no row, a live one with the same body, one with another, a tombstone. */
const TABLE: readonly [VersionConstraint, save: Line, remove: Line][] = [
  [{ absent: true }, ['write', 'already', 'conflict', 'conflict'], ['write', 'conflict', 'conflict', 'already']],
  [{ known: VERSION }, ['conflict', 'write', 'write', 'write'], ['conflict', 'write', 'write', 'already']],
  [{ known: VERSION - 1 }, STALE, ['conflict', 'conflict', 'conflict', 'already']],
  [{ known: VERSION + 1 }, STALE, ['conflict', 'conflict', 'conflict', 'already']],
  [{ none: true }, ['write', 'write', 'write', 'write'], ['write', 'write', 'write', 'already']],
];

/** @throws Error for the first constraint that is judged otherwise */
export function checkConstraints(): void {
  for (const [version, save, remove] of TABLE) {
    for (const [op, line] of [
      ['UPSERT', save],
      ['DELETE', remove],
    ] as const) {
      for (const [place, row] of ROWS.entries()) {
        const words = op === 'UPSERT' ? body('same', 2) : null;
        const mutation: FrozenMutation = { ...stored('live', ''), op, body: words, version };
        const verdict = verdictOn(mutation, row);
        if (verdict !== line[place])
          throw new Error(`${op} with ${JSON.stringify(version)} is ${verdict}, not ${line[place]}`);
      }
    }
  }
}
