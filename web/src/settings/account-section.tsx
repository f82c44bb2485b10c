import { useSignal } from '@preact/signals';
import type { VNode } from 'preact';
import { useJournal } from '../journal/use-journal.js';
import { SignOutDialog } from './sign-out-dialog.js';
import { WrittenBefore } from './written-before.js';

/** Whose journal this is, and the ways in and out. */
export function AccountSection(): VNode {
  const { account, status } = useJournal();
  const isSigningOut = useSignal(false);
  const isEnded = account !== null && status.value.waiting?.reason === 'signed-out';
  return (
    <section class="settings-section" aria-labelledby="settings-account">
      <h2 id="settings-account">Account</h2>
      {account === null ? (
        <p>Nobody is signed in. Your journal is only on this device: sign in to back it up.</p>
      ) : (
        <p>
          {isEnded ? 'The session ended for' : 'Signed in as'} <strong>{account.username || 'this journal'}</strong>.
        </p>
      )}
      <p class="row">
        {account === null && (
          <a class="button button-main" href="/sign-up">
            Create account
          </a>
        )}
        {(account === null || isEnded) && (
          <a class={isEnded ? 'button button-main' : 'button'} href="/sign-in">
            {isEnded ? 'Sign in again' : 'Sign in'}
          </a>
        )}
        {account !== null && (
          <button type="button" class="button" onClick={() => (isSigningOut.value = true)}>
            Sign out…
          </button>
        )}
      </p>
      {account !== null && <WrittenBefore />}
      {isSigningOut.value && <SignOutDialog onClose={() => (isSigningOut.value = false)} />}
    </section>
  );
}
