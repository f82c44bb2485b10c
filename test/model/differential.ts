/** The same requests to the model of the server and to the server, and what each of them answers. */
import fc from 'fast-check';
import { associationId, type Body, type RemoteRow, type RowType } from '../../client/src/resources.js';
import {
  TransportError,
  type FrozenMutation,
  type Transport,
  type VersionConstraint,
} from '../../client/src/transport.js';

/** A constraint by what the asker has seen of the row: versions are other numbers on either server. */
type Constraint = 'absent' | 'none' | { known: 'now' | 'smaller' | 'larger' | 'first' };

interface Write {
  type: RowType;
  row: number;
  op: FrozenMutation['op'];
  words: string;
  at: number;
  constraint: Constraint;
  /** Sends an earlier mutation once more, as it was or with other words under its id. */
  again: { place: number; changed: boolean } | null;
}

export type Request =
  | { do: 'push'; user: number; device: number; epoch: 'known' | 'none' | 'other'; writes: Write[] }
  | { do: 'pull'; user: number; limit: number; withDeletions: boolean; from: number; beyond: boolean };

const WORDS = ['It rained.', 'It snowed.', '', 'a\0b', '\ud83c', 't'.repeat(501), 'mistyped'];
const write: fc.Arbitrary<Write> = fc.record({
  type: fc.constantFrom<RowType>('journal', 'content', 'content', 'association', 'media'),
  row: fc.nat({ max: 3 }),
  op: fc.constantFrom('UPSERT' as const, 'UPSERT' as const, 'DELETE' as const),
  words: fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...WORDS.slice(0, 2)) },
    { weight: 1, arbitrary: fc.constantFrom(...WORDS) },
  ),
  at: fc.constantFrom(-5, 0, 5),
  constraint: fc.oneof(
    fc.constantFrom<Constraint>('absent', 'none'),
    fc.record({
      known: fc.constantFrom('now' as const, 'now' as const, 'smaller' as const, 'larger' as const, 'first' as const),
    }),
  ),
  again: fc.option(fc.record({ place: fc.nat({ max: 9 }), changed: fc.boolean() }), { freq: 4 }),
});
const user = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.constant(1) });

export const requests: fc.Arbitrary<Request[]> = fc.array(
  fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constant('push' as const),
        user,
        device: fc.nat({ max: 1 }),
        epoch: fc.oneof(
          { weight: 5, arbitrary: fc.constant('known' as const) },
          { weight: 1, arbitrary: fc.constantFrom('none' as const, 'other' as const) },
        ),
        writes: fc.array(write, { minLength: 1, maxLength: 5 }),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant('pull' as const),
        user,
        limit: fc.integer({ min: 1, max: 4 }),
        withDeletions: fc.boolean(),
        from: fc.nat({ max: 5 }),
        beyond: fc.integer({ min: 0, max: 9 }).map((chance) => chance === 0),
      }),
    },
  ),
  { minLength: 4, maxLength: 18, size: 'max' },
);

/** Sends the requests to a server and answers what it says, with every stamp as its place among all of its user. */
export async function answersOf(transports: Transport[], prefix: string, list: Request[]): Promise<unknown[]> {
  const asker = new Asker(transports, prefix);
  const answers: { user: number; said: unknown }[] = [];
  for (const request of list) answers.push({ user: request.user, said: await asker.ask(request) });
  // Whole feeds, so that nothing that was written stays unseen.
  for (const [index] of transports.entries()) answers.push({ user: index, said: await asker.everything(index) });
  return answers.map(({ user, said }) => withPlaces(said, stampsIn(answers.filter((one) => one.user === user))));
}

class Asker {
  private readonly sent: FrozenMutation[] = [];
  /** Mutation ids given. */
  private mutations = 0x100;
  private readonly epochs: (string | null)[];
  /** Cursors that each user was given. */
  private readonly cursors: Partial<Record<RowType, number>>[][];
  private readonly signal = new AbortController().signal;

  constructor(
    private readonly transports: Transport[],
    /** How every id begins, all but its last group. */
    private readonly prefix: string,
  ) {
    this.epochs = transports.map(() => null);
    this.cursors = transports.map(() => [FROM_THE_START]);
  }

  async ask(request: Request): Promise<unknown> {
    try {
      return request.do === 'push' ? await this.push(request) : await this.pull(request);
    } catch (error) {
      if (error instanceof TransportError) return { error: error.code };
      throw error;
    }
  }

  async everything(user: number): Promise<unknown> {
    const pages = await this.transport(user).pull(
      { since: FROM_THE_START, limit: 1_000, withDeletions: true },
      this.signal,
    );
    return Object.values(pages).map(({ rows, hasMore }) => ({ rows, hasMore }));
  }

  private async push({ user, device, epoch, writes }: Extract<Request, { do: 'push' }>): Promise<unknown> {
    const seen = await this.seen(user);
    const mutations = writes.map((one) => this.mutation(one, seen));
    this.sent.push(...mutations);
    const named = { known: this.epochs[user] ?? null, none: null, other: '00000000-0000-4000-8000-000000000000' }[
      epoch
    ];
    const result = await this.transport(user).push(
      { deviceId: `device-${device}`, epoch: named, mutations },
      this.signal,
    );
    this.epochs[user] = result.epoch;
    return result.outcomes.map(({ message: _, mutationId, ...outcome }) => ({
      ...outcome,
      mutation: this.sent.findIndex((one) => one.mutationId === mutationId),
    }));
  }

  private async pull({ user, limit, withDeletions, from, beyond }: Extract<Request, { do: 'pull' }>): Promise<unknown> {
    const cursors = this.cursors[user] ?? [];
    const since = { ...FROM_THE_START, ...cursors[from % cursors.length], ...(beyond && { content: 2 ** 52 }) };
    const pages = await this.transport(user).pull({ since, limit, withDeletions }, this.signal);
    const next = Object.fromEntries(Object.entries(pages).map(([type, { lastTimestamp }]) => [type, lastTimestamp]));
    cursors.push(next);
    return Object.values(pages).map(({ serverTime: _, epoch: __, ...page }) => page);
  }

  private mutation(
    { type, row, op, words, at, constraint, again }: Write,
    seen: Map<string, number[]>,
  ): FrozenMutation {
    const earlier = again && this.sent.length > 0 ? this.sent[again.place % this.sent.length] : undefined;
    if (earlier !== undefined) {
      return again?.changed ? { ...earlier, clientUpdatedAt: earlier.clientUpdatedAt + 1 } : earlier;
    }
    const id = this.idOf(type, row);
    const isDelete = op === 'DELETE' || type === 'media';
    return {
      mutationId: this.idAt((this.mutations += 1)),
      type,
      id,
      op: isDelete ? 'DELETE' : 'UPSERT',
      body: isDelete ? null : bodyOf(type, id, words, at),
      clientUpdatedAt: at,
      version: versionOf(constraint, seen.get(`${type} ${id}`) ?? []),
    };
  }

  private async seen(user: number): Promise<Map<string, number[]>> {
    const pages = await this.transport(user).pull(
      { since: FROM_THE_START, limit: 1_000, withDeletions: true },
      this.signal,
    );
    const rows: RemoteRow[] = Object.values(pages).flatMap((page) => page.rows);
    return new Map(rows.map(({ type, id, version }) => [`${type} ${id}`, [version]]));
  }

  private transport(user: number): Transport {
    return this.transports[user] as Transport;
  }

  private idOf(type: RowType, row: number): string {
    const place = { journal: 0, content: 10, association: 0, media: 20 }[type] + row;
    if (type !== 'association') return this.idAt(place);
    return associationId(this.idAt(row % 2), this.idAt(10 + (row >> 1)));
  }

  private idAt(place: number): string {
    return `${this.prefix}${place.toString(16).padStart(12, '0')}`;
  }
}

const FROM_THE_START = { journal: 0, content: 0, association: 0, media: 0 };

function bodyOf(type: RowType, id: string, words: string, createdAt: number): Body {
  const [journalId = '', contentId = ''] = id.split(':');
  if (type === 'association') return { journalId, contentId, createdAt };
  if (type === 'journal') return { title: words, description: 'What grows', createdAt };
  const kind = words === 'mistyped' ? 'POEM' : 'TEXT';
  return { type: kind, content: words, mediaUri: null, durationMs: 0, createdAt };
}

function versionOf(constraint: Constraint, seen: number[]): VersionConstraint {
  if (constraint === 'absent') return { absent: true };
  if (constraint === 'none') return { none: true };
  // What is not the row's version must be one that neither server gives: the next one may be given in this very push.
  const [first = NEVER_GIVEN, now = first] = [seen.at(0), seen.at(-1)];
  const smaller = now > 1 ? now - 1 : NEVER_GIVEN;
  return { known: { now, smaller, larger: now + 2 ** 45, first }[constraint.known] };
}

const NEVER_GIVEN = 2 ** 50;

/** Fields whose numbers a server chooses. */
const STAMPS: ReadonlySet<string> = new Set(['version', 'updatedAt', 'lastTimestamp']);

function stampsIn(value: unknown, field = ''): Set<string> {
  if (typeof value === 'number')
    return new Set(STAMPS.has(field) ? [`${field === 'version' ? 'v' : 't'}${value}`] : []);
  if (typeof value !== 'object' || value === null) return new Set();
  return new Set(Object.entries(value).flatMap(([name, one]) => [...stampsIn(one, name)]));
}

function withPlaces(value: unknown, stamps: ReadonlySet<string>): unknown {
  const places = { v: sorted(stamps, 'v'), t: sorted(stamps, 't') };
  const placed = (one: unknown, field: string): unknown => {
    if (typeof one === 'number' && STAMPS.has(field)) return places[field === 'version' ? 'v' : 't'].indexOf(one);
    if (Array.isArray(one)) return one.map((each) => placed(each, ''));
    if (typeof one !== 'object' || one === null) return one;
    const { clientUpdatedAt, ...row } = one as RemoteRow;
    const entries = Object.entries(row).map(([name, each]) => [name, placed(each, name)]);
    // That of a tombstone is the server's time of the delete.
    const given = clientUpdatedAt !== undefined && row.status === 'live' && { clientUpdatedAt };
    return { ...Object.fromEntries(entries), ...given };
  };
  return placed(value, '');
}

function sorted(stamps: ReadonlySet<string>, kind: string): number[] {
  return [...stamps]
    .filter((stamp) => stamp.startsWith(kind))
    .map((stamp) => Number(stamp.slice(1)))
    .toSorted((a, b) => a - b);
}
