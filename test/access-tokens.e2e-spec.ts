import { createHash, createHmac, generateKeyPairSync, randomUUID, sign as signWith } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { send, type Device } from './support/device.js';
import { until } from './support/killable-server.js';
import { startTestServer, type TestServer } from './support/test-server.js';

const SECRET = 'the key of this server, thirty-two characters or more';
const PREVIOUS = 'the key before this one, thirty-two characters or more';
const ME = '{ me { id } }';
const REFRESH = 'mutation ($token: String!) { refreshSession(refreshToken: $token) { accessToken refreshToken } }';

type Json = Record<string, unknown>;

const encode = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const decode = (part: string | undefined) => JSON.parse(Buffer.from(part ?? '', 'base64url').toString()) as Json;
const kidOf = (secret: string) => createHash('sha256').update(`kid:${secret}`).digest('base64url').slice(0, 12);

/** A token of three parts, signed with HMAC by our key unless told otherwise. */
function tokenOf(header: Json, payload: Json, { secret = SECRET, digest = 'sha256' } = {}): string {
  const signed = `${encode(header)}.${encode(payload)}`;
  return `${signed}.${createHmac(digest, secret).update(signed).digest('base64url')}`;
}

describe('access tokens', () => {
  let server: TestServer;
  let device: Device;
  let real: { token: string; header: Json; payload: Json };
  beforeAll(async () => {
    server = await startTestServer({ jwtSecret: SECRET });
    device = await server.signUp();
    const token = device.tokens.accessToken;
    const [header, payload] = token.split('.');
    real = { token, header: decode(header), payload: decode(payload) };
  });
  afterAll(() => server.close());

  const answerTo = (authorization: string | undefined, path?: string) =>
    send(`${server.url}${path ?? ''}`, ME, {}, authorization === undefined ? {} : { authorization });
  /** The real token with something else in its header or payload, signed by our key. */
  const forged = (header: Json, payload: Json = {}, how = {}) =>
    tokenOf({ ...real.header, ...header }, { ...real.payload, ...payload }, how);

  it('a token of ours is let in, also when it is made here: the forgeries below fail for what they forge', async () => {
    expect((await answerTo(`Bearer ${real.token}`)).data).toEqual({ me: { id: device.user.id } });
    expect((await answerTo(`Bearer ${forged({})}`)).status).toBe(200);
    expect((await answerTo(`bearer ${real.token}`)).status).toBe(200);
    expect(real.header).toEqual({ alg: 'HS256', typ: 'JWT', kid: kidOf(SECRET) });
    expect(Number(real.payload['exp']) - Number(real.payload['iat'])).toBe(900);
  });

  const without = (name: string) => () => {
    const { [name]: _, ...payload } = real.payload;
    return `Bearer ${tokenOf(real.header, payload)}`;
  };
  const parts = () => real.token.split('.') as [string, string, string];
  const seconds = () => Math.floor(Date.now() / 1000);

  const forgeries: Record<string, () => string> = {
    'algorithm none, without a signature': () =>
      `Bearer ${encode({ ...real.header, alg: 'none' })}.${encode(real.payload)}.`,
    'algorithm none, with our signature': () => `Bearer ${forged({ alg: 'none' })}`,
    'algorithm nOnE': () => `Bearer ${encode({ ...real.header, alg: 'nOnE' })}.${encode(real.payload)}.`,
    'HS384 with our key': () => `Bearer ${forged({ alg: 'HS384' }, {}, { digest: 'sha384' })}`,
    'HS512 with our key': () => `Bearer ${forged({ alg: 'HS512' }, {}, { digest: 'sha512' })}`,
    'an RS256 header over our signature': () => `Bearer ${forged({ alg: 'RS256' })}`,
    'RS256 by a key of the forger': () => {
      const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
      const jwk = publicKey.export({ format: 'jwk' });
      const signed = `${encode({ ...real.header, alg: 'RS256', jwk })}.${encode(real.payload)}`;
      return `Bearer ${signed}.${signWith('sha256', Buffer.from(signed), privateKey).toString('base64url')}`;
    },
    'another key': () => `Bearer ${forged({}, {}, { secret: 'another key of thirty-two characters' })}`,
    'an empty key': () => `Bearer ${forged({}, {}, { secret: '' })}`,
    'a kid that nobody has': () => `Bearer ${forged({ kid: 'AAAAAAAAAAAA' })}`,
    'the kid of a former key that is not configured': () =>
      `Bearer ${forged({ kid: kidOf(PREVIOUS) }, {}, { secret: PREVIOUS })}`,
    'a kid that is a path': () => `Bearer ${forged({ kid: '../../../dev/null' }, {}, { secret: '' })}`,
    'a kid that is a property of every object': () => `Bearer ${forged({ kid: '__proto__' })}`,
    'a kid that is a number': () => `Bearer ${forged({ kid: 1 })}`,
    'no kid': () => `Bearer ${forged({ kid: undefined })}`,
    'no exp': without('exp'),
    'an exp that has passed': () => `Bearer ${forged({}, { exp: seconds() - 1 })}`,
    'an exp that is text': () => `Bearer ${forged({}, { exp: String(seconds() + 900) })}`,
    'an exp that is null': () => `Bearer ${forged({}, { exp: null })}`,
    'an nbf in the future': () => `Bearer ${forged({}, { nbf: seconds() + 600 })}`,
    'another issuer': () => `Bearer ${forged({}, { iss: 'logdate-cloud.example' })}`,
    'no issuer': without('iss'),
    'another audience': () => `Bearer ${forged({}, { aud: 'logdate-admin' })}`,
    'no audience': without('aud'),
    'another type': () => `Bearer ${forged({}, { typ: 'refresh' })}`,
    'no type': without('typ'),
    'no sub': without('sub'),
    'an empty sub': () => `Bearer ${forged({}, { sub: '' })}`,
    'no sid': without('sid'),
    'no did': without('did'),
    'an end that is cut off': () => `Bearer ${real.token.slice(0, -4)}`,
    'no signature': () => `Bearer ${parts().slice(0, 2).join('.')}.`,
    'two parts': () => `Bearer ${parts().slice(0, 2).join('.')}`,
    'a fourth part': () => `Bearer ${real.token}.${parts()[2]}`,
    'the signature of another token': () =>
      `Bearer ${parts()[0]}.${parts()[1]}.${forged({}, { jti: 'x' }).split('.')[2]}`,
    'a payload that was changed': () =>
      `Bearer ${parts()[0]}.${encode({ ...real.payload, sub: randomUUID() })}.${parts()[2]}`,
    'a payload that is not JSON': () => {
      const signed = `${parts()[0]}.${encode('not JSON')}`;
      return `Bearer ${signed}.${createHmac('sha256', SECRET).update(signed).digest('base64url')}`;
    },
    'a payload that is a list': () => `Bearer ${tokenOf(real.header, [] as unknown as Json)}`,
    'null bytes in header and payload': () => `Bearer ${forged({ kid: `${kidOf(SECRET)}\0` }, { sub: '\0' })}`,
    'bytes that are no UTF-8': () => 'Bearer \u00ff\u00fe\u00e9.\u00ff.\u00ff',
    'unicode in every part': () => `Bearer ${['{"alg":"🌱"}', '🌱', '🌱'].map(encode).join('.')}`,
    nothing: () => '',
    'Bearer and nothing': () => 'Bearer ',
    dots: () => 'Bearer ..',
    'very much': () => `Bearer ${'A'.repeat(12_000)}`,
    'no Bearer before it': () => real.token,
    'Basic before it': () => `Basic ${real.token}`,
    'another token behind it': () => `Bearer ${real.token} ${real.token}`,
    'another token behind a comma': () => `Bearer ${real.token}, Bearer ${real.token}`,
  };

  it.each(Object.entries(forgeries))('a token with %s is answered 401 and nothing else', async (_, authorization) => {
    const { status, data, errors } = await answerTo(authorization());
    expect({ status, data: data ?? null }).toEqual({ status: 401, data: null });
    expect(errors).toEqual([
      expect.objectContaining({
        message: 'Sign in: the access token is missing, expired or not valid',
        extensions: { code: 'UNAUTHENTICATED' },
      }),
    ]);
  });

  it.each(['access_token', 'token', 'auth_token', 'authorization'])(
    'a token in the query string as %s is not looked at',
    async (name) => {
      const response = await fetch(`${server.url}/graphql?${name}=${real.token}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query: ME, [name]: real.token }),
      });
      expect(response.status).toBe(401);
    },
  );

  it('a refresh token is no access token', async () => {
    expect((await answerTo(`Bearer ${device.tokens.refreshToken}`)).status).toBe(401);
  });

  it('a token for an account that is gone is refused', async () => {
    expect((await answerTo(`Bearer ${forged({}, { sub: randomUUID() })}`)).status).toBe(401);
    const pushed = await new (device.constructor as typeof Device)(server.url, 'phone', device.user, {
      ...device.tokens,
      accessToken: forged({}, { sub: randomUUID() }),
    }).send('{ syncStatus { epoch } }');
    expect(pushed.status).toBe(401);
  });

  it('the key before is accepted while it is configured, and signs nothing any more', async () => {
    const before = await startTestServer({ jwtSecret: PREVIOUS }, server.database);
    const old = await device.at(before.url).another('rotating');
    await before.close();
    expect((await old.at(server.url).send(ME)).status).toBe(401);

    const rotating = await startTestServer({ jwtSecret: SECRET, jwtPreviousSecret: PREVIOUS }, server.database);
    const there = old.at(rotating.url);
    expect((await there.send(ME)).status).toBe(200);
    expect((await device.at(rotating.url).send(ME)).status).toBe(200);
    const renewed = await there.another('rotating');
    expect(decode(renewed.tokens.accessToken.split('.')[0])['kid']).toBe(kidOf(SECRET));
    // Each key only under its own name.
    const crossed = forged({ kid: kidOf(PREVIOUS) });
    expect((await send(rotating.url, ME, {}, { authorization: `Bearer ${crossed}` })).status).toBe(401);
    await rotating.close();
  });

  it('a token is refused once its end has come, also in the middle of a sync', async () => {
    const hasty = await startTestServer({ accessTokenSeconds: 1 });
    const phone = await hasty.signUp();
    const { expiresAt } = phone.tokens;
    await until('the token has ended', async () => {
      const sentAt = Date.now();
      const { status } = await phone.send('{ contentChanges { lastTimestamp } }');
      expect([200, 401]).toContain(status);
      if (status === 200) expect(sentAt).toBeLessThan(expiresAt);
      return status === 401;
    });
    expect(Date.now()).toBeGreaterThanOrEqual(expiresAt);
    // The refresh token outlives it. A new access token may end before it is used, where a second is all it has.
    let { refreshToken } = phone.tokens;
    await until('a new token is let in', async () => {
      const { data } = await send(hasty.url, REFRESH, { token: refreshToken });
      ({ refreshToken } = data.refreshSession);
      const authorization = `Bearer ${data.refreshSession.accessToken}`;
      return (await send(hasty.url, ME, {}, { authorization })).status === 200;
    });
    await hasty.close();
  });
});
