// sign-up, sign-in and sign-out: who this device acts for.
import { CommandError, EXIT } from '../exit-codes.js';
import { openDevice, startSession } from '../device.js';
import { readPassword } from '../password.js';
import type { Command } from './context.js';

interface PasswordOptions {
  passwordStdin?: boolean;
}

/** Makes an account and signs in on this device. */
export const signUp: Command<PasswordOptions, [username: string]> = (context, options, username) =>
  start(context, { ...options, how: 'sign-up' }, username);

/** Signs in to an existing account. */
export const signIn: Command<PasswordOptions, [username: string]> = (context, options, username) =>
  start(context, { ...options, how: 'sign-in' }, username);

const start: Command<PasswordOptions & { how: 'sign-up' | 'sign-in' }, [username: string]> = async (
  { settings, terminal },
  { passwordStdin, how },
  username,
) => {
  const password = await readPassword(terminal, { stdin: passwordStdin ?? false, twice: how === 'sign-up' });
  const { user, server } = await startSession(settings, how, { username, password });
  terminal.result({ username: user.username, userId: user.id, server }, [`Signed in as ${user.username} at ${server}`]);
  return EXIT.good;
};

/** Ends the session. What is not sent yet must be sent first, or be kept or deleted on purpose. */
export const signOut: Command<{ unsynced: string }> = async ({ settings, terminal, signal }, { unsynced }) => {
  if (unsynced !== 'upload-first' && unsynced !== 'keep' && unsynced !== 'delete') {
    throw new CommandError(EXIT.usage, `--unsynced is upload-first, keep or delete, not "${unsynced}"`);
  }
  const device = await openDevice(settings, { signal });
  try {
    await device.signOut(unsynced);
    terminal.result({ signedOut: true, username: device.username }, [`Signed out ${device.username}`]);
    return EXIT.good;
  } finally {
    await device.close();
  }
};
