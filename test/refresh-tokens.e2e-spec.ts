import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import { send, type Answer, type Device, type Tokens } from './support/device.js';
import { HeldTransaction, untilWaiting } from './support/held-transaction.js';
import { until } from './support/killable-server.js';
import { tablesWith } from './support/search-tables.js';
import { startTestServer, type TestServer } from './support/test-server.js';

const REFRESH = `mutation ($token: String!) { refreshSession(refreshToken: $token) { accessToken refreshToken expiresAt } }`;
const ME = '{ me { id } }';

describe('refresh tokens', () => {
  let server: TestServer;
  let observer: pg.Client;
  beforeAll(async () => {
    server = await startTestServer();
    observer = await server.connect();
  });
  afterAll(() => server.close());

  const ask = (token: string, url = server.url): Promise<Answer> => send(url, REFRESH, { token });
  const refresh = async (token: string): Promise<Tokens> => {
    const { data, errors } = await ask(token);
    if (errors) throw new Error(errors[0]?.message);
    return data.refreshSession;
  };
  const statusOf = async (token: string): Promise<number> => (await ask(token)).status;
  const accessStatus = async (accessToken: string, url = server.url): Promise<number> =>
    (await send(url, ME, {}, { authorization: `Bearer ${accessToken}` })).status;
  const familyOf = (token: string): string => token.split('.')[0] ?? '';
  const holdFamily = async (token: string): Promise<HeldTransaction> =>
    HeldTransaction.by(await server.connect(), 'SELECT FROM sessions WHERE id = $1 FOR UPDATE', [familyOf(token)]);

  it('a refresh gives new tokens of the same account and device', async () => {
    const device = await server.signUp();
    const next = await refresh(device.tokens.refreshToken);
    expect(next.refreshToken).not.toBe(device.tokens.refreshToken);
    expect(next.accessToken).not.toBe(device.tokens.accessToken);
    expect(await accessStatus(next.accessToken)).toBe(200);
    expect(await accessStatus(device.tokens.accessToken)).toBe(200);
  });

  it('a chain of refreshes goes on as long as each uses the newest token', async () => {
    let { refreshToken } = (await server.signUp()).tokens;
    const seen = new Set([refreshToken]);
    for (let step = 0; step < 5; step += 1) {
      ({ refreshToken } = await refresh(refreshToken));
      seen.add(refreshToken);
    }
    expect(seen.size).toBe(6);
  });

  it('until the successor is used its predecessor gives the same successor again: the answer may have been lost', async () => {
    const first = (await server.signUp()).tokens.refreshToken;
    const lost = await refresh(first);
    const again = await refresh(first);
    expect(again.refreshToken).toBe(lost.refreshToken);
    expect((await refresh(first)).refreshToken).toBe(lost.refreshToken);
    const third = await refresh(lost.refreshToken);
    // And the same one step later.
    expect((await refresh(lost.refreshToken)).refreshToken).toBe(third.refreshToken);
    expect(await statusOf(third.refreshToken)).toBe(200);
  });

  it('two tabs that refresh at the same moment get the same successor, whoever comes first', async () => {
    const { refreshToken } = (await server.signUp()).tokens;
    const held = await holdFamily(refreshToken);
    const tabs = [refresh(refreshToken), refresh(refreshToken), refresh(refreshToken)];
    await untilWaiting(observer, 3, Promise.all(tabs));
    await held.release();
    const [one, two, three] = await Promise.all(tabs);
    expect(two?.refreshToken).toBe(one?.refreshToken);
    expect(three?.refreshToken).toBe(one?.refreshToken);
    expect(await statusOf(one?.refreshToken ?? '')).toBe(200);
  });

  it('reuse after the successor was used ends the family: every refresh token and every access token', async () => {
    const second = await startTestServer({}, server.database);
    const device = await server.signUp();
    const first = device.tokens;
    const next = await refresh(first.refreshToken);
    const third = await refresh(next.refreshToken);
    expect(await accessStatus(third.accessToken)).toBe(200);

    expect(await statusOf(first.refreshToken)).toBe(401);
    for (const { refreshToken, accessToken } of [first, next, third]) {
      expect(await statusOf(refreshToken)).toBe(401);
      expect(await accessStatus(accessToken)).toBe(401);
      await until('the other process knows', async () => (await accessStatus(accessToken, second.url)) === 401);
    }
    await second.close();
  });

  it('a spent token and the newest at the same moment: the family ends all the same', async () => {
    const first = (await server.signUp()).tokens.refreshToken;
    const second = (await refresh(first)).refreshToken;
    const third = (await refresh(second)).refreshToken;
    const held = await holdFamily(first);
    const spent = statusOf(first);
    await untilWaiting(observer, 1, spent);
    const newest = statusOf(third);
    await untilWaiting(observer, 2, newest);
    await held.release();
    expect(await Promise.all([spent, newest])).toEqual([401, 401]);
  });

  it.each([
    ['that is empty', () => ''],
    ['of one word', () => 'garbage'],
    ['of an unknown family', () => `${randomUUID()}.${randomBytes(32).toString('base64url')}`],
    ['whose family is hyphens', () => `${'-'.repeat(36)}.${randomBytes(32).toString('base64url')}`],
    ['whose family is no uuid', () => `${'abc-'.repeat(9)}.${randomBytes(32).toString('base64url')}`],
    ['with U+0000', () => `${randomUUID()}.\0${randomBytes(32).toString('base64url').slice(1)}`],
    ['of a megabyte', () => 'x'.repeat(1_000_000)],
    ['with half of a surrogate pair', () => `${randomUUID()}.\ud800`],
  ])('a token %s is refused with 401', async (_, token) => {
    const { status, errors } = await ask(token());
    expect({ status, code: errors?.[0]?.extensions.code }).toEqual({ status: 401, code: 'UNAUTHENTICATED' });
  });

  it('a wrong secret with the id of a family is taken for a spent token: it is refused and the family ends', async () => {
    const { refreshToken } = (await server.signUp()).tokens;
    expect(await statusOf(`${familyOf(refreshToken)}.${randomBytes(32).toString('base64url')}`)).toBe(401);
    expect(await statusOf(refreshToken)).toBe(401);
  });

  it('the secret of one family does not open another', async () => {
    const mine = (await server.signUp()).tokens.refreshToken;
    const theirs = (await server.signUp()).tokens.refreshToken;
    expect(await statusOf(`${familyOf(theirs)}.${mine.split('.')[1]}`)).toBe(401);
    expect(await statusOf(mine)).toBe(200);
  });

  it('neither a refresh token nor an access token is stored: only hashes are', async () => {
    const { tokens } = await server.signUp();
    const next = await refresh(tokens.refreshToken);
    for (const { refreshToken, accessToken } of [tokens, next]) {
      const [family = '', secret = ''] = refreshToken.split('.');
      expect(await tablesWith(server, family)).toEqual(['sessions']);
      expect(await tablesWith(server, secret)).toEqual([]);
      expect(await tablesWith(server, Buffer.from(secret, 'base64url').toString('hex'))).toEqual([]);
      expect(await tablesWith(server, accessToken)).toEqual([]);
      expect(await tablesWith(server, accessToken.split('.')[2] ?? '')).toEqual([]);
    }
  });

  it('signing in again on the same device ends the older family; another device lives on', async () => {
    const phone = await server.signUp('phone');
    const tablet = await phone.another('tablet');
    const phoneAgain = await phone.another('phone');
    expect(await statusOf(phone.tokens.refreshToken)).toBe(401);
    expect(await statusOf(phoneAgain.tokens.refreshToken)).toBe(200);
    expect(await statusOf(tablet.tokens.refreshToken)).toBe(200);
    const other = await server.signUp('phone');
    expect(await statusOf(other.tokens.refreshToken)).toBe(200);
  });

  it('an old token of a device that has signed in again does not end its new session', async () => {
    const phone = await server.signUp('phone');
    const again = await phone.another('phone');
    expect(await statusOf(phone.tokens.refreshToken)).toBe(401);
    expect(await accessStatus(again.tokens.accessToken)).toBe(200);
    expect(await statusOf(again.tokens.refreshToken)).toBe(200);
  });

  it('two sign-ins of one device at the same moment leave one family that lives', async () => {
    const phone = await server.signUp('phone');
    const held = await holdFamily(phone.tokens.refreshToken);
    const both = [phone.another('phone'), phone.another('phone')];
    await untilWaiting(observer, 2, Promise.all(both));
    await held.release();
    const devices: Device[] = await Promise.all(both);
    const statuses = await Promise.all(devices.map(({ tokens }) => statusOf(tokens.refreshToken)));
    expect(statuses.sort((a, b) => a - b)).toEqual([200, 401]);
  });

  it('a session that was not used for the configured days has ended', async () => {
    const days = await startTestServer({ refreshTokenDays: 3 }, server.database);
    const { refreshToken } = (await server.signUp()).tokens;
    const unusedFor = (milliseconds: number) =>
      server.sql('UPDATE sessions SET last_used_at = $2 WHERE id = $1', [
        familyOf(refreshToken),
        Date.now() - milliseconds,
      ]);
    const DAY_MS = 24 * 60 * 60 * 1000;
    await unusedFor(3 * DAY_MS - 60_000);
    const { data } = await ask(refreshToken, days.url);
    const next: string = data.refreshSession.refreshToken;
    // The use has begun the days anew.
    const [family] = await server.sql<{ at: string }>('SELECT last_used_at AS at FROM sessions WHERE id = $1', [
      familyOf(next),
    ]);
    expect(Number(family?.at)).toBeGreaterThan(Date.now() - DAY_MS);
    await unusedFor(3 * DAY_MS + 60_000);
    expect((await ask(next, days.url)).status).toBe(401);
    await days.close();
  });

  it('after signing out a refresh is refused, on this device only', async () => {
    const phone = await server.signUp('phone');
    const tablet = await phone.another('tablet');
    await phone.data('mutation { signOut }');
    expect(await statusOf(phone.tokens.refreshToken)).toBe(401);
    expect(await statusOf(tablet.tokens.refreshToken)).toBe(200);
  });

  it('a refresh that a sign-out overtakes is refused', async () => {
    const phone = await server.signUp('phone');
    const held = await holdFamily(phone.tokens.refreshToken);
    const leaving = phone.send('mutation { signOut }');
    await untilWaiting(observer, 1, leaving);
    const refreshing = statusOf(phone.tokens.refreshToken);
    await untilWaiting(observer, 2, refreshing);
    await held.release();
    expect((await leaving).status).toBe(200);
    expect(await refreshing).toBe(401);
  });
});
