// What happens when a person presses the button beside the words of the status.
import type { StatusState } from '@logdate/client/describe-status';
import type { Journal } from '../journal/open-journal.js';
import { unsavedText } from './unsaved-text.js';

/** Does what the action of this state says. @param route shows another screen */
export async function act(state: StatusState, { db, status }: Journal, route: (path: string) => void): Promise<void> {
  switch (state) {
    case 'store-lost':
      return navigator.clipboard.writeText([...unsavedText.peek().values()].join('\n\n'));
    case 'store-full':
    case 'cloud-full':
      return route('/settings#storage');
    case 'signed-out':
    case 'session-ended':
      return route('/sign-in');
    case 'backup-off':
      return db.sync.turnBackup(true);
    case 'paused':
      return db.sync.resume();
    case 'media':
      return db.media.pause();
    case 'conflicts':
    case 'refused':
      return route('/attention');
    case 'media-waits':
      return status.peek().media.paused ? db.media.resume() : void (await db.sync.syncNow());
    case 'server-trouble':
    case 'saved-here':
    case 'done':
      return void (await db.sync.syncNow());
    case 'first-download':
    case 'reconciling':
    case 'uploading':
    case 'offline':
    case 'rate-limited':
      return undefined;
  }
}
