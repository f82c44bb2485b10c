// What is asked about the whole account: apart, so that it is loaded where somebody looks at it alone.
import { operation } from './typed-operation.js';

/** What the server holds of the account. */
export const TOTALS = operation(`query Totals {
  syncStatus { journalCount contentCount associationCount mediaCount pendingUploads storageBytes }
}`);
