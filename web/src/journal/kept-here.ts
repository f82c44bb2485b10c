// The small database of this browser: what has to be known before a journal is open. Pages and workers read it.
import { indexedDbRecord } from '@logdate/client/indexeddb-record';
import { indexedDbSessions } from '@logdate/client/indexeddb-sessions';

const DATABASE = 'logdate';

/** The tokens of who is signed in. */
export const sessions = indexedDbSessions(DATABASE);

/** The account whose journal is shown, null after a sign-out. */
export const accountRecord = indexedDbRecord(DATABASE, 'account');

/** The id of this browser as a device. */
export const deviceRecord = indexedDbRecord(DATABASE, 'device');
