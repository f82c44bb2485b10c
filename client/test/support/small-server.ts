// A server in memory that keeps the words of one user: versions, feeds, conflicts and tombstones, and no more.
import { ROW_TYPES, sameBody, type RemoteRow, type RowType } from '../../src/resources.js';
import type { ChangePage, FrozenMutation, Outcome, PullRequest, Transport } from '../../src/transport.js';

export class SmallServer {
  readonly rows = new Map<string, RemoteRow>();
  /** Called before each request: what it throws is the answer. */
  before: (request: 'push' | 'pull') => void = () => undefined;
  /** Called when a request was done: what it throws is the answer, as when the line is cut. */
  after: (request: 'push' | 'pull') => void = () => undefined;
  private version = 0;

  readonly transport: Transport = {
    push: async ({ deviceId, mutations }) => {
      await Promise.resolve();
      this.before('push');
      const outcomes = mutations.map((mutation) => structuredClone(this.write(mutation, deviceId)));
      this.after('push');
      return { outcomes, epoch: 'first', serverTime: 0 };
    },
    pull: async (request) => {
      await Promise.resolve();
      this.before('pull');
      const pages = structuredClone(this.pages(request));
      this.after('pull');
      return pages;
    },
  };

  /** A row of any kind as another device would have written it. */
  put(row: Pick<RemoteRow, 'type' | 'id' | 'body'> & Partial<RemoteRow>): void {
    const version = (this.version += 1);
    const mutationId = `other-${version}`;
    const stamps = { version, updatedAt: version, clientUpdatedAt: version, deviceId: 'other', mutationId };
    const status = row.body === null ? 'deleted' : 'live';
    this.rows.set(`${row.type} ${row.id}`, { status, ...stamps, ...row });
  }

  get(type: RowType, id: string): RemoteRow | undefined {
    return this.rows.get(`${type} ${id}`);
  }

  private write(
    { mutationId, type, id, op, body, clientUpdatedAt, version }: FrozenMutation,
    deviceId: string,
  ): Outcome {
    const current = this.get(type, id) ?? null;
    const answer = { mutationId, version: null, updatedAt: null, code: null, message: null };
    const isKnown = 'known' in version ? current?.version === version.known : current === null;
    const isSame = current?.status === 'live' && sameBody(type, current.body, body);
    if (!isKnown && !isSame) return { ...answer, status: 'CONFLICT', current };
    this.put({ type, id, body: op === 'DELETE' ? null : body, clientUpdatedAt, deviceId, mutationId });
    return { ...answer, status: 'APPLIED', version: this.version, updatedAt: this.version, current: null };
  }

  private pages({ since, limit, withDeletions }: PullRequest): Partial<Record<RowType, ChangePage>> {
    const pages: Partial<Record<RowType, ChangePage>> = {};
    for (const type of ROW_TYPES) {
      const from = since[type];
      if (from === undefined) continue;
      const behind = [...this.rows.values()]
        .filter((row) => row.type === type && row.updatedAt > from && (withDeletions || row.status === 'live'))
        .sort((one, other) => one.updatedAt - other.updatedAt);
      const rows = behind.slice(0, limit);
      const remaining = behind.length - rows.length;
      const lastTimestamp = rows.at(-1)?.updatedAt ?? from;
      pages[type] = { rows, lastTimestamp, hasMore: remaining > 0, remaining, epoch: 'first', serverTime: 0 };
    }
    return pages;
  }
}
