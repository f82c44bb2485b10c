// import(restore(x)) changes nothing: whatever a journal holds, its folder of Markdown says the same again.
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { LocalRow } from '@logdate/client';
import { planFolder } from '../src/folder/plan.js';
import { restoredFiles } from '@logdate/formats/markdown/restored-files';
import { rowOf, snapshotOf, USER } from '../../formats/test/support/rows.js';
import { fileOf, rowsAfter, stateOf } from './support/folder-state.js';

const MOST = Number.MAX_SAFE_INTEGER;
const time = fc.oneof(
  fc.integer({ min: -9_800_000_000_000, max: 1_800_000_000_000 }),
  fc.constantFrom(0, -1, 8.64e15, -8.64e15, 8.64e15 + 1, MOST, -MOST),
);
const nasty = fc.constantFrom(
  '---',
  '---\n',
  '\r\n',
  '\uFEFF',
  'a: b',
  'tags: [x]\n---\n',
  '“',
  '\u2028',
  '../',
  '  - {',
  '![](x.png)',
);
/** Any text that the protocol takes: well formed, without U+0000. */
const text = fc
  .array(fc.oneof(nasty, fc.string({ unit: 'binary' })), { maxLength: 5 })
  .map((parts) => parts.join('').replaceAll('\0', '').toWellFormed());
const count = { maxLength: 4 };

const journal = fc.record({ title: text, description: text, createdAt: time });
const entry = fc.record({
  type: fc.constantFrom('TEXT', 'IMAGE', 'VIDEO', 'AUDIO'),
  content: fc.option(text),
  mediaUri: fc.option(text),
  durationMs: fc.nat(),
  createdAt: time,
});
const file = fc.record({
  fileName: fc.oneof(text, fc.constantFrom('a.png', '.b', 'c.', 'x/y.pdf')),
  mimeType: fc.constantFrom('image/png', 'application/pdf'),
  createdAt: time,
});
const diary = fc.record({
  journals: fc.array(fc.tuple(fc.uuid(), journal), count),
  entries: fc.array(fc.tuple(fc.uuid(), entry, time, fc.array(fc.nat(9), count)), count),
  files: fc.array(fc.tuple(fc.uuid(), file, fc.nat(9), time), count),
});

test('a folder that was restored, times before 1970 and odd texts included, brings nothing new', () => {
  fc.assert(
    fc.property(diary, (made) => {
      const rows = rowsOf(made);
      const files = asFolder(rows);
      const plan = planFolder(stateOf(files, rows));
      expect(plan.notes).toEqual([]);
      expect(changesOf(plan)).toEqual({});
    }),
    { numRuns: 300 },
  );
});

test('on a device that holds nothing it brings everything, to the field', () => {
  fc.assert(
    fc.property(diary, (made) => {
      const rows = rowsOf(made);
      const plan = planFolder(stateOf(asFolder(rows)));
      expect(comparable(rowsAfter(plan))).toEqual(comparable(rows));
    }),
    { numRuns: 300 },
  );
});

test('names of files differ also where a file system ignores case', () => {
  fc.assert(
    fc.property(diary, (made) => {
      const paths = restoredFiles(snapshotOf(rowsOf(made)), USER).map(({ path }) =>
        path.normalize('NFC').toLowerCase(),
      );
      expect(new Set(paths).size).toBe(paths.length);
      for (const path of paths) expect(path).not.toMatch(/(^|\/)\.\.?(\/|$)|^\/|[<>:"\\|?*\0]/);
    }),
  );
});

test('another account gets entries of its own from the same folder', () => {
  const rows = [
    rowOf('content', '5f0c8a52-4d7b-4a3e-9c57-2f0f3f4b1a10', {
      type: 'TEXT',
      content: 'Mine.',
      mediaUri: null,
      durationMs: 0,
      createdAt: 5,
    }),
  ];
  const files = asFolder(rows);
  const plan = planFolder(stateOf(files, [], { userId: '11111111-1111-4111-8111-111111111111' }));
  expect(plan.entries.map(({ content }) => content)).toEqual(['Mine.']);
  expect(plan.entries[0]?.id).not.toBe(rows[0]?.id);
});

type Diary = typeof diary extends fc.Arbitrary<infer Made> ? Made : never;

function rowsOf({ journals, entries, files }: Diary): LocalRow[] {
  const rows: LocalRow[] = [];
  for (const [id, body] of journals) rows.push(rowOf('journal', id, body, 7));
  for (const [id, body, editedAt, picks] of entries) {
    rows.push(rowOf('content', id, body, editedAt));
    for (const journalId of new Set(picks.flatMap((pick) => journals[pick]?.[0] ?? []))) {
      rows.push(rowOf('association', `${journalId}:${id}`, { journalId, contentId: id, createdAt: editedAt }));
    }
  }
  for (const [id, body, pick] of files) {
    const contentId = entries[pick]?.[0];
    if (contentId !== undefined) rows.push(rowOf('media', id, { ...body, contentId }));
  }
  return [...new Map(rows.map((row) => [`${row.type} ${row.id}`, row])).values()];
}

function asFolder(rows: LocalRow[]) {
  return restoredFiles(snapshotOf(rows), USER).map((made) =>
    fileOf(made.path, 'text' in made ? made.text : made.media.id),
  );
}

function changesOf(plan: ReturnType<typeof planFolder>): object {
  const { records: _records, unchanged: _unchanged, ...changes } = plan;
  return Object.fromEntries(
    Object.entries(changes).filter(([, value]) => (Array.isArray(value) ? value.length > 0 : value !== 0)),
  );
}

function comparable(rows: LocalRow[]) {
  return rows
    .map(({ type, id, body, clientUpdatedAt }) => ({
      type,
      id,
      body,
      at: type === 'content' || type === 'journal' ? clientUpdatedAt : 0,
    }))
    .sort((one, other) => (`${one.type} ${one.id}` < `${other.type} ${other.id}` ? -1 : 1));
}
