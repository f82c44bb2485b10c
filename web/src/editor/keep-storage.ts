const ASKED = 'logdate-asked-to-keep';

/** Asks the browser, once, not to remove this journal when the device runs out of room. Nobody is bothered by it. */
export async function keepStorage(): Promise<void> {
  try {
    if (localStorage.getItem(ASKED) !== null) return;
    localStorage.setItem(ASKED, 'yes');
    await navigator.storage.persist();
  } catch {
    // A browser without it keeps what it can.
  }
}
