// Opens a journal: puts the parts of the engine together.
import { ActivityLog } from './activity-log.js';
import { broadcastBell, silentBell, type Bell } from './bell.js';
import { browserSurroundings } from './browser-surroundings.js';
import { systemClock } from './clock.js';
import { collection, links } from './collections.js';
import { Decisions } from './decide.js';
import type { Engine } from './engine.js';
import type { FilesPart } from './files-part.js';
import { LocalEdits } from './local-edits.js';
import type { LogDate, LogDateOptions, Media, Sync } from './log-date.js';
import { Puller } from './pull.js';
import { Pusher } from './push.js';
import { Reconciler } from './reconcile.js';
import { storeLease, webLocks, type RunLock } from './run-lock.js';
import type { Steps } from './steps.js';
import type { LocalStore } from './store.js';
import { plainSurroundings, type Surroundings } from './surroundings.js';
import { SyncManager } from './sync-manager.js';
import { SyncMetadataService } from './sync-metadata-service.js';

/**
 * Opens the journal that is kept in `options.store`, and makes its backup automatic.
 * @throws NewerStoreError, StoreLostError
 */
export async function openLogDate(options: LogDateOptions): Promise<LogDate> {
  const { store, auth, automatic = true, random = Math.random, clock = systemClock } = options;
  const newId = options.newId ?? (() => crypto.randomUUID());
  const around = aroundOf(options);
  const log = new ActivityLog(store, clock);
  const engine: Engine = {
    store,
    transport: options.transport,
    clock,
    newId,
    deviceId: await deviceIdOf(store, options.deviceId, newId),
    mergeText: options.mergeText,
    newHasher: options.newHasher,
    files: options.files?.edits,
    saved: () => manager.saved(),
    failed: (error) => manager.storeFailed(error),
    changed: () => manager.changed(),
    log: (event, detail) => log.write(event, detail),
  };
  const metadata = new SyncMetadataService(engine);
  const edits = new LocalEdits(engine, metadata);
  const files = await options.files?.open(engine, edits, { ...around, random });
  const manager = new SyncManager({
    ...engine,
    ...around,
    random,
    signedIn: auth.signedIn,
    steps: stepsOf(engine, metadata),
    files,
    listen: (...told) => options.transport.listen?.(...told),
  });
  manager.start({ automatic });
  // A program that looks once must not be told that nothing waits before anything was counted.
  await manager.counted();
  const close = async (): Promise<void> => {
    await manager.close();
    await log.settled();
  };
  return {
    deviceId: engine.deviceId,
    journals: collection('journal', engine, edits),
    content: collection('content', engine, edits),
    associations: links(engine, edits),
    media: files?.media ?? withoutFiles,
    onChange: (listener) => manager.onChange(listener),
    sync: syncOf(manager, new Decisions(engine, metadata), log, files),
    async signOut({ unsynced }) {
      if (unsynced === 'upload-first') await uploadAll(manager, store);
      await auth.signOut();
      if (unsynced !== 'delete') return;
      await close();
      await store.destroy();
    },
    async close() {
      await close();
      await store.close();
    },
  };
}

/** Chosen once by this installation: the server tells devices apart by it. */
function deviceIdOf(store: LocalStore, given: string | undefined, newId: () => string): Promise<string> {
  return store.transaction('write', ['settings'], async (transaction) => {
    const kept = (await transaction.get('settings', ['device']))?.value;
    const value = given ?? (typeof kept === 'string' ? kept : newId());
    if (value !== kept) await transaction.put('settings', { name: 'device', value });
    return value;
  });
}

/** In a page its tabs share locks and news; elsewhere processes share the store alone. */
function aroundOf({ store, name, ...given }: LogDateOptions): {
  surroundings: Surroundings;
  lock: RunLock;
  bell: Bell;
} {
  const isPage = 'document' in globalThis || 'WorkerGlobalScope' in globalThis;
  const locks = isPage ? globalThis.navigator?.locks : undefined;
  return {
    surroundings: given.surroundings ?? (isPage ? browserSurroundings() : plainSurroundings),
    lock: given.lock ?? (locks ? webLocks(locks, name, store) : storeLease(store)),
    bell: given.bell ?? (isPage ? broadcastBell(name) : silentBell),
  };
}

function stepsOf(engine: Engine, metadata: SyncMetadataService): Steps {
  const reconciler = new Reconciler(engine, metadata);
  const pusher = new Pusher(engine, metadata);
  const puller = new Puller(engine, metadata, reconciler);
  return {
    pushBatch: (signal) => pusher.pushBatch(signal),
    pullPage: (signal) => puller.pullPage(signal),
    beginReconcile: () => reconciler.begin(),
  };
}

function syncOf(manager: SyncManager, decisions: Decisions, log: ActivityLog, files: FilesPart | undefined): Sync {
  return {
    status: manager.status,
    async syncNow() {
      // A person who tries again may have made room.
      await files?.roomAgain();
      return manager.syncNow();
    },
    uploadPendingChanges: () => manager.uploadPendingChanges(),
    downloadRemoteChanges: () => manager.downloadRemoteChanges(),
    whenSynced: (row, waiting) => manager.whenSynced(row, waiting),
    whenMediaIdle: () => manager.whenMediaIdle(),
    pause: () => manager.pause(),
    resume: () => manager.resume(),
    turnBackup: (on) => manager.turnBackup(on),
    conflicts: () => decisions.conflicts(),
    resolveConflict: (id, resolution, { theirsVersion, type = 'content' }) =>
      decisions.resolve(type, id, resolution, theirsVersion),
    refused: () => decisions.refused(),
    retry: (id, type = 'content') => decisions.retry(type, id),
    discard: (id, type = 'content') => decisions.discard(type, id),
    log: ({ limit } = {}) => log.read(limit),
  };
}

/** Says what is missing, wherever a file is asked for. */
const withoutFiles = new Proxy({} as Media, {
  get: (_media, method) => {
    throw new TypeError(`media.${String(method)}: the journal was opened without files`);
  },
});

/** @throws UnsyncedError while something is on this device only */
async function uploadAll(manager: SyncManager, store: LocalStore): Promise<void> {
  await manager.syncNow();
  await manager.whenMediaIdle();
  const [changes, files] = await store.transaction('read', ['outbox', 'media'], (transaction) =>
    Promise.all([transaction.count('outbox'), transaction.count('media')]),
  );
  if (changes + files > 0) throw new UnsyncedError(changes, files);
}

/** Signing out would have left changes on this device only; nothing was done. */
export class UnsyncedError extends Error {
  override name = 'UnsyncedError';

  constructor(
    readonly changes: number,
    readonly files: number,
  ) {
    super(`${changes} changes and ${files} files are not backed up`);
  }
}
