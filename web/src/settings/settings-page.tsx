import type { VNode } from 'preact';
import { useLocation } from 'preact-iso';
import { useEffect } from 'preact/hooks';
import { useJournal } from '../journal/use-journal.js';
import { AccountSection } from './account-section.js';
import { BackupSection } from './backup-section.js';
import { CheckSection } from './check-section.js';
import { StorageSection } from './storage-section.js';
import './settings.css';
import { version } from '../../package.json';

/** Account, backup, storage, and the ways to what is needed seldom. */
export function SettingsPage(): VNode {
  const { account } = useJournal();
  const { url } = useLocation();
  useEffect(() => {
    // The chip and the banner lead to a section; the router goes to the page only.
    if (location.hash !== '') document.getElementById(location.hash.slice(1))?.scrollIntoView();
  }, [url]);
  return (
    <>
      <h1>Settings</h1>
      <AccountSection />
      {account !== null && <BackupSection />}
      <StorageSection />
      {account !== null && <CheckSection account={account} />}
      <section class="settings-section" aria-labelledby="settings-more">
        <h2 id="settings-more">More</h2>
        <ul class="settings-links">
          <li>
            <a href="/activity">Activity</a> <span class="soft">What backup did on this device</span>
          </li>
          <li>
            <a href="/data">Import and export</a> <span class="soft">Take your journal along, or bring one in</span>
          </li>
          <li>
            <a href="/deleted">Recently deleted</a> <span class="soft">Bring an entry back</span>
          </li>
          <li>
            <a href="/settings/journals">Journals</a> <span class="soft">Titles and descriptions</span>
          </li>
        </ul>
        <p class="soft">LogDate {version}</p>
      </section>
    </>
  );
}
