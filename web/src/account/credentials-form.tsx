import { useSignal } from '@preact/signals';
import type { ComponentChildren, TargetedSubmitEvent, VNode } from 'preact';
import { useLocation } from 'preact-iso';
import { useRef } from 'preact/hooks';
import type { Given } from '../journal/session.js';
import { problemOfAnswer, problemOfGiven, type EntryProblem, type Way } from './entry-problem.js';
import { afterEntry } from './first-backup-due.js';
import { PasswordField } from './password-field.js';
import './account.css';

interface CredentialsFormProps {
  way: Way;
  title: string;
  /** Of the button, at rest and while the server is asked. */
  labels: { rest: string; busy: string };
  /** Filled in already, as after a session has ended. */
  username?: string | undefined;
  enter: (given: Given) => Promise<unknown>;
  /** Above the fields: what becomes of the text on this device. */
  intro?: ComponentChildren;
  /** The way to the other form. */
  children: ComponentChildren;
}

/** Name and password; goes on once the server has let the person in. */
export function CredentialsForm({ way, title, labels, username = '', enter, ...around }: CredentialsFormProps): VNode {
  const problem = useSignal<EntryProblem | null>(null);
  const busy = useSignal(false);
  const form = useRef<HTMLFormElement>(null);
  const { route } = useLocation();
  const refuse = (found: EntryProblem): void => {
    problem.value = found;
    if (found.field !== null) form.current?.querySelector<HTMLInputElement>(`[name=${found.field}]`)?.focus();
  };
  const submit = async (event: TargetedSubmitEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    if (busy.peek()) return;
    const given = givenIn(event.currentTarget);
    problem.value = null;
    const found = problemOfGiven(given, way);
    if (found !== null) return refuse(found);
    busy.value = true;
    try {
      await enter(given);
      route(await afterEntry());
    } catch (error) {
      refuse(problemOfAnswer(error, way, Date.now()));
    } finally {
      busy.value = false;
    }
  };
  const isWrong = (field: keyof Given): boolean => problem.value?.field === field;
  return (
    <form class="credentials" noValidate ref={form} onSubmit={(event) => void submit(event)}>
      <h1>{title}</h1>
      {around.intro}
      <div>
        <label for="username">Email or user name</label>
        <input
          id="username"
          name="username"
          autocomplete="username"
          autocapitalize="none"
          autocorrect="off"
          spellcheck={false}
          defaultValue={username}
          aria-invalid={isWrong('username')}
          aria-describedby={isWrong('username') ? 'entry-problem' : undefined}
        />
      </div>
      <PasswordField isNew={way === 'sign-up'} problemId={isWrong('password') ? 'entry-problem' : null} />
      <p class="problem" id="entry-problem" role="alert">
        {problem.value?.text}
      </p>
      {/* Not disabled while busy: the focus would be lost. */}
      <button class="button button-main" aria-disabled={busy.value}>
        {busy.value ? labels.busy : labels.rest}
      </button>
      <p class="soft">{around.children}</p>
    </form>
  );
}

/** The two fields of the form. Keyboards of phones add a space behind a name. */
function givenIn(form: HTMLFormElement): Given {
  const fields = new FormData(form);
  const text = (name: keyof Given): string => {
    const value = fields.get(name);
    return typeof value === 'string' ? value : '';
  };
  return { username: text('username').trim(), password: text('password') };
}
