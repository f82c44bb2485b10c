// Who is signed in. The tokens are in this browser's storage, shared by its tabs and its service worker.
import type { User } from '@logdate/client/session';
import { openAuth, type AuthSession } from '@logdate/client/session';
import { sessions } from './kept-here.js';
import { account, deviceId, rememberAccount } from './remembered.js';

/** The server that serves this page. */
export const SERVER = location.origin;

let opened: Promise<AuthSession> | undefined;

/** The session of this browser; the same one for all who ask. */
export function session(): Promise<AuthSession> {
  return (opened ??= openAuth({ url: SERVER, sessions }));
}

/** What a person types to get in. */
export interface Given {
  username: string;
  password: string;
}

/** Makes an account, signs this browser in and shows its journal. @throws TransportError */
export async function signUp(given: Given): Promise<User> {
  return entered((await session()).signUp(await deviceCredentials(given)));
}

/** Signs this browser in and shows the journal of the account. @throws TransportError */
export async function signIn(given: Given): Promise<User> {
  return entered((await session()).signIn(await deviceCredentials(given)));
}

/** After the session of the journal that is shown has ended. */
export async function forgetAccount(): Promise<void> {
  if (account.peek() !== null) await rememberAccount(null);
}

async function entered(entering: Promise<User>): Promise<User> {
  const user = await entering;
  // The session says it too: a start that finds no account goes by it.
  await rememberAccount(user).catch(() => undefined);
  return user;
}

async function deviceCredentials(given: Given): Promise<Given & { deviceId: string; deviceName: string }> {
  return { ...given, deviceId: await deviceId(), deviceName: browserName() };
}

/** What the person would call this device, as far as a browser says. */
function browserName(): string {
  const agent = navigator.userAgent;
  const browser = /Firefox|Edg|Chrome|Safari/.exec(agent)?.[0] ?? 'Browser';
  const system = /Android|iPhone|iPad|Windows|Mac OS|Linux/.exec(agent)?.[0] ?? '';
  return system === '' ? browser : `${browser.replace('Edg', 'Edge')} on ${system}`;
}
