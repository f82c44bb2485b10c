import type { VNode } from 'preact';
import { signUp } from '../journal/session.js';
import { CredentialsForm } from './credentials-form.js';
import { SafeHere } from './safe-here.js';

/** For who is new. */
export function SignUp(): VNode {
  return (
    <CredentialsForm
      way="sign-up"
      title="Create an account"
      labels={{ rest: 'Create account', busy: 'Creating your account…' }}
      enter={signUp}
      intro={<SafeHere />}
    >
      You have an account? <a href="/sign-in">Sign in</a>
    </CredentialsForm>
  );
}
