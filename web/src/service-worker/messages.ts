// What a page, or the browser for it, says to the service worker.

/** A person wants the version that waits: it takes the place of the one before it, in all tabs. */
export const TAKE_OVER = 'take over';
/** A page has started and holds the lock of its version: the files of others may go. */
export const STARTED = 'started';
/** There is a network, and something was left to be sent. */
export const BACK_UP = 'backup';
