/** Where histories are played: on the model of the server, or on the real one. */
import { openEngine } from './device-engine.js';
import type { HistoryServer, Stage } from './history.js';
import { ManualClock } from './manual-clock.js';
import { plainStore } from './plain-store.js';
import { ServerModel, type ServerBackup } from './server-model.js';

/** 2026, in milliseconds. */
const START = 1_795_000_000_000;
/** Small ones, so that histories meet them. */
const LIMITS = { textBytes: 600, requestBytes: 2_500 };

/** A stage of its own on the model. */
export function onModel(): Stage {
  const clock = new ManualClock(START);
  const model = new ServerModel(() => clock.now(), LIMITS);
  const server: HistoryServer = {
    transport: model.transportOf('the user'),
    rows: () => Promise.resolve(model.rowsOf('the user')),
    epoch: () => Promise.resolve(model.epoch),
    backup: () => Promise.resolve(model.backup()),
    restore: (backup) => Promise.resolve(model.restore(backup as ServerBackup)),
    isCheap: true,
  };
  return { server, clock, openStorage: plainStore, open: openEngine, newId: ids() };
}

/** Uuids in a row, the same in each replay. */
function ids(): () => string {
  let given = 0;
  return () => {
    given += 1;
    return `00000000-0000-4000-8000-${given.toString(16).padStart(12, '0')}`;
  };
}
