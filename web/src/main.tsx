// Before all that a screen says of itself.
import './styles/tokens.css';
import './styles/base.css';
import { render } from 'preact';
import { isFirstBackupDue } from './account/first-backup-due.js';
import { App } from './app.js';
import { showJournals } from './journal/shown-journal.js';
import { keepAppOnDevice } from './offline/worker.js';

if (location.pathname === '/' && isFirstBackupDue()) history.replaceState(null, '', '/first-backup');
showJournals();
const root = document.getElementById('app');
if (root) render(<App />, root);
// While it is developed, each file is asked for anew.
if (import.meta.env.PROD) keepAppOnDevice();
