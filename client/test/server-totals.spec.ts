import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { LiveValue } from '../src/live.js';
import { serverTotals } from '../src/server-totals.js';
import { data, refusal, scriptedServer, type ScriptedServer } from './scripted-server.js';

let server: ScriptedServer;
beforeAll(async () => void (server = await scriptedServer()));
afterAll(() => server.close());

const auth = {
  user: new LiveValue({ id: 'ada' }),
  accessToken: () => Promise.resolve('old'),
  refresh: () => Promise.resolve('new'),
};
const counts = { journalCount: 1, contentCount: 2, associationCount: 3, mediaCount: 4, pendingUploads: 5 };
const totals = { journals: 1, entries: 2, links: 3, media: 4, pendingUploads: 5, storageBytes: 6 };

test('what the server holds is counted, with a new token where the old one is refused', async () => {
  server.answers(refusal(401, 'UNAUTHENTICATED'), data({ syncStatus: { ...counts, storageBytes: 6 } }));
  expect(await serverTotals({ url: server.url, auth })).toEqual(totals);
  expect(server.asked.map(({ headers }) => headers.authorization)).toEqual(['Bearer old', 'Bearer new']);
});

test('a count that is missing is no answer', async () => {
  server.answers(data({ syncStatus: counts }));
  await expect(serverTotals({ url: server.url, auth })).rejects.toMatchObject({ code: 'NO_ANSWER' });
});
