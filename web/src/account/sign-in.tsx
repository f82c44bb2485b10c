import type { VNode } from 'preact';
import { signIn } from '../journal/session.js';
import { CredentialsForm } from './credentials-form.js';

/** For who has an account. */
export function SignIn(): VNode {
  return (
    <CredentialsForm title="Sign in" button="Sign in" enter={signIn}>
      No account yet? <a href="/sign-up">Create one</a>
    </CredentialsForm>
  );
}
