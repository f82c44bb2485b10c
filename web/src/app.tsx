import type { VNode } from 'preact';
import { ErrorBoundary, lazy, LocationProvider, Route, Router } from 'preact-iso';
import { useEffect } from 'preact/hooks';
import { Frame } from './frame/frame.js';
import { CannotOpen, WaitsForTabs } from './frame/cannot-open.js';
import { arrived } from './frame/route-change.js';
import { shown } from './journal/shown-journal.js';
import { JournalContext } from './journal/use-journal.js';
import { Timeline } from './timeline/timeline.js';

// What the first look at the journal does not need comes when it is opened; the service worker has it by then.
const EntryPage = lazy(() => import('./editor/entry-page.js').then(({ EntryPage: page }) => page));
const Deleted = lazy(() => import('./deleted/deleted.js').then(({ Deleted: page }) => page));
const Journals = lazy(() => import('./journals/journals.js').then(({ Journals: page }) => page));
const SignIn = lazy(() => import('./account/sign-in.js').then(({ SignIn: page }) => page));
const SignUp = lazy(() => import('./account/sign-up.js').then(({ SignUp: page }) => page));
const FirstBackup = lazy(() => import('./account/first-backup.js').then(({ FirstBackup: page }) => page));
const Settings = lazy(() => import('./settings/settings-page.js').then(({ SettingsPage: page }) => page));
const DataPage = lazy(() => import('./data/data-page.js').then(({ DataPage: page }) => page));
const Activity = lazy(() => import('./activity/activity-page.js').then(({ ActivityPage: page }) => page));
const Attention = lazy(() => import('./attention/attention-page.js').then(({ AttentionPage: page }) => page));
const Conflict = lazy(() => import('./conflict/conflict-page.js').then(({ ConflictPage: page }) => page));

/** The page: what there is to show of the journal, or why it cannot be opened. */
export function App(): VNode {
  return (
    <LocationProvider>
      <Opened />
    </LocationProvider>
  );
}

function Opened(): VNode {
  const now = shown.value;
  if (now.state === 'opening') return <main class="opening" aria-busy="true" />;
  if (now.state === 'blocked') return <WaitsForTabs />;
  if (now.state === 'failed') return <CannotOpen error={now.error} />;
  return (
    <JournalContext.Provider value={now.journal}>
      <Frame>
        <ErrorBoundary>
          <Screens />
        </ErrorBoundary>
      </Frame>
    </JournalContext.Provider>
  );
}

/** One line for each screen. */
function Screens(): VNode {
  // Who opens the journal is likely to write.
  useEffect(() => void EntryPage.preload(), []);
  return (
    <Router onRouteChange={arrived} onLoadEnd={arrived}>
      <Route path="/" component={Timeline} />
      <Route path="/new" component={EntryPage} />
      <Route path="/entry/:id" component={EntryPage} />
      <Route path="/deleted" component={Deleted} />
      <Route path="/settings/journals" component={Journals} />
      <Route path="/sign-in" component={SignIn} />
      <Route path="/sign-up" component={SignUp} />
      <Route path="/first-backup" component={FirstBackup} />
      <Route path="/settings" component={Settings} />
      <Route path="/data" component={DataPage} />
      <Route path="/activity" component={Activity} />
      <Route path="/attention" component={Attention} />
      <Route path="/conflict/:type/:id" component={Conflict} />
      <Route default component={NotFound} />
    </Router>
  );
}

function NotFound(): VNode {
  return (
    <>
      <h1>There is nothing here</h1>
      <p>
        <a href="/">Back to the journal</a>
      </p>
    </>
  );
}
