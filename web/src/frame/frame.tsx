import type { ComponentChildren, VNode } from 'preact';
import { useLocation } from 'preact-iso';
import { useJournal } from '../journal/use-journal.js';
import { Banner } from './banner.js';
import { Chip } from './chip.js';
import { NewVersion } from './new-version.js';
import './frame.css';

/** What stays around every screen: the way to each other one, the chip, and the banner. */
export function Frame({ children }: { children: ComponentChildren }): VNode {
  const { path } = useLocation();
  const { status, account } = useJournal();
  // Before the first word there is nothing to be anywhere.
  const isBlank = account === null && status.value.unsynced === 0;
  const asks = status.value.conflicts + status.value.refused;
  const link = (href: string, label: ComponentChildren): VNode => (
    <a href={href} aria-current={path === href ? 'page' : undefined}>
      {label}
    </a>
  );
  return (
    <>
      <a class="skip" href="#main">
        Skip to the page
      </a>
      <header class="frame-head">
        <nav class="frame-nav" aria-label="LogDate">
          {link('/', 'Journal')}
          {asks > 0 && link('/attention', <>Needs attention ({asks.toLocaleString('en')})</>)}
          {link('/settings', 'Settings')}
        </nav>
        {!isBlank && <Chip />}
      </header>
      <Banner />
      <NewVersion />
      <main id="main" class="frame-main" tabIndex={-1}>
        {children}
      </main>
    </>
  );
}
