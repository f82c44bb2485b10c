const ASKED = 'logdate-asked-to-keep';

/** Asks the browser, once, not to remove this journal when the device runs out of room. Nobody is bothered by it. */
export function keepStorage(): void {
  try {
    if (localStorage.getItem(ASKED) !== null) return;
    localStorage.setItem(ASKED, 'yes');
    navigator.storage.persist().catch(() => undefined);
  } catch {
    // A browser without it keeps what it can.
  }
}
