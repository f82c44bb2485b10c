import type { VNode } from 'preact';
import { useJournal } from '../journal/use-journal.js';
import { signIn } from '../journal/session.js';
import { CredentialsForm } from './credentials-form.js';
import { SafeHere } from './safe-here.js';

/** For who has an account; after a session has ended, with its name filled in. */
export function SignIn(): VNode {
  const { account } = useJournal();
  return (
    <CredentialsForm
      way="sign-in"
      title={account === null ? 'Sign in' : 'Sign in again'}
      labels={{ rest: 'Sign in', busy: 'Signing in…' }}
      username={account?.username}
      enter={signIn}
      intro={<SafeHere />}
    >
      No account yet? <a href="/sign-up">Create one</a>
    </CredentialsForm>
  );
}
