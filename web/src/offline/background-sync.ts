// Asks the browser to finish a backup when this tab has gone. Where it cannot, the next start of the app does.
import { shown } from '../journal/shown-journal.js';
import { BACK_UP } from '../service-worker/messages.js';

/** Of the Background Sync API, which only some browsers have. */
interface WithSync extends ServiceWorkerRegistration {
  readonly sync?: { register(tag: string): Promise<void> };
}

/** Asks whenever the page goes out of sight with something that is only on this device. */
export function finishBackupsWithoutTab(): void {
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden' && hasUnsent()) void ask().catch(() => undefined);
  });
}

function hasUnsent(): boolean {
  const now = shown.peek();
  if (now.state !== 'open' || now.journal.account === null) return false;
  const { unsynced, media } = now.journal.status.peek();
  return unsynced + media.waiting > 0;
}

/** Without a permission the browser says no, and nothing is lost by that. */
async function ask(): Promise<void> {
  const registration: WithSync | undefined = await navigator.serviceWorker.getRegistration();
  await registration?.sync?.register(BACK_UP);
}
