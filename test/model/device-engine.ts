/** The engine as one tab of a device runs it, put together from its parts, without a lock: two tabs may run at once. */
import type { Engine } from '../../client/src/engine.js';
import { Decisions } from '../../client/src/decide.js';
import { LocalEdits } from '../../client/src/local-edits.js';
import { mergeSentences } from '../../client/src/merge-sentences.js';
import { Puller } from '../../client/src/pull.js';
import { Pusher } from '../../client/src/push.js';
import { Reconciler } from '../../client/src/reconcile.js';
import { SyncMetadataService } from '../../client/src/sync-metadata-service.js';
import { TransportError } from '../../client/src/transport.js';

export interface DeviceEngine {
  edits: Pick<LocalEdits, 'save' | 'delete'>;
  decisions: Pick<Decisions, 'conflicts' | 'resolve' | 'refused' | 'retry' | 'discard'>;
  /** One run: pushes and pulls until there is no more. Trouble on the line ends it, anything else is thrown. */
  run(): Promise<void>;
}

/** Of one run; more than any history needs. */
const MOST_REQUESTS = 300;

export function openEngine(
  parts: Pick<Engine, 'store' | 'transport' | 'clock' | 'deviceId' | 'newId'>,
  pageRows: number,
): DeviceEngine {
  const engine: Engine = { ...parts, mergeText: mergeSentences, changed: () => undefined, log: () => undefined };
  const metadata = new SyncMetadataService(engine);
  const pusher = new Pusher(engine, metadata);
  const puller = new Puller(engine, metadata, pageRows);
  const reconciler = new Reconciler(engine, metadata);
  const { signal } = new AbortController();

  const pushAndPull = async (budget: { left: number }): Promise<void> => {
    const spend = (): void => {
      if (budget.left-- <= 0) throw new Error('The run does not end');
    };
    do spend();
    while ((await pusher.pushBatch(signal)).more);
    do spend();
    while ((await puller.pullPage(signal)).hasMore);
    const offered = (await reconciler.underWay()) ? await reconciler.finish() : 0;
    if (offered > 0) await pushAndPull(budget);
  };
  const run = async (): Promise<void> => {
    const budget = { left: MOST_REQUESTS };
    for (;;) {
      try {
        return await pushAndPull(budget);
      } catch (error) {
        if (!(error instanceof TransportError)) throw error;
        if (error.code !== 'EPOCH_CHANGED') return;
        await reconciler.begin();
      }
    }
  };
  return { edits: new LocalEdits(engine, metadata), decisions: new Decisions(engine, metadata), run };
}
