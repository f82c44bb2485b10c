import { useState, useSyncExternalStore, type JSX } from 'react';
import type { SessionStore } from './session.js';

interface AccountLineProps {
  session: SessionStore;
  /** Whether a subscription runs in this tab. */
  isListening: boolean;
  onSignOut: () => Promise<void>;
  onWrite: () => Promise<void>;
  onFile: (file: File | undefined) => void;
}

/** Who is signed in, and what the examples need beside their text: a file, and a second device. */
export function AccountLine({ session, isListening, onSignOut, onWrite, onFile }: AccountLineProps): JSX.Element {
  const current = useSyncExternalStore(session.subscribe, session.current);
  const [problem, setProblem] = useState('');
  const run = (work: () => Promise<void>) => (): void => {
    setProblem('');
    work().catch((error: unknown) => setProblem(error instanceof Error ? error.message : String(error)));
  };
  return (
    <header className="account-line">
      <h1>LogDate Cloud playground</h1>
      <p role="status">{current === undefined ? 'Nobody is signed in: run SignUp.' : signedInAs(current.username)}</p>
      {current !== undefined && (
        <button type="button" onClick={run(onSignOut)}>
          Sign out
        </button>
      )}
      {isListening && current !== undefined && (
        <button type="button" onClick={run(onWrite)}>
          Write from another device
        </button>
      )}
      {problem !== '' && <p role="alert">{problem}</p>}
      <label>
        File for Upload
        <input type="file" onChange={({ target }) => onFile(target.files?.[0])} />
      </label>
    </header>
  );
}

function signedInAs(username: string | undefined): string {
  return username === undefined ? 'Signed in.' : `Signed in as ${username}`;
}
