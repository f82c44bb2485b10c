import type { MediaStep, PullStep, PushStep, Steps } from '../src/steps.js';
import type { LocalStore } from '../src/store.js';
import { TransportError } from '../src/transport.js';

/** The answer of a step that sent nothing. */
export const NOTHING: PushStep = { sent: 0, acknowledged: 0, conflicts: 0, refused: 0, more: false };

/** What every step fails with while the server is out of reach. */
export const NO_ANSWER = new TransportError('NO_ANSWER', 'nobody there');

/** A step that ends with nothing but its run. */
export function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('cut'))));
}

/** Steps against a server that takes everything, one entry a batch, unless the test says otherwise. */
export class PlayedSteps implements Steps {
  readonly calls: string[] = [];
  push: (signal: AbortSignal) => Promise<PushStep>;
  pull: (signal: AbortSignal) => Promise<PullStep> = () =>
    Promise.resolve({ applied: 0, hasMore: false, remaining: 0 });
  reconcile: () => Promise<void> = () => Promise.resolve();
  media: (signal: AbortSignal) => Promise<MediaStep>;

  constructor(private readonly store: LocalStore) {
    this.push = () => this.sendOne();
    this.media = () => this.sendFile();
  }

  pushBatch(signal: AbortSignal): Promise<PushStep> {
    this.calls.push('push');
    return this.push(signal);
  }

  pullPage(signal: AbortSignal): Promise<PullStep> {
    this.calls.push('pull');
    return this.pull(signal);
  }

  beginReconcile(): Promise<void> {
    this.calls.push('reconcile');
    return this.reconcile();
  }

  mediaStep(signal: AbortSignal): Promise<MediaStep> {
    this.calls.push('media');
    return this.media(signal);
  }

  /** How often a step was made. */
  count(call: string): number {
    return this.calls.filter((made) => made === call).length;
  }

  async sendOne(): Promise<PushStep> {
    const left = await this.store.transaction('write', ['outbox'], async (transaction) => {
      const entries = await transaction.list('outbox', { index: 'inOrder', prefix: ['no'] });
      const [first] = entries;
      if (first !== undefined) await transaction.delete('outbox', [first.type, first.id]);
      return entries.length;
    });
    return { sent: Math.min(1, left), acknowledged: Math.min(1, left), conflicts: 0, refused: 0, more: left > 1 };
  }

  async sendFile(): Promise<MediaStep> {
    const left = await this.store.transaction('write', ['media'], async (transaction) => {
      const entries = await transaction.list('media');
      if (entries[0] !== undefined) await transaction.delete('media', [entries[0].id]);
      return entries.length;
    });
    return { more: left > 1, until: null };
  }
}
