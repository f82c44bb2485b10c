import { describe, expect, test } from '@jest/globals';
import { mergeSentences } from '../src/merge-sentences.js';
import { reconciled } from '../src/reconcile.js';
import type { Body, RemoteRow } from '../src/resources.js';
import type { RowState } from '../src/row-state.js';
import { outcomeArrived, remoteArrived, type Judging } from '../src/settle.js';
import type { Inflight, LocalRow, OutboxEntry } from '../src/tables.js';
import type { Outcome } from '../src/transport.js';

const id = '6b0e8f5e-7d0c-4f4c-9d6e-0d6a3c1f2b4a';
const judging: Judging = { now: 1000, generation: 0, mergeText: mergeSentences };

const words = (content: string): Body => ({ type: 'TEXT', content, mediaUri: null, durationMs: 0, createdAt: 5 });

function remote(version: number, content: string | null, mutationId = `m${version}`): RemoteRow {
  const live = content !== null;
  return {
    type: 'content',
    id,
    status: live ? 'live' : 'deleted',
    body: live ? words(content) : null,
    version,
    updatedAt: version,
    clientUpdatedAt: version,
    deviceId: 'other',
    mutationId,
  };
}

function clean(base: RemoteRow): RowState {
  const row: LocalRow = {
    type: base.type,
    id,
    body: base.body,
    status: base.status,
    localRev: 1,
    clientUpdatedAt: 1,
    base,
    theirs: null,
    generation: 0,
  };
  return { row, entry: null, conflict: null, rejected: null };
}

/** The row of `state` edited here, or deleted with null. */
function edited({ row, entry }: RowState, content: string | null): RowState {
  if (row === null) throw new Error('no row');
  const op = content === null ? 'DELETE' : 'UPSERT';
  const fresh: OutboxEntry = {
    type: 'content',
    id,
    seq: 1,
    op,
    lastUpdated: 1,
    retryCount: 0,
    deviceId: 'mine',
    inflight: null,
    held: 'no',
    lastError: null,
  };
  const body = content === null ? row.body : words(content);
  const status = content === null ? 'deleted' : 'live';
  return {
    row: { ...row, body, status, localRev: row.localRev + 1 },
    entry: { ...(entry ?? fresh), op },
    conflict: null,
    rejected: null,
  };
}

function sent(state: RowState, mutationId = 'sent'): RowState {
  const { row, entry } = state;
  if (row === null || entry === null) throw new Error('nothing to send');
  const version = row.base === null ? ({ absent: true } as const) : { known: row.base.version };
  const body = entry.op === 'DELETE' ? null : row.body;
  const mutation = { mutationId, type: row.type, id, op: entry.op, body, clientUpdatedAt: 1, version };
  const inflight: Inflight = { mutation, localRev: row.localRev };
  return { ...state, entry: { ...entry, inflight } };
}

const outcome = (status: Outcome['status'], more: Partial<Outcome> = {}): Outcome => ({
  mutationId: 'sent',
  status,
  version: null,
  updatedAt: null,
  code: null,
  message: null,
  current: null,
  ...more,
});
const applied = (version: number): Outcome => outcome('APPLIED', { version, updatedAt: version });

describe('an answer', () => {
  test('that the change is applied leaves the row clean, based on what was sent', () => {
    const state = outcomeArrived(sent(edited(clean(remote(1, 'A.')), 'B.')), applied(2), judging);
    expect(state.entry).toBeNull();
    expect(state.row).toMatchObject({ base: { version: 2, body: words('B.') }, body: words('B.') });
  });

  test('leaves an edit queued that was made while the change was under way', () => {
    const state = outcomeArrived(edited(sent(edited(clean(remote(1, 'A.')), 'B.')), 'C.'), applied(2), judging);
    expect(state.entry).toMatchObject({ inflight: null, op: 'UPSERT' });
    expect(state.row).toMatchObject({ base: { version: 2, body: words('B.') }, body: words('C.') });
  });

  test('to another mutation than the one under way changes nothing', () => {
    const before = sent(edited(clean(remote(1, 'A.')), 'B.'), 'another');
    expect(outcomeArrived(before, applied(2), judging)).toBe(before);
  });

  test('of a conflict merges edits of different sentences and sends them on top of theirs', () => {
    const before = sent(edited(clean(remote(1, 'A. B.')), 'A mine. B.'));
    const state = outcomeArrived(before, outcome('CONFLICT', { current: remote(2, 'A. B theirs.') }), judging);
    expect(state.row).toMatchObject({ body: words('A mine. B theirs.'), base: { version: 2 } });
    expect(state.entry).toMatchObject({ held: 'no', inflight: null });
  });

  test('of a conflict in the same sentence goes on showing mine and waits for the person', () => {
    const before = sent(edited(clean(remote(1, 'A.')), 'Mine.'));
    const state = outcomeArrived(before, outcome('CONFLICT', { current: remote(2, 'Theirs.') }), judging);
    expect(state.row).toMatchObject({ body: words('Mine.'), base: { version: 1 } });
    expect(state.entry).toMatchObject({ held: 'conflict', inflight: null });
    expect(state.conflict).toMatchObject({ base: words('A.'), theirs: { version: 2 } });
  });

  test('of a conflict with the same words ends it', () => {
    const before = sent(edited(clean(remote(1, 'A.')), 'Same.'));
    const state = outcomeArrived(before, outcome('CONFLICT', { current: remote(2, 'Same.') }), judging);
    expect(state).toMatchObject({ entry: null, conflict: null, row: { base: { version: 2 } } });
  });

  test('that the server has no such row offers it as a new one', () => {
    const state = outcomeArrived(sent(edited(clean(remote(1, 'A.')), 'B.')), outcome('CONFLICT'), judging);
    expect(state).toMatchObject({ entry: { held: 'no', inflight: null }, row: { base: null, body: words('B.') } });
  });

  test('of a refusal lists the change and holds it', () => {
    const refusal = outcome('REJECTED', { code: 'TOO_LARGE', message: 'content is too long' });
    const state = outcomeArrived(sent(edited(clean(remote(1, 'A.')), 'B.')), refusal, judging);
    expect(state.entry).toMatchObject({ held: 'refused', inflight: null });
    expect(state.rejected).toMatchObject({ code: 'TOO_LARGE', message: 'content is too long' });
  });

  test('of a refusal holds nothing that was edited since', () => {
    const refusal = outcome('REJECTED', { code: 'TOO_LARGE', message: 'content is too long' });
    const state = outcomeArrived(edited(sent(edited(clean(remote(1, 'A.')), 'B.')), 'C.'), refusal, judging);
    expect(state).toMatchObject({ entry: { held: 'no', inflight: null }, rejected: null });
  });

  test('that it was applied before, with a newer row, merges with what was sent as the base', () => {
    const before = edited(sent(edited(clean(remote(1, 'A. B.')), 'A sent. B.')), 'A sent. B mine.');
    const again = outcome('DUPLICATE', { version: 2, updatedAt: 2, current: remote(3, 'A theirs. B.') });
    const state = outcomeArrived(before, again, judging);
    expect(state.row).toMatchObject({ body: words('A theirs. B mine.'), base: { version: 3 } });
  });
});

describe('a row of the feed', () => {
  test('replaces a clean one', () => {
    const state = remoteArrived(clean(remote(1, 'A.')), remote(2, 'B.'), judging);
    expect(state).toMatchObject({ entry: null, row: { body: words('B.'), base: { version: 2 } } });
  });

  test('that is known already changes nothing', () => {
    const before = edited(clean(remote(2, 'A.')), 'B.');
    expect(remoteArrived(before, remote(2, 'A.'), judging)).toBe(before);
    expect(remoteArrived(before, remote(1, 'Older.'), judging)).toBe(before);
  });

  test('is kept beside a change that is under way, and judged with its answer', () => {
    const kept = remoteArrived(sent(edited(clean(remote(1, 'A.')), 'Mine.')), remote(2, 'Theirs.'), judging);
    expect(kept.row).toMatchObject({ body: words('Mine.'), base: { version: 1 }, theirs: { version: 2 } });
    const state = outcomeArrived(kept, outcome('CONFLICT', { current: remote(2, 'Theirs.') }), judging);
    expect(state).toMatchObject({ entry: { held: 'conflict' }, row: { theirs: null } });
  });

  test('that came after the change was applied is taken on top of it', () => {
    const kept = remoteArrived(sent(edited(clean(remote(1, 'A.')), 'Mine.')), remote(3, 'After mine.'), judging);
    const state = outcomeArrived(kept, applied(2), judging);
    expect(state).toMatchObject({
      entry: null,
      conflict: null,
      row: { body: words('After mine.'), base: { version: 3 } },
    });
  });

  test('that is the echo of the change under way acknowledges it', () => {
    const state = remoteArrived(sent(edited(clean(remote(1, 'A.')), 'B.')), remote(2, 'B.', 'sent'), judging);
    expect(state).toMatchObject({ entry: null, row: { base: { version: 2 }, theirs: null } });
  });

  test('that was only stamped anew leaves an edit as it is', () => {
    const restamped = { ...remote(1, 'A.'), updatedAt: 9 };
    const state = remoteArrived(edited(clean(remote(1, 'A.')), 'B.'), restamped, judging);
    expect(state).toMatchObject({
      entry: { held: 'no' },
      conflict: null,
      row: { body: words('B.'), base: { updatedAt: 9 } },
    });
  });
});

describe('an edit beats a delete:', () => {
  test('mine goes up again, knowing the tombstone', () => {
    const before = sent(edited(clean(remote(1, 'A.')), 'B.'));
    const state = outcomeArrived(before, outcome('CONFLICT', { current: remote(2, null) }), judging);
    expect(state).toMatchObject({ entry: { op: 'UPSERT', held: 'no' }, row: { status: 'live', base: { version: 2 } } });
  });

  test('theirs brings the row back', () => {
    const before = sent(edited(clean(remote(1, 'A.')), null));
    const state = outcomeArrived(before, outcome('CONFLICT', { current: remote(2, 'B.') }), judging);
    expect(state).toMatchObject({ entry: null, row: { status: 'live', body: words('B.') } });
  });

  test('a delete stands where theirs says the same as what was deleted', () => {
    const before = sent(edited(clean(remote(1, 'A.')), null));
    const state = outcomeArrived(before, outcome('CONFLICT', { current: remote(2, 'A.') }), judging);
    expect(state).toMatchObject({
      entry: { op: 'DELETE', held: 'no' },
      row: { status: 'deleted', base: { version: 2 } },
    });
  });

  test('the delete of a file stands whatever becomes of its upload', () => {
    const file = (row: RemoteRow): RemoteRow => ({ ...row, type: 'media' });
    const before = sent(edited(clean(file(remote(1, 'pending'))), null));
    const ready = outcome('CONFLICT', { current: file(remote(2, 'ready')) });
    const state = outcomeArrived(before, ready, judging);
    expect(state).toMatchObject({ entry: { op: 'DELETE' }, row: { status: 'deleted', base: { version: 2 } } });
  });

  test('two deletes are one', () => {
    const before = sent(edited(clean(remote(1, 'A.')), null));
    const state = outcomeArrived(before, outcome('CONFLICT', { current: remote(2, null) }), judging);
    expect(state).toMatchObject({ entry: null, row: { status: 'deleted', base: { version: 2 } } });
  });
});

describe('after a restore', () => {
  const after = (version: number): number => version + 2 ** 32;

  test('a clean row that the server has older is offered again', () => {
    const { state, offer } = reconciled(clean(remote(5, 'Newer.')), remote(3, 'Older.'), judging);
    expect(offer).toBe('UPSERT');
    expect(state.row).toMatchObject({ body: words('Newer.'), base: { version: 3 } });
  });

  test('a pending edit goes on top of the older row and takes nothing of it', () => {
    const { state } = reconciled(edited(clean(remote(5, 'A. B.')), 'A. B mine.'), remote(3, 'Old. B.'), judging);
    expect(state.row).toMatchObject({ body: words('A. B mine.'), base: { version: 3 } });
  });

  test('a row that was written since is taken, and words that differ are kept as a copy', () => {
    const { state, copy } = reconciled(clean(remote(5, 'Lost?')), remote(after(4), 'Written since.'), judging);
    expect(state.row?.body).toEqual(words('Written since.'));
    expect(copy?.body).toEqual(words('Lost?'));
  });

  test('a row that was written before the restore, and not yet read here, is taken without a copy', () => {
    const { state, copy } = reconciled(clean(remote(5, 'A.')), remote(6, 'B.'), judging);
    expect(state.row?.body).toEqual(words('B.'));
    expect(copy).toBeUndefined();
  });
});
