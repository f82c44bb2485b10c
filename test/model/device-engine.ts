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
import type { Directions } from './commands.js';

export interface DeviceEngine {
  edits: Pick<LocalEdits, 'save' | 'delete'>;
  decisions: Pick<Decisions, 'conflicts' | 'resolve' | 'refused' | 'retry' | 'discard'>;
  /** One run: pushes and pulls until there is no more. Trouble on the line ends it, anything else is thrown. */
  run(directions: Directions): Promise<void>;
}

const DEAF = { saved: () => undefined, failed: () => undefined, changed: () => undefined, log: () => undefined };
/** Of one run; more than any history needs. */
const MOST_REQUESTS = 300;

export function openEngine(
  parts: Pick<Engine, 'store' | 'transport' | 'clock' | 'deviceId' | 'newId'>,
  pageRows: number,
): DeviceEngine {
  const engine: Engine = { ...parts, mergeText: mergeSentences, ...DEAF };
  const metadata = new SyncMetadataService(engine);
  const pusher = new Pusher(engine, metadata);
  const reconciler = new Reconciler(engine, metadata);
  const puller = new Puller(engine, metadata, reconciler, pageRows);
  const { signal } = new AbortController();

  const run = async (directions: Directions): Promise<void> => {
    let requests = 0;
    const spend = (): void => {
      requests += 1;
      if (requests > MOST_REQUESTS) throw new Error('The run does not end');
    };
    const pull = async (): Promise<void> => {
      do spend();
      while ((await puller.pullPage(signal)).hasMore);
    };
    const push = async (): Promise<void> => {
      do spend();
      while ((await pusher.pushBatch(signal)).more);
    };
    const steps = { both: [push, pull, push, pull], up: [push], down: [pull] }[directions];
    for (const step of steps) {
      try {
        await step();
      } catch (error) {
        if (!(error instanceof TransportError)) throw error;
        if (error.code !== 'EPOCH_CHANGED') return;
        await reconciler.begin();
        await pull().catch((again: unknown) => {
          if (!(again instanceof TransportError)) throw again;
        });
      }
    }
  };
  return { edits: new LocalEdits(engine, metadata), decisions: new Decisions(engine, metadata), run };
}
