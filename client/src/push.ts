// One batch of the outbox: frozen on disk, sent, and its outcomes settled.
import type { Engine } from './engine.js';
import { mutationBytes, PUSH_BYTES } from './graphql/mutation-input.js';
import { decide } from './retry.js';
import { loadState, ROW_TABLES, storeState } from './row-state.js';
import { outcomeArrived } from './settle.js';
import type { PushStep } from './steps.js';
import type { Transaction } from './store.js';
import type { SyncMetadataService } from './sync-metadata-service.js';
import type { Inflight, LocalRow, OutboxEntry } from './tables.js';
import { TransportError, type FrozenMutation, type Outcome, type VersionConstraint } from './transport.js';

/** What is known of a batch; the epoch is null where it was never taken. */
interface Answer {
  outcomes: Outcome[];
  epoch: string | null;
}

/** The server takes so many a push, and PUSH_BYTES. */
const MOST_MUTATIONS = 500;

/** Sends the outbox, a batch at a call. */
export class Pusher {
  /** Halved where the server refuses a whole batch, until the one item is found. */
  #most = MOST_MUTATIONS;

  constructor(
    private readonly engine: Engine,
    private readonly metadata: SyncMetadataService,
  ) {}

  /**
   * Sends the next batch.
   * @throws TransportError when nothing is known of it; the batch is sent again as it is
   */
  async pushBatch(signal: AbortSignal): Promise<PushStep> {
    const { mutations, epoch } = await this.#freeze();
    if (mutations.length === 0) return { sent: 0, acknowledged: 0, conflicts: 0, refused: 0, more: false };
    const answer = await this.#send(mutations, epoch, signal);
    if (answer === undefined) return { sent: 0, acknowledged: 0, conflicts: 0, refused: 0, more: true };
    this.#most = Math.min(MOST_MUTATIONS, this.#most * 2);
    return this.#settle(mutations, answer);
  }

  /** What is sent is on disk first: after a lost answer or a crash the same bytes go again. */
  async #freeze(): Promise<{ mutations: FrozenMutation[]; epoch: string | null }> {
    return this.engine.store.transaction('write', ROW_TABLES, async (transaction) => {
      // What is pending may be based on what the server has lost: first everything is read again.
      const reconciling = await this.metadata.reconciling(transaction);
      const entries = reconciling ? [] : await this.metadata.sendable(transaction, this.#most);
      const mutations: FrozenMutation[] = [];
      let bytes = 0;
      // One after the other, here and where a batch is settled: hundreds of reads at once hold up the page.
      for (const entry of entries) {
        const row = await transaction.get('rows', [entry.type, entry.id]);
        if (row === undefined) continue;
        const inflight = entry.inflight ?? this.#inflight(row, entry);
        bytes += mutationBytes(inflight.mutation);
        if (bytes > PUSH_BYTES && mutations.length > 0) break;
        const retryCount = entry.inflight === null ? entry.retryCount : entry.retryCount + 1;
        await transaction.put('outbox', { ...entry, inflight, retryCount });
        mutations.push(inflight.mutation);
      }
      return { mutations, epoch: await this.metadata.epoch(transaction) };
    });
  }

  #inflight(row: LocalRow, { op }: OutboxEntry): Inflight {
    const mutation: FrozenMutation = {
      mutationId: this.engine.newId(),
      type: row.type,
      id: row.id,
      op,
      body: op === 'DELETE' ? null : row.body,
      clientUpdatedAt: row.clientUpdatedAt,
      version: constraint(row, op),
    };
    return { mutation, localRev: row.localRev };
  }

  /** The answer; undefined when the batch was refused as a whole and a smaller one has to be tried. */
  async #send(mutations: FrozenMutation[], epoch: string | null, signal: AbortSignal): Promise<Answer | undefined> {
    try {
      return await this.engine.transport.push({ deviceId: this.engine.deviceId, epoch, mutations }, signal);
    } catch (error) {
      if (!(error instanceof TransportError)) throw error;
      const [first] = mutations;
      const decision = decide(error, { kind: 'push', items: mutations.length });
      if (first === undefined) throw error;
      if (decision.kind === 'gone') return { outcomes: [{ ...refusal(first, error), status: 'CONFLICT' }], epoch };
      if (decision.kind === 'refuse') return { outcomes: [refusal(first, error)], epoch };
      if (decision.kind !== 'halve') throw error;
      this.#most = Math.ceil(mutations.length / 2);
      return undefined;
    }
  }

  async #settle(mutations: FrozenMutation[], { outcomes, epoch }: Answer): Promise<PushStep> {
    const step = await this.engine.store.transaction('write', ROW_TABLES, async (transaction) => {
      if (epoch !== null) await this.metadata.learnEpoch(transaction, epoch);
      const judging = await this.metadata.judging(transaction);
      const answered = new Map(outcomes.map((outcome) => [outcome.mutationId, outcome]));
      const counts = { acknowledged: 0, conflicts: 0, refused: 0 };
      for (const { mutationId, type, id } of mutations) {
        const outcome = answered.get(mutationId);
        if (outcome === undefined) continue;
        const before = await loadState(transaction, type, id);
        const after = outcomeArrived(before, outcome, judging);
        if (outcome.status === 'APPLIED' || outcome.status === 'DUPLICATE') counts.acknowledged += 1;
        if (after.conflict !== null && before.conflict === null) counts.conflicts += 1;
        if (after.rejected !== null && before.rejected === null) counts.refused += 1;
        if (after !== before) await storeState(transaction, before, after);
      }
      return { sent: mutations.length, ...counts, more: await this.#hasMore(transaction) };
    });
    this.engine.changed();
    return step;
  }

  async #hasMore(transaction: Transaction): Promise<boolean> {
    return (await this.metadata.sendable(transaction, 1)).length > 0;
  }
}

function constraint({ base }: LocalRow, op: OutboxEntry['op']): VersionConstraint {
  if (base !== null) return { known: base.version };
  // A delete of what the server never had still leaves a tombstone, so that a late create meets it.
  return op === 'DELETE' ? { none: true } : { absent: true };
}

function refusal({ mutationId }: FrozenMutation, { code, message }: TransportError): Outcome {
  return { mutationId, status: 'REJECTED', version: null, updatedAt: null, code, message, current: null };
}
