// What LogDate Cloud holds of the account.
import { serverTotals, type ServerTotals } from '@logdate/client/server-totals';
import { SERVER, session } from '../journal/session.js';

/** Asks the server. @throws TransportError */
export async function cloudTotals(userId: string): Promise<ServerTotals> {
  return serverTotals({ url: SERVER, auth: await session(), userId });
}
