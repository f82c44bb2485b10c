// One request for all feeds, and each page applied with its cursor.
import type { Engine } from './engine.js';
import { keepCopy, Writer } from './local-edits.js';
import { reconciled, type Reconciled, type Reconciler } from './reconcile.js';
import { ROW_TYPES, type RowType } from './resources.js';
import { loadState, ROW_TABLES, storeState } from './row-state.js';
import { remoteArrived } from './settle.js';
import type { PullStep } from './steps.js';
import type { Transaction } from './store.js';
import type { SyncMetadataService } from './sync-metadata-service.js';
import { TransportError, type ChangePage } from './transport.js';

const PAGE_ROWS = 1000;

/** Reads the feeds, a page of each at a call. */
export class Puller {
  constructor(
    private readonly engine: Engine,
    private readonly metadata: SyncMetadataService,
    private readonly reconciler: Reconciler,
    private readonly pageRows = PAGE_ROWS,
  ) {}

  /**
   * Reads and applies the next page of each feed.
   * @throws TransportError, EPOCH_CHANGED too; pages that were applied before it stay
   */
  async pullPage(signal: AbortSignal): Promise<PullStep> {
    const { since, holdsNothing } = await this.#position();
    const pages = await this.engine.transport.pull(
      { since, limit: this.pageRows, withDeletions: !holdsNothing },
      signal,
    );
    const step: PullStep = { applied: 0, hasMore: false, remaining: 0, reconciling: await this.reconciler.underWay() };
    for (const type of ROW_TYPES) {
      const page = pages[type];
      if (page === undefined) continue;
      const applied = await this.#apply(type, since[type] ?? 0, page);
      step.applied += applied ?? 0;
      step.hasMore ||= page.hasMore || applied === undefined;
      step.remaining += page.remaining;
    }
    if (step.reconciling && !step.hasMore) await this.reconciler.finish();
    if (step.applied > 0) this.engine.changed();
    return step;
  }

  async #position(): Promise<{ since: Record<RowType, number>; holdsNothing: boolean }> {
    return this.engine.store.transaction('read', ['sync_cursors', 'rows'], async (transaction) => {
      const cursors = await Promise.all(ROW_TYPES.map((type) => this.metadata.cursor(transaction, type)));
      const since = Object.fromEntries(ROW_TYPES.map((type, index) => [type, cursors[index]?.since ?? 0]));
      const rows = await transaction.list('rows', { limit: 1 });
      return { since: since as Record<RowType, number>, holdsNothing: rows.length === 0 };
    });
  }

  /**
   * Rows and cursor in one transaction, so that a cursor never passes what was not applied.
   * @returns rows of the page; undefined where another tab has moved the cursor and the page is not the next one
   */
  async #apply(type: RowType, since: number, page: ChangePage): Promise<number | undefined> {
    return this.engine.store.transaction('write', ROW_TABLES, async (transaction) => {
      const cursor = await this.metadata.cursor(transaction, type);
      if (!this.metadata.continues(cursor, page.epoch)) {
        throw new TransportError('EPOCH_CHANGED', 'The page comes from a database that was restored');
      }
      if (cursor.since !== since) return undefined;
      await this.#settle(transaction, page);
      await transaction.put('sync_cursors', {
        feed: cursor.feed,
        since: page.lastTimestamp,
        lastSuccessAt: this.engine.clock.now(),
        epoch: page.epoch,
      });
      return page.rows.length;
    });
  }

  async #settle(transaction: Transaction, { rows }: ChangePage): Promise<void> {
    const reconciling = await this.metadata.reconciling(transaction);
    const writer = await Writer.open(transaction, this.metadata, this.engine);
    const states = await Promise.all(rows.map(({ type, id }) => loadState(transaction, type, id)));
    for (const [index, remote] of rows.entries()) {
      const before = states[index];
      if (before === undefined) continue;
      const { state, offer, copy }: Reconciled = reconciling
        ? reconciled(before, remote, writer.judging)
        : { state: remoteArrived(before, remote, writer.judging) };
      if (state === before) continue;
      await storeState(transaction, before, offer && state.row ? writer.queued(state, state.row, offer) : state);
      if (copy) await keepCopy(transaction, writer, copy);
    }
    await writer.close();
  }
}
