import type { VNode } from 'preact';
import './welcome.css';

/** Above the entries of who has no account: nothing of them is anywhere else. */
export function OnlyHere(): VNode {
  return (
    <aside class="card row row-apart only-here" aria-label="Backup">
      <p>Your journal is only on this device.</p>
      <p class="row">
        <a class="button" href="/sign-up">
          Create account
        </a>
        <a href="/sign-in">Sign in</a>
      </p>
    </aside>
  );
}
