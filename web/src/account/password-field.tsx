import { useSignal } from '@preact/signals';
import type { VNode } from 'preact';

interface PasswordFieldProps {
  /** For a new account: browsers then offer to make a password. */
  isNew: boolean;
  /** The id of the words that say what is wrong with it; null where nothing is. */
  problemId: string | null;
}

/** A password that can be shown while it is typed. */
export function PasswordField({ isNew, problemId }: PasswordFieldProps): VNode {
  const isShown = useSignal(false);
  const describedBy = [isNew ? 'password-rule' : null, problemId].filter((id) => id !== null).join(' ');
  return (
    <div>
      <label for="password">Password</label>
      <div class="password-field">
        <input
          id="password"
          name="password"
          {...(isShown.value ? ({ type: 'text' } as const) : ({ type: 'password' } as const))}
          autocomplete={isNew ? 'new-password' : 'current-password'}
          autocapitalize="none"
          autocorrect="off"
          spellcheck={false}
          aria-invalid={problemId !== null}
          aria-describedby={describedBy || undefined}
        />
        <button
          type="button"
          class="button"
          aria-controls="password"
          aria-label={isShown.value ? 'Hide password' : 'Show password'}
          onClick={() => (isShown.value = !isShown.value)}
        >
          {isShown.value ? 'Hide' : 'Show'}
        </button>
      </div>
      {isNew && (
        <p class="soft field-rule" id="password-rule">
          8 characters or more. Nobody can reset it for you, so keep it where you find it again.
        </p>
      )}
    </div>
  );
}
