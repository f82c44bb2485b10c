// A whole journal on one device: opened as an app opens it, over memory, with a server that a test plays.
import { LiveValue } from '../../src/live.js';
import type { LogDate, LogDateOptions } from '../../src/log-date.js';
import { mergeSentences } from '../../src/merge-sentences.js';
import { openLogDate } from '../../src/open-log-date.js';
import { memoryStore } from '../../src/stores/memory.js';
import type { SmallServer } from './small-server.js';

/** Nothing runs by itself unless it is asked for; each device has a store of its own unless one is given. */
export function openDevice(
  { transport }: Pick<SmallServer, 'transport'>,
  options: Partial<LogDateOptions> = {},
): Promise<LogDate> {
  return openLogDate({
    name: 'journal',
    store: memoryStore(),
    transport,
    auth: { signedIn: new LiveValue(true), signOut: () => Promise.resolve() },
    mergeText: mergeSentences,
    automatic: false,
    ...options,
  });
}
