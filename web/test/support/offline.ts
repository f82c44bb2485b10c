/** What the app does without a network, and how a test sees it. */
import type { Page } from 'playwright-core';

/** Waits until this browser has all files of the app. */
export async function untilKept(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const { active } = await navigator.serviceWorker.ready;
    if (active?.state === 'activated') return;
    await new Promise((resolve) => active?.addEventListener('statechange', resolve, { once: true }));
  });
}

/** Notes every text of the chip from now on, until the page is left. @returns those so far, one after the other */
export async function recordChip(page: Page): Promise<() => Promise<string[]>> {
  const texts = await page.evaluateHandle(() => {
    const seen: string[] = [];
    const note = (): void => {
      const text = document.querySelector('[role=status][aria-label=Backup]')?.textContent ?? '';
      if (text !== '' && text !== seen.at(-1)) seen.push(text);
    };
    note();
    new MutationObserver(note).observe(document.body, { subtree: true, childList: true, characterData: true });
    return seen;
  });
  return () => texts.jsonValue();
}
