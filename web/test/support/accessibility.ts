import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';

/** What axe finds wrong with the page as it is shown now, in light and in dark colours: one line each. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  const faults: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    // Colours that are still changing are none of the two.
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    // Otherwise axe opens a tab of its own, and the app takes that for the person going away.
    const builder = new AxeBuilder({ page }).setLegacyMode();
    // Preloading, axe writes the app's styles into the page once more, which the policy forbids.
    const { violations } = await builder.options({ preload: false }).analyze();
    for (const { id, help, nodes } of violations) {
      faults.push(`${colorScheme}: ${id}, ${help}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
    }
  }
  await page.emulateMedia({ colorScheme: null, reducedMotion: null });
  return faults;
}
