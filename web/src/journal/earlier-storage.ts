// What an earlier release kept in localStorage, which a browser writes down late and a worker cannot read.
import { sessionIn } from '@logdate/client/session';
import { accountIn } from './account-at-start.js';
import { accountRecord, deviceRecord, sessions } from './kept-here.js';

const ACCOUNT = 'logdate-account';
const SESSION = 'logdate-session';
/** Made at the first start, so before the others. */
const DEVICE = 'logdate-device';

/** Takes it over, once, and removes it there. Nothing that is remembered already is changed. */
export async function takeOverLocalStorage(): Promise<void> {
  const device = localStorage.getItem(DEVICE);
  if (device === null) return;
  await deviceRecord.change((kept) => kept ?? device);
  // After a sign-in or a sign-out of this release, the earlier one has nothing more to say.
  if ((await accountRecord.load()) === undefined) {
    const session = sessionIn(valueOf(SESSION));
    if (session) await sessions.save(session);
    const account = accountIn(valueOf(ACCOUNT));
    if (account) await accountRecord.change(() => account);
  }
  for (const name of [ACCOUNT, SESSION, DEVICE]) localStorage.removeItem(name);
}

function valueOf(name: string): unknown {
  try {
    return JSON.parse(localStorage.getItem(name) ?? 'null');
  } catch {
    return null;
  }
}
