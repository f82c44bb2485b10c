import { render } from 'preact';
import { App } from './app.js';
import { showJournals } from './journal/shown-journal.js';
import { keepAppOnDevice } from './offline/worker.js';
import './styles/tokens.css';
import './styles/base.css';

showJournals();
const root = document.getElementById('app');
if (root) render(<App />, root);
// While it is developed, each file is asked for anew.
if (import.meta.env.PROD) keepAppOnDevice();
