import type { VNode } from 'preact';
import './welcome.css';

/** For who opens LogDate the first time. */
export function Welcome(): VNode {
  return (
    <div class="welcome">
      <h1>Your days, in your words</h1>
      <p class="welcome-lead">
        LogDate is a journal that works without a network. Every word is saved on this device while you type. With an
        account it is also backed up, and on all your devices.
      </p>
      <p class="row">
        <a class="button button-main" href="/new">
          Start writing
        </a>
        <a class="button" href="/sign-in">
          Sign in
        </a>
        <a class="button" href="/sign-up">
          Create account
        </a>
      </p>
      <section class="welcome-readers">
        <h2>Who can read it</h2>
        <p>
          Without an account, whoever uses this browser. With an account, the server can read your entries too: they are
          not yet encrypted end to end.
        </p>
      </section>
    </div>
  );
}
