import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { send, type Answer } from './support/device.js';
import { until } from './support/killable-server.js';
import { tablesWith } from './support/search-tables.js';
import { startTestServer, type TestServer } from './support/test-server.js';

const SESSION = 'accessToken refreshToken expiresAt user { id username createdAt }';
const SIGN_UP = `mutation ($input: SignUpInput!) { session: signUp(input: $input) { ${SESSION} } }`;
const SIGN_IN = `mutation ($input: SignInInput!) { session: signIn(input: $input) { ${SESSION} } }`;
const ME = '{ me { id username createdAt } }';
const PASSWORD = 'a good password';

const newName = () => `name-${randomUUID()}`;
const bearer = (accessToken: string) => ({ authorization: `Bearer ${accessToken}` });

describe('accounts', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ failedSignIns: 1000, failedSignInsPerAddress: 10_000 });
  });
  afterAll(() => server.close());

  const signUp = (fields: object = {}): Promise<Answer> =>
    send(server.url, SIGN_UP, { input: { username: newName(), password: PASSWORD, deviceId: 'phone', ...fields } });
  const signIn = (fields: object, headers = {}): Promise<Answer> =>
    send(server.url, SIGN_IN, { input: { password: PASSWORD, deviceId: 'phone', ...fields } }, headers);

  it('a new account is signed in, and is who it says it is', async () => {
    const username = newName();
    const { status, data } = await signUp({ username });
    expect(status).toBe(200);
    expect(data.session.user.username).toBe(username);
    expect(data.session.expiresAt).toBeGreaterThan(data.session.user.createdAt);
    const me = await send(server.url, ME, {}, bearer(data.session.accessToken));
    expect(me).toMatchObject({ status: 200, data: { me: data.session.user } });
  });

  it('signing in answers the same account, on as many devices as there are', async () => {
    const username = newName();
    const first = await signUp({ username });
    const second = await signIn({ username, deviceId: 'tablet', deviceName: 'The old tablet' });
    expect(second.data.session.user).toEqual(first.data.session.user);
    for (const { accessToken } of [first.data.session, second.data.session]) {
      expect((await send(server.url, ME, {}, bearer(accessToken))).status).toBe(200);
    }
  });

  it('everything but signing up, signing in and refreshing needs a token', async () => {
    for (const document of [ME, '{ syncStatus { epoch } }', 'mutation { signOut }']) {
      const { status, errors } = await send(server.url, document);
      expect({ status, code: errors?.[0]?.extensions.code }).toEqual({ status: 401, code: 'UNAUTHENTICATED' });
    }
  });

  it('a name is the same in another case and in another compatibility form', async () => {
    const end = randomUUID();
    await signUp({ username: `Ｆｉｎｎ-Ä-${end}` });
    for (const username of [`finn-ä-${end}`, `FINN-Ä-${end.toUpperCase()}`, `ﬁnn-A\u0308-${end}`]) {
      expect((await signIn({ username })).status).toBe(200);
      const { status, errors } = await signUp({ username });
      expect(status).toBe(400);
      expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', fields: ['username'] });
    }
  });

  const domain = ['b'.repeat(63), 'c'.repeat(63), `${'d'.repeat(57)}.com`].join('.');
  const longestEmail = `${'a'.repeat(64)}@${domain}`;
  expect(longestEmail).toHaveLength(254);

  it.each([
    ['of 3 characters', 'abc'],
    ['of 64 characters', 'n'.repeat(64)],
    ['of 64 characters beyond the basic plane', '🌱'.repeat(64)],
    ['with spaces within', 'anna of the garden'],
    ['that is an e-mail address', 'anna.garden+diary@example.org'],
    ['that is an e-mail address of 254 characters', longestEmail],
  ])('a name %s is taken, and signs in again', async (_, username) => {
    expect((await signUp({ username })).status).toBe(200);
    expect((await signIn({ username: username.toUpperCase() })).status).toBe(200);
  });

  it.each([
    ['username', 'of 2 characters', { username: 'ab' }],
    ['username', 'that is empty', { username: '' }],
    ['username', 'of 65 characters', { username: 'n'.repeat(65) }],
    ['username', 'with a space before it', { username: ` ${newName()}` }],
    ['username', 'of spaces', { username: '     ' }],
    ['username', 'with U+0000', { username: 'an\0na' }],
    ['username', 'with a line feed', { username: 'an\nna' }],
    ['username', 'with half of a surrogate pair', { username: 'an\ud800na' }],
    ['username', 'that is an e-mail address of 255 characters', { username: `a${longestEmail}` }],
    ['username', 'that is almost an e-mail address', { username: `${'a'.repeat(60)}@example` }],
    ['password', 'of 7 characters', { password: '1234567' }],
    ['password', 'that is empty', { password: '' }],
    ['password', 'of 257 characters', { password: 'p'.repeat(257) }],
    ['deviceId', 'that is empty', { deviceId: '' }],
    ['deviceId', 'of 129 characters', { deviceId: 'd'.repeat(129) }],
    ['deviceId', 'with U+0000', { deviceId: 'pho\0ne' }],
    ['deviceId', 'with a control character', { deviceId: 'pho\u0007ne' }],
    ['deviceId', 'with half of a surrogate pair', { deviceId: 'pho\udc00ne' }],
    ['deviceName', 'of 129 characters', { deviceName: 'd'.repeat(129) }],
    ['deviceName', 'with U+0000', { deviceName: 'Anna\0' }],
  ])('a %s %s is refused, at sign-up and at sign-in', async (field, _, fields) => {
    for (const { status, errors } of [await signUp(fields), await signIn({ username: newName(), ...fields })]) {
      expect(status).toBe(400);
      expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', fields: [field] });
    }
  });

  it('every field that is wrong is named', async () => {
    const { errors } = await signUp({ username: 'ab', password: 'short', deviceId: '' });
    expect(errors?.[0]?.extensions.fields).toEqual(['username', 'password', 'deviceId']);
  });

  it.each([
    ['8', 'p'.repeat(8)],
    ['256', 'p'.repeat(256)],
  ])('a password of %s characters signs in', async (_, password) => {
    const username = newName();
    expect((await signUp({ username, password })).status).toBe(200);
    expect((await signIn({ username, password })).status).toBe(200);
    expect((await signIn({ username, password: `${password.slice(0, -1)}q` })).status).toBe(401);
  });

  it('of two sign-ups of one name at the same time exactly one makes an account', async () => {
    const username = newName();
    const answers = await Promise.all([signUp({ username }), signUp({ username: username.toUpperCase() })]);
    expect(answers.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 400]);
    const rows = await server.sql('SELECT FROM users WHERE username_key = $1', [username]);
    expect(rows).toHaveLength(1);
    const clocks = await server.sql('SELECT FROM user_clock WHERE user_id NOT IN (SELECT id FROM users)');
    expect(clocks).toHaveLength(0);
  });

  it('a wrong password and an unknown user are answered alike', async () => {
    const username = newName();
    await signUp({ username });
    const wrong = await signIn({ username, password: 'not this password' });
    const unknown = await signIn({ username: newName(), password: 'not this password' });
    expect(wrong.status).toBe(401);
    expect(wrong.errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
    expect([unknown.status, unknown.errors, unknown.data]).toEqual([wrong.status, wrong.errors, wrong.data]);
  });

  it('a password is stored as argon2id of the agreed cost, and nowhere in clear', async () => {
    const username = newName();
    const password = `secret ${randomUUID()}`;
    await signUp({ username, password });
    await signIn({ username, password });
    const [user] = await server.sql<{ hash: string }>(
      'SELECT password_hash AS hash FROM users WHERE username_key = $1',
      [username],
    );
    expect(user?.hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[^$]{22}\$[^$]{43}$/);
    expect(await tablesWith(server, password)).toEqual([]);
    expect(await tablesWith(server, username)).toEqual(['users']);
  });

  it('two accounts with one password have different hashes', async () => {
    const password = `secret ${randomUUID()}`;
    const made = [await signUp({ password }), await signUp({ password })].map(({ data }) => data.session.user.id);
    const rows = await server.sql('SELECT DISTINCT password_hash FROM users WHERE id = ANY ($1)', [made]);
    expect(rows).toHaveLength(2);
  });

  it('after signing out the access token is worth nothing at once, in every server process', async () => {
    const second = await startTestServer({}, server.database);
    try {
      const phone = await server.signUp('phone');
      const tablet = await phone.another('tablet');
      const tabletThere = tablet.at(second.url);
      expect((await tabletThere.send(ME)).status).toBe(200);

      expect((await tablet.send('mutation { signOut }')).data).toEqual({ signOut: true });
      expect((await tablet.send(ME)).status).toBe(401);
      const isRefusedThere = async () => (await tabletThere.send(ME)).status === 401;
      await until('the other process knows', isRefusedThere);

      // A process that starts later reads what it has missed.
      const third = await startTestServer({}, server.database);
      expect((await tablet.at(third.url).send(ME)).status).toBe(401);
      expect((await phone.at(third.url).send(ME)).status).toBe(200);
      await third.close();
      expect((await phone.send(ME)).status).toBe(200);
    } finally {
      await second.close();
    }
  });
});

describe('failed sign-ins', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ failedSignIns: 5, failedSignInsPerAddress: 20, trustProxy: 'yes' });
  });
  afterAll(() => server.close());

  const attempt = (username: string, password: string, address = randomAddress()): Promise<Answer> => {
    const input = { username, password, deviceId: 'phone' };
    return send(server.url, SIGN_IN, { input }, { 'x-forwarded-for': address });
  };
  const statuses = (answers: Answer[]) => answers.map(({ status }) => status);

  async function newUser(): Promise<string> {
    return (await server.signUp()).user.username;
  }

  function expectWait({ status, headers, errors }: Answer): void {
    expect(status).toBe(429);
    expect(errors?.[0]?.extensions.code).toBe('RATE_LIMITED');
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    expect(Number(headers['retry-after'])).toBeLessThanOrEqual(15 * 60);
    expect(errors?.[0]?.extensions['retryAfter']).toBe(Number(headers['retry-after']));
  }

  it('an account has to wait after too many, from whatever address, also with the right password', async () => {
    const username = await newUser();
    for (let failed = 0; failed < 5; failed += 1) expect((await attempt(username, 'wrong password')).status).toBe(401);
    expectWait(await attempt(username, 'wrong password'));
    expectWait(await attempt(username.toUpperCase(), PASSWORD));
    expect((await attempt(await newUser(), PASSWORD)).status).toBe(200);
  });

  it('an account that nobody has is limited alike', async () => {
    const username = newName();
    for (let failed = 0; failed < 5; failed += 1) await attempt(username, 'wrong password');
    expectWait(await attempt(username, 'wrong password'));
  });

  it('an address has to wait after too many, for whatever account', async () => {
    const username = await newUser();
    const address = randomAddress();
    for (let failed = 0; failed < 20; failed += 1) {
      expect((await attempt(newName(), 'wrong password', address)).status).toBe(401);
    }
    expectWait(await attempt(newName(), 'wrong password', address));
    expectWait(await attempt(username, PASSWORD, address));
    expect((await attempt(username, PASSWORD)).status).toBe(200);
  });

  it('a right password is not counted, and forgives those before it', async () => {
    const username = await newUser();
    const address = randomAddress();
    for (let round = 0; round < 3; round += 1) {
      for (let failed = 0; failed < 4; failed += 1) await attempt(username, 'wrong password', address);
      for (let right = 0; right < 6; right += 1) {
        expect((await attempt(username, PASSWORD, address)).status).toBe(200);
      }
    }
  });

  it('aliases in one request win no attempts', async () => {
    const username = await newUser();
    const address = randomAddress();
    const input = { username, password: 'wrong password', deviceId: 'phone' };
    const fields = Array.from({ length: 15 }, (_, index) => `try${index}: signIn(input: $input) { expiresAt }`);
    const document = `mutation ($input: SignInInput!) { ${fields.join(' ')} }`;
    const guess = () => send(server.url, document, { input }, { 'x-forwarded-for': address });
    const answers = [await guess(), await guess(), await guess(), await guess(), await guess()];
    // GraphQL ends a request with the first root field that fails: each was one attempt.
    expect(answers.map(({ status, errors }) => [status, errors?.length])).toEqual(answers.map(() => [401, 1]));
    expectWait(await guess());
    expectWait(await attempt(username, PASSWORD));
  });

  it('no more than the limit are tried of many that come at the same moment', async () => {
    const username = await newUser();
    const answers = await Promise.all(Array.from({ length: 20 }, () => attempt(username, 'wrong password')));
    expect(statuses(answers).filter((status) => status === 401)).toHaveLength(5);
    expect(statuses(answers).filter((status) => status === 429)).toHaveLength(15);

    const address = randomAddress();
    const spread = await Promise.all(Array.from({ length: 40 }, () => attempt(newName(), 'wrong password', address)));
    expect(statuses(spread).filter((status) => status === 401)).toHaveLength(20);
  });

  it('right passwords that come at the same moment are all let in', async () => {
    const username = await newUser();
    const address = randomAddress();
    const answers = await Promise.all(Array.from({ length: 30 }, () => attempt(username, PASSWORD, address)));
    expect(statuses(answers)).toEqual(Array.from({ length: 30 }, () => 200));
  });

  it('an address is not what the client says it is, unless a proxy is trusted', async () => {
    const direct = await startTestServer({ failedSignInsPerAddress: 3 });
    const tries = async () => {
      const input = { username: newName(), password: 'wrong password', deviceId: 'phone' };
      return send(direct.url, SIGN_IN, { input }, { 'x-forwarded-for': randomAddress() });
    };
    const answers = [await tries(), await tries(), await tries(), await tries()];
    expect(statuses(answers)).toEqual([401, 401, 401, 429]);
    await direct.close();
  });
});

function randomAddress(): string {
  const byte = () => Math.floor(Math.random() * 256);
  return `10.${byte()}.${byte()}.${byte()}`;
}
