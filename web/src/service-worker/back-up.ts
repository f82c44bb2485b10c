// Finishes a backup when its tab has gone: the browser starts the worker once there is a network.
import { graphqlTransport, openLogDate } from '@logdate/client';
import { indexedDbStore } from '@logdate/client/indexeddb';
import { httpMediaTransport, sendFiles } from '@logdate/client/media';
import { mergeSentences } from '@logdate/client/merge-sentences';
import { openAuth, type AuthSession } from '@logdate/client/session';
import { openedHere } from '../journal/journal-tabs.js';
import { sessions } from '../journal/kept-here.js';
import { storeNameOf } from '../journal/store-name.js';

/** What only the person can end. */
const BY_PERSON: ReadonlySet<string> = new Set(['backup-off', 'paused', 'signed-out']);

/**
 * Sends what waits in the journal of who is signed in; where a tab does, waits for it.
 * @throws where something is left that a later try could send: the browser tries again
 */
export async function backUp(): Promise<void> {
  const auth = await openAuth({ url: location.origin, sessions });
  try {
    const user = auth.user.get();
    if (user !== null) await backUpOf(user, auth);
  } finally {
    auth.close();
  }
}

async function backUpOf(user: { id: string }, auth: AuthSession): Promise<void> {
  const name = storeNameOf(user);
  const closedHere = await openedHere(name);
  try {
    const server = { url: location.origin, auth, userId: user.id };
    const db = await openLogDate({
      name,
      store: indexedDbStore(name),
      auth,
      transport: graphqlTransport(server),
      files: sendFiles({ transport: httpMediaTransport(server) }),
      mergeText: mergeSentences,
      automatic: false,
    });
    try {
      const { waiting } = db.sync.status.get();
      if (waiting !== null && BY_PERSON.has(waiting.reason)) return;
      const { ended } = await db.sync.syncNow();
      await db.sync.whenMediaIdle();
      const { unsynced, media } = db.sync.status.get();
      const left = ended === 'done' ? media.waiting : unsynced;
      const isHeldBack = media.quotaFull || media.paused;
      if (left > 0 && !isHeldBack) throw new Error(`The backup ended as ${ended}`);
    } finally {
      await db.close();
    }
  } finally {
    closedHere();
  }
}
