/** The protocol's table: what becomes of each write, by its constraint and by the row that it meets. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { Device } from './support/device.js';
import { storedRow, type StoredRow } from './support/stored.js';
import { startTestServer, type TestServer } from './support/test-server.js';

type Fields = Record<string, unknown>;
type Meets = 'no row' | 'a live row with the same body' | 'a live row with another body' | 'a tombstone';
type Ends = 'is written' | 'is applied and changes nothing' | 'is a conflict' | 'is not found';
type Table = Record<Constraint, Partial<Record<Meets, Ends>>>;

/** The constraint as it is sent, by the version of the row that it meets. */
const CONSTRAINTS = {
  '`absent`': () => ({ absent: true }),
  '`known` equal': (version: number) => ({ known: version }),
  '`known` smaller': (version: number) => ({ known: version - 1 }),
  '`known` larger': (version: number) => ({ known: version + 1 }),
  '`none`': () => ({ none: true }),
  'no constraint': () => undefined,
};
type Constraint = keyof typeof CONSTRAINTS;

const [WRITTEN, SAME, CONFLICT, MISSING] = [
  'is written',
  'is applied and changes nothing',
  'is a conflict',
  'is not found',
] as const;

const column = (missing: Ends, same: Ends, other: Ends, deleted: Ends): Partial<Record<Meets, Ends>> => ({
  'no row': missing,
  'a live row with the same body': same,
  'a live row with another body': other,
  'a tombstone': deleted,
});

const SAVE: Table = {
  '`absent`': column(WRITTEN, SAME, CONFLICT, CONFLICT),
  '`known` equal': column(CONFLICT, WRITTEN, WRITTEN, WRITTEN),
  '`known` smaller': column(CONFLICT, CONFLICT, CONFLICT, CONFLICT),
  '`known` larger': column(CONFLICT, CONFLICT, CONFLICT, CONFLICT),
  '`none`': column(WRITTEN, WRITTEN, WRITTEN, WRITTEN),
  'no constraint': column(WRITTEN, WRITTEN, WRITTEN, WRITTEN),
};

const DELETE: Table = {
  '`absent`': column(WRITTEN, CONFLICT, CONFLICT, SAME),
  '`known` equal': column(CONFLICT, WRITTEN, WRITTEN, SAME),
  '`known` smaller': column(CONFLICT, CONFLICT, CONFLICT, SAME),
  '`known` larger': column(CONFLICT, CONFLICT, CONFLICT, SAME),
  '`none`': column(WRITTEN, WRITTEN, WRITTEN, SAME),
  'no constraint': column(WRITTEN, WRITTEN, WRITTEN, SAME),
};

const RESTORE: Table = {
  '`absent`': column(MISSING, SAME, SAME, CONFLICT),
  '`known` equal': column(MISSING, SAME, SAME, WRITTEN),
  '`known` smaller': column(MISSING, CONFLICT, CONFLICT, CONFLICT),
  '`known` larger': column(MISSING, CONFLICT, CONFLICT, CONFLICT),
  '`none`': column(MISSING, SAME, SAME, WRITTEN),
  'no constraint': column(MISSING, SAME, SAME, WRITTEN),
};

interface Kind {
  table: 'journals' | 'content' | 'associations';
  save: string;
  remove: string;
  restore?: string;
  key(): Record<string, string>;
  /** The body that the write in question has, and another; a link has none. */
  body: Fields;
  otherBody?: Fields;
}

const KINDS: Kind[] = [
  {
    table: 'journals',
    save: 'saveJournal',
    remove: 'deleteJournal',
    restore: 'restoreJournal',
    key: () => ({ id: randomUUID() }),
    body: { title: 'Garden', description: 'What grows' },
    otherBody: { title: 'Garden', description: 'What grew' },
  },
  {
    table: 'content',
    save: 'saveContent',
    remove: 'deleteContent',
    restore: 'restoreContent',
    key: () => ({ id: randomUUID() }),
    body: { type: 'AUDIO', content: 'Rain', mediaUri: 'file:///rain', durationMs: 1500 },
    otherBody: { type: 'AUDIO', content: 'Rain', mediaUri: 'file:///rain', durationMs: 1501 },
  },
  {
    table: 'associations',
    save: 'linkContent',
    remove: 'unlinkContent',
    key: () => ({ journalId: randomUUID(), contentId: randomUUID() }),
    body: {},
  },
];

const INPUT_TYPES: Record<string, string> = {
  saveJournal: 'SaveJournalInput',
  saveContent: 'SaveContentInput',
  linkContent: 'LinkContentInput',
  unlinkContent: 'UnlinkContentInput',
};

/** What a write answers, by whichever way it went. */
interface Answered {
  status: 'APPLIED' | 'CONFLICT' | 'NOT_FOUND';
  stamp?: { serverVersion: number; updatedAt: number };
  current?: { serverVersion: number; updatedAt: number } | null;
}

type Way = (device: Device, mutation: string, input: Fields) => Promise<Answered>;

const WAYS: Record<string, Way> = {
  'by its own mutation': async (device, mutation, input) => {
    const document = `mutation ($input: ${INPUT_TYPES[mutation] ?? 'DeleteInput'}!) {
      row: ${mutation}(input: $input) { serverVersion updatedAt }
    }`;
    const { status, data, errors } = await device.send(document, { input });
    if (errors === undefined) return { status: 'APPLIED', stamp: data.row };
    const { code, current } = errors[0]!.extensions;
    expect([code, status]).toEqual(code === 'CONFLICT' ? ['CONFLICT', 409] : ['NOT_FOUND', 404]);
    return { status: code as Answered['status'], current: current as Answered['current'] };
  },
  'in a push': async (device, mutation, input) => {
    const [outcome] = await device.push([{ [mutation]: input }]);
    const { status, serverVersion, updatedAt, current } = outcome!;
    if (status === 'APPLIED') return { status, stamp: { serverVersion: serverVersion!, updatedAt: updatedAt! } };
    return { status: status as 'CONFLICT', current };
  },
};

let server: TestServer;
let device: Device;
beforeAll(async () => {
  server = await startTestServer();
  device = await server.signUp();
  // From here on every version is larger than 1, so that there is a smaller one.
  await device.push([{ deleteJournal: { id: randomUUID() } }]);
});
afterAll(() => server.close());

for (const kind of KINDS) {
  for (const [mutation, table] of [
    [kind.save, SAVE],
    [kind.remove, DELETE],
    [kind.restore, RESTORE],
  ] as const) {
    if (mutation === undefined) continue;
    describe(`${mutation}`, () => {
      for (const [constraint, ends] of Object.entries(table) as [Constraint, Table[Constraint]][]) {
        for (const [meets, end] of Object.entries(ends) as [Meets, Ends][]) {
          if (meets === 'a live row with another body' && kind.otherBody === undefined) continue;
          for (const [way, write] of Object.entries(WAYS)) {
            if (mutation === kind.restore && way === 'in a push') continue;
            it(`with ${constraint} that meets ${meets} ${end}, ${way}`, () =>
              check(kind, mutation, { constraint, meets, end, write }));
          }
        }
      }
    });
  }
}

interface Case {
  constraint: Constraint;
  meets: Meets;
  end: Ends;
  write: Way;
}

async function check(kind: Kind, mutation: string, { constraint, meets, end, write }: Case): Promise<void> {
  const key = kind.key();
  await prepare(kind, key, meets);
  const before = await read(kind, key);
  const input: Fields = { ...key, version: CONSTRAINTS[constraint](before?.server_version ?? 1000) };
  if (mutation === kind.save) Object.assign(input, kind.body, { createdAt: 5_000 });

  const answered = await write(device, mutation, input);
  const after = await read(kind, key);

  if (end === WRITTEN) {
    expect(answered.status).toBe('APPLIED');
    expect(answered.stamp).toEqual({ serverVersion: after?.server_version, updatedAt: after?.updated_at });
    expect(after!.server_version).toBeGreaterThan(before?.server_version ?? 0);
    expect(after!.updated_at).toBeGreaterThan(before?.updated_at ?? 0);
    expect(after!.deleted).toBe(mutation === kind.remove);
    expect(after!.deleted_at).toBe(mutation === kind.remove ? after!.updated_at : null);
    if (mutation === kind.save) expect(bodyOf(after!)).toEqual(inColumns(kind.body));
    else if (before !== undefined) expect(bodyOf(after!)).toEqual(bodyOf(before));
    return;
  }
  expect(after).toEqual(before);
  if (end === SAME) {
    expect(answered.status).toBe('APPLIED');
    expect(answered.stamp).toEqual({ serverVersion: before?.server_version, updatedAt: before?.updated_at });
  } else if (end === CONFLICT) {
    expect(answered.status).toBe('CONFLICT');
    if (before === undefined) expect(answered.current).toBeNull();
    else expect(answered.current).toMatchObject({ serverVersion: before.server_version, updatedAt: before.updated_at });
  } else {
    expect(answered.status).toBe('NOT_FOUND');
  }
}

async function prepare(kind: Kind, key: Fields, meets: Meets): Promise<void> {
  if (meets === 'no row') return;
  const body = meets === 'a live row with another body' ? kind.otherBody : kind.body;
  const [saved] = await device.push([{ [kind.save]: { ...key, ...body, createdAt: 1_000 } }]);
  expect(saved?.status).toBe('APPLIED');
  if (meets === 'a tombstone') expect((await device.push([{ [kind.remove]: key }]))[0]?.status).toBe('APPLIED');
}

function read(kind: Kind, key: Record<string, string>): Promise<StoredRow | undefined> {
  return storedRow(server, kind.table, device.user.id, inColumns(key) as Record<string, string>);
}

const inColumns = (fields: Fields): Fields =>
  Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      value,
    ]),
  );

const COLUMNS_OF_BODIES = ['title', 'description', 'type', 'content', 'media_uri', 'duration_ms'];

const bodyOf = (row: StoredRow): Fields =>
  Object.fromEntries(Object.entries(row).filter(([name]) => COLUMNS_OF_BODIES.includes(name)));
