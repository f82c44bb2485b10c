// What went wrong, as an exit code and words that say what to do. Decided by code, never by the text of a message.
import { NewerStoreError, StoreFullError, StoreLostError, TransportError, UnsyncedError } from '@logdate/client';
import { CommandError, EXIT } from './exit-codes.js';

/** Any error as one that a person can act on. */
export function asCommandError(error: unknown, signal?: AbortSignal): CommandError {
  if (error instanceof CommandError) return error;
  const cause = { cause: error };
  if (signal?.aborted)
    return new CommandError(EXIT.interrupted, 'Interrupted; what was done so far is kept', undefined, cause);
  if (error instanceof TransportError) return ofTransport(error);
  if (error instanceof UnsyncedError) {
    return new CommandError(
      EXIT.differs,
      `${error.changes} changes and ${error.files} files are not on the server yet; still signed in`,
      'Run `logdate sync`, or sign out with --unsynced keep (they wait on this device) or --unsynced delete',
      cause,
    );
  }
  if (error instanceof StoreFullError) {
    return new CommandError(
      EXIT.broken,
      'This device has no room left; nothing was half written',
      'Free some space and try again',
      cause,
    );
  }
  if (error instanceof NewerStoreError) {
    return new CommandError(
      EXIT.broken,
      'The journal was written by a newer release of logdate; it was left as it is',
      'Update logdate',
      cause,
    );
  }
  if (error instanceof StoreLostError) {
    return new CommandError(EXIT.broken, 'The database of this device cannot be read', 'Is its disk there?', cause);
  }
  const text = error instanceof Error ? error.message : String(error);
  return new CommandError(EXIT.broken, text, undefined, cause);
}

function ofTransport(error: TransportError): CommandError {
  const cause = { cause: error };
  switch (error.code) {
    case 'SIGNED_OUT':
    case 'UNAUTHENTICATED':
      return new CommandError(
        EXIT.signedOut,
        'The session has ended; everything is kept on this device',
        'logdate sign-in',
        cause,
      );
    case 'NO_ANSWER':
    case 'UNAVAILABLE':
    case 'RATE_LIMITED':
      return new CommandError(
        EXIT.unreachable,
        'The server cannot be reached, or asks to wait',
        'Is its address right (--server), and does it run?',
        cause,
      );
    case 'BAD_USER_INPUT':
      return new CommandError(EXIT.usage, error.message, undefined, cause);
    default:
      return new CommandError(EXIT.differs, `${error.code}: ${error.message}`, undefined, cause);
  }
}
