import { useSignal } from '@preact/signals';
import type { ComponentChildren, TargetedSubmitEvent, VNode } from 'preact';
import { useLocation } from 'preact-iso';
import type { Given } from '../journal/session.js';

interface CredentialsFormProps {
  title: string;
  button: string;
  /** A new account: browsers then offer to make a password. */
  isNew?: boolean;
  enter: (given: Given) => Promise<unknown>;
  /** The way to the other form. */
  children: ComponentChildren;
}

/** Name and password; goes to the journal once the server has let the person in. */
export function CredentialsForm({ title, button, isNew = false, enter, children }: CredentialsFormProps): VNode {
  const problem = useSignal('');
  const busy = useSignal(false);
  const { route } = useLocation();
  const submit = async (event: TargetedSubmitEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    busy.value = true;
    try {
      // Two fields of text of the form below.
      const [username, password] = [given.get('username'), given.get('password')] as [string, string];
      await enter({ username, password });
      route('/');
    } catch (error) {
      problem.value = error instanceof Error ? error.message : String(error);
    } finally {
      busy.value = false;
    }
  };
  return (
    <form class="credentials" onSubmit={(event) => void submit(event)}>
      <h1>{title}</h1>
      <label for="username">Email or user name</label>
      <input id="username" name="username" autocomplete="username" required />
      <label for="password">Password</label>
      <input
        id="password"
        name="password"
        type="password"
        minLength={isNew ? 8 : undefined}
        autocomplete={isNew ? 'new-password' : 'current-password'}
        required
      />
      <p class="problem" role="alert">
        {problem}
      </p>
      <button class="button button-main" disabled={busy.value}>
        {button}
      </button>
      <p class="soft">{children}</p>
    </form>
  );
}
