import type { VNode } from 'preact';
import { signUp } from '../journal/session.js';
import { CredentialsForm } from './credentials-form.js';

/** For who is new. */
export function SignUp(): VNode {
  return (
    <CredentialsForm title="Create an account" button="Create account" isNew enter={signUp}>
      You have an account? <a href="/sign-in">Sign in</a>
    </CredentialsForm>
  );
}
