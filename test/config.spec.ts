import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { ConfigError, readConfig, settings } from '../src/config.js';

const SECRET = 'thirty-two characters, not fewer';
const COMPLETE = {
  NODE_ENV: 'production',
  DATABASE_URL: 'postgresql://logdate_app@localhost/logdate',
  BLOB_STORE: 'file',
  JWT_SECRET: SECRET,
};

function problemsOf(environment: Record<string, string>): string[] {
  try {
    readConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('the configuration', () => {
  it('needs nothing outside production: every setting has its default', () => {
    const config = readConfig({});
    for (const [name, { defaultValue }] of Object.entries(settings)) expect(config).toHaveProperty(name, defaultValue);
    expect(config).toMatchObject({
      environment: 'development',
      port: 3000,
      dataDir: './data',
      accessTokenSeconds: 900,
      corsOrigins: [],
      pushMutations: 500,
      requestBytes: 4 * 1024 * 1024,
      textBytes: 1024 * 1024,
      titleCharacters: 500,
      descriptionCharacters: 10_000,
      pageRows: 1000,
    });
  });

  it('takes an empty variable for one that is not given', () => {
    expect(readConfig({ PORT: '', CORS_ORIGINS: '', JWT_SECRET: '' })).toEqual(readConfig({}));
  });

  it('reads what is given', () => {
    expect(
      readConfig({
        PORT: '8080',
        CORS_ORIGINS: ' https://a.example, ,https://b.example ',
        JWT_SECRET: SECRET,
        INTROSPECTION: 'off',
        TRUST_PROXY: 'yes',
      }),
    ).toMatchObject({
      port: 8080,
      corsOrigins: ['https://a.example', 'https://b.example'],
      jwtSecret: SECRET,
      introspection: 'off',
      trustProxy: 'yes',
    });
  });

  it('gives each setting a variable and a description of its own', () => {
    const all = Object.values(settings);
    expect(new Set(all.map(({ variable }) => variable)).size).toBe(all.length);
    expect(all.filter(({ description }) => description.length < 10)).toEqual([]);
  });

  it('in production names everything that is missing at once', () => {
    const problems = problemsOf({ NODE_ENV: 'production' });
    expect(problems.map((problem) => problem.split(' ')[0])).toEqual(['DATABASE_URL', 'BLOB_STORE', 'JWT_SECRET']);
    expect(problemsOf(COMPLETE)).toEqual([]);
  });

  it.each(['DATABASE_URL', 'BLOB_STORE', 'JWT_SECRET'])('in production refuses an empty %s', (variable) => {
    expect(problemsOf({ ...COMPLETE, [variable]: '' })).toEqual([expect.stringContaining(`${variable} is missing`)]);
  });

  it('names what is missing and what is wrong together', () => {
    const problems = problemsOf({ NODE_ENV: 'production', PORT: 'http', JWT_SECRET: 'short', INTROSPECTION: 'maybe' });
    const named = ['PORT', 'DATABASE_URL', 'BLOB_STORE', 'JWT_SECRET', 'INTROSPECTION'];
    expect(new Set(problems.map((problem) => problem.split(' ')[0]))).toEqual(new Set(named));
  });

  it.each([
    ['PORT', '65536'],
    ['PORT', '-1'],
    ['PORT', '80.5'],
    ['PORT', 'eighty'],
    ['PORT', 'Infinity'],
    ['ACCESS_TOKEN_SECONDS', '0'],
    ['REFRESH_TOKEN_DAYS', '1e9'],
    ['DATABASE_POOL_SIZE', '0'],
    ['LIMIT_PUSH_MUTATIONS', '500 items'],
    ['LIMIT_REQUEST_BYTES', '4MiB'],
    ['NODE_ENV', 'prod'],
    ['BLOB_STORE', 'floppy'],
    ['TRUST_PROXY', 'true'],
  ])('refuses %s=%s by its name, and says what it may be', (variable, value) => {
    expect(problemsOf({ [variable]: value })).toEqual([
      expect.stringMatching(
        new RegExp(`^${variable} must be (an integer from \\d+ to \\d+|one of .+), not "${value}"$`),
      ),
    ]);
  });

  it('refuses a playground without a schema to read', () => {
    expect(problemsOf({ PLAYGROUND: 'on', INTROSPECTION: 'off' })).toEqual([
      expect.stringMatching(/PLAYGROUND.*INTROSPECTION/),
    ]);
    expect(problemsOf({ INTROSPECTION: 'off' })).toEqual([]);
    expect(problemsOf({ ...COMPLETE, PLAYGROUND: 'on' })).toEqual([]);
  });

  it.each(['JWT_SECRET', 'JWT_PREVIOUS_SECRET'])(
    'refuses a %s of fewer than 32 characters without showing it',
    (variable) => {
      const weak = 'thirty-one characters, too few!';
      expect(weak).toHaveLength(31);
      const problems = problemsOf({ [variable]: weak });
      expect(problems).toEqual([`${variable} must have at least 32 characters`]);
      expect(problems.join()).not.toContain(weak);
    },
  );
});

describe('a server in production without settings', () => {
  it('does not start: it says in one message what is missing, and shows no stack', async () => {
    const child = spawn(process.execPath, ['dist/src/main.js'], {
      env: { PATH: process.env['PATH'], NODE_ENV: 'production', PORT: '0', JWT_PREVIOUS_SECRET: 'weak' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    child.stdout.on('data', (text) => (output += String(text)));
    child.stderr.on('data', (text) => (output += String(text)));
    const [code] = (await once(child, 'close')) as [number];
    expect(code).toBe(1);
    for (const variable of ['DATABASE_URL', 'BLOB_STORE', 'JWT_SECRET', 'JWT_PREVIOUS_SECRET']) {
      expect(output).toContain(`- ${variable} `);
    }
    expect(output).not.toMatch(/\bat .*:\d+:\d+|node_modules|weak/);
  });
});
