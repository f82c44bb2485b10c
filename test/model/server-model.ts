/** The server as the protocol says it, in memory: users, stamps, receipts, feeds and epochs. */
import { ROW_TYPES, type RemoteRow, type RowType } from '../../client/src/resources.js';
import {
  TransportError,
  type ChangePage,
  type FrozenMutation,
  type Outcome,
  type PullRequest,
  type PushRequest,
  type PushResult,
  type Transport,
} from '../../client/src/transport.js';
import { isMistyped, payloadOf, rejectionOf, verdictOn, type Limits, type StoredRow } from './judge-mutation.js';

interface Stamp {
  version: number;
  updatedAt: number;
}

interface User {
  version: number;
  ms: number;
  /** By type and id. */
  rows: Map<string, StoredRow>;
  receipts: Map<string, Stamp & { payload: string }>;
}

interface State {
  epoch: string;
  /** Drawn from by all users, as `server_version_seq`. */
  sequence: number;
  users: Map<string, User>;
}

/** Everything the server held at one moment. */
export type ServerBackup = Readonly<State>;

const EPOCH_STRIDE = 2 ** 32;
const PUSH_MUTATIONS = 500;
const keyOf = ({ type, id }: { type: RowType; id: string }): string => `${type} ${id}`;

export class ServerModel {
  private state: State = { epoch: 'epoch 1', sequence: 0, users: new Map() };
  private epochs = 1;
  /** The largest version of any epoch: no version is ever given twice, also when one backup is restored twice. */
  private highest = 0;

  constructor(
    /** The server's clock, in milliseconds. */
    private readonly now: () => number,
    private readonly limits: Limits = { textBytes: 2 ** 20, requestBytes: 4 * 2 ** 20 },
  ) {}

  /** The way of one user's devices to this server, without a line that could break. */
  transportOf(userId: string): Transport {
    const answer = <T>(signal: AbortSignal, make: () => T): Promise<T> =>
      new Promise((resolve) => {
        signal.throwIfAborted();
        // Nothing that a device keeps may be the server's own.
        resolve(structuredClone(make()));
      });
    return {
      push: (request, signal) => answer(signal, () => this.push(userId, structuredClone(request))),
      pull: (request, signal) => answer(signal, () => this.pull(userId, request)),
    };
  }

  /** Applies mutations in order, as one transaction. @throws TransportError for what fails a whole request */
  push(userId: string, { deviceId, epoch, mutations }: PushRequest): PushResult {
    if (mutations.some(isMistyped) || mutations.length > PUSH_MUTATIONS || deviceId === '') {
      throw new TransportError('BAD_USER_INPUT', 'The request is not as the schema says', { httpStatus: 400 });
    }
    if (JSON.stringify(mutations).length > this.limits.requestBytes) {
      throw new TransportError('TOO_LARGE', 'Too many bytes', { httpStatus: 413, limit: this.limits.requestBytes });
    }
    if (epoch !== null && epoch !== this.state.epoch) throw epochChanged();
    const user = this.user(userId);
    const count = mutations.length;
    this.state.sequence += 1;
    user.version = Math.max(user.version + 1, this.state.sequence) + (count - 1);
    user.ms = Math.max(user.ms + count, this.now());
    const outcomes = mutations.map((mutation, index) => {
      const back = count - 1 - index;
      const stamp = { version: user.version - back, updatedAt: user.ms - back };
      return this.write(userId, { ...mutation, deviceId }, stamp);
    });
    return { outcomes, epoch: this.state.epoch, serverTime: this.now() };
  }

  /** One page of each feed that is asked for. @throws TransportError EPOCH_CHANGED for a `since` beyond the clock */
  pull(userId: string, { since, limit, withDeletions }: PullRequest): Partial<Record<RowType, ChangePage>> {
    const user = this.user(userId);
    const pages: Partial<Record<RowType, ChangePage>> = {};
    for (const type of ROW_TYPES) {
      const from = since[type];
      if (from === undefined) continue;
      if (from > user.ms) throw epochChanged();
      const behind = this.rowsOf(userId)
        .filter((row) => row.type === type && (row.updatedAt > from || row.version > from))
        .filter((row) => withDeletions || row.status === 'live');
      const rows = behind.slice(0, limit);
      const remaining = behind.length - rows.length;
      pages[type] = {
        rows,
        lastTimestamp: rows.at(-1)?.updatedAt ?? from,
        hasMore: remaining > 0,
        remaining,
        epoch: this.state.epoch,
        serverTime: this.now(),
      };
    }
    return pages;
  }

  /** Rows and tombstones of a user, in stamp order, as a feed shows them. */
  rowsOf(userId: string): RemoteRow[] {
    return [...this.user(userId).rows.values()]
      .map((row) => (row.status === 'live' ? row : { ...row, body: null, clientUpdatedAt: row.updatedAt }))
      .toSorted((a, b) => a.updatedAt - b.updatedAt);
  }

  get epoch(): string {
    return this.state.epoch;
  }

  backup(): ServerBackup {
    return structuredClone(this.state);
  }

  /** Goes back to an older copy: later rows and receipts are lost, the epoch is new, versions go on far beyond. */
  restore(backup: ServerBackup): void {
    const state = structuredClone(backup) as State;
    this.highest = Math.max(
      this.highest,
      this.state.sequence,
      ...[...this.state.users.values()].map((user) => user.version),
    );
    state.sequence = this.highest + EPOCH_STRIDE;
    for (const user of state.users.values()) user.version = state.sequence;
    this.epochs += 1;
    state.epoch = `epoch ${this.epochs}`;
    this.state = state;
  }

  private user(userId: string): User {
    let user = this.state.users.get(userId);
    if (user === undefined) {
      user = { version: 0, ms: 0, rows: new Map(), receipts: new Map() };
      this.state.users.set(userId, user);
    }
    return user;
  }

  private write(userId: string, mutation: FrozenMutation & { deviceId: string }, stamp: Stamp): Outcome {
    const { mutationId } = mutation;
    const outcome = { mutationId, version: null, updatedAt: null, code: null, message: null, current: null };
    const refused = rejectionOf(mutation, this.limits);
    if (refused !== undefined) return { ...outcome, status: 'REJECTED', ...refused };

    const { rows, receipts } = this.user(userId);
    const current = rows.get(keyOf(mutation));
    const shown = this.rowsOf(userId).find((row) => keyOf(row) === keyOf(mutation)) ?? null;
    const receipt = receipts.get(mutationId);
    if (receipt !== undefined) {
      if (receipt.payload !== payloadOf(mutation)) {
        return { ...outcome, status: 'REJECTED', code: 'BAD_USER_INPUT', message: 'mutationId was used before' };
      }
      const { version, updatedAt } = receipt;
      return { ...outcome, status: 'DUPLICATE', version, updatedAt, current: shown };
    }
    if (this.isForeign(userId, mutation)) {
      return { ...outcome, status: 'REJECTED', code: 'FORBIDDEN', message: 'This id belongs to another user' };
    }
    const verdict = verdictOn(mutation, current);
    if (verdict === 'conflict') return { ...outcome, status: 'CONFLICT', current: shown };
    const { version, updatedAt } = verdict === 'already' && current !== undefined ? current : stamp;
    receipts.set(mutationId, { payload: payloadOf(mutation), version, updatedAt });
    if (verdict === 'write') rows.set(keyOf(mutation), rowAfter(mutation, current, stamp));
    return { ...outcome, status: 'APPLIED', version, updatedAt };
  }

  /** Whether the row, or an end of the link, is unknown to the user and known to another one. */
  private isForeign(userId: string, { type, id }: FrozenMutation): boolean {
    const [journalId = '', contentId = ''] = id.split(':');
    const named =
      type === 'association'
        ? [keyOf({ type: 'journal', id: journalId }), keyOf({ type: 'content', id: contentId })]
        : [keyOf({ type, id })];
    const own = this.user(userId).rows;
    if (own.has(keyOf({ type, id }))) return false;
    const others = [...this.state.users.values()].map(({ rows }) => rows);
    return named.some((key) => !own.has(key) && others.some((rows) => rows.has(key)));
  }
}

function rowAfter(
  { type, id, op, body, clientUpdatedAt, deviceId, mutationId }: FrozenMutation & { deviceId: string },
  current: StoredRow | undefined,
  stamp: Stamp,
): StoredRow {
  const words = op === 'UPSERT' ? body : (current?.body ?? null);
  const status = op === 'UPSERT' ? 'live' : 'deleted';
  return { type, id, status, body: words, ...stamp, clientUpdatedAt, deviceId, mutationId };
}

function epochChanged(): TransportError {
  return new TransportError('EPOCH_CHANGED', 'The database was restored from an older copy', { httpStatus: 409 });
}
