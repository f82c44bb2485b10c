// What the command reads from its surroundings, and what it says of its failures.
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { StoreFullError, TransportError, UnsyncedError } from '@logdate/client';
import { firstWords } from '../src/commands/list.js';
import { EXIT } from '../src/exit-codes.js';
import { asCommandError } from '../src/failure.js';
import { startLines } from '../src/progress.js';
import { SessionFile } from '../src/session-file.js';
import { readSettings } from '../src/settings.js';

describe('settings', () => {
  it('take a flag before a variable, and a variable before the default', () => {
    const environment = { LOGDATE_HOME: '/home-folder', LOGDATE_SERVER: 'http://variable', XDG_DATA_HOME: '/xdg' };
    expect(readSettings({ data: '/flag', server: 'http://flag' }, environment)).toMatchObject({
      dataFolder: '/flag',
      server: 'http://flag',
    });
    expect(readSettings({}, environment)).toMatchObject({ dataFolder: '/home-folder', server: 'http://variable' });
    expect(readSettings({}, { XDG_DATA_HOME: '/xdg' }).dataFolder).toBe('/xdg/logdate');
    expect(readSettings({}, { XDG_DATA_HOME: 'relative' }).dataFolder).toMatch(/\.local\/share\/logdate$/);
  });
});

describe('a failure', () => {
  it.each([
    [new TransportError('NO_ANSWER', ''), EXIT.unreachable],
    [new TransportError('UNAVAILABLE', ''), EXIT.unreachable],
    [new TransportError('SIGNED_OUT', ''), EXIT.signedOut],
    [new TransportError('BAD_USER_INPUT', 'username is taken'), EXIT.usage],
    [new TransportError('FORBIDDEN', ''), EXIT.differs],
    [new UnsyncedError(2, 1), EXIT.differs],
    [new StoreFullError(), EXIT.broken],
    [new Error('anything else'), EXIT.broken],
  ])('%s ends with its code', (error, code) => {
    expect(asCommandError(error).exitCode).toBe(code);
  });

  it('after Ctrl+C is the interruption', () => {
    expect(asCommandError(new Error('closed'), AbortSignal.abort()).exitCode).toBe(EXIT.interrupted);
  });
});

describe('progress without a terminal', () => {
  it('is a line every three seconds and one at the end, and never runs backwards', () => {
    const lines: string[] = [];
    let now = 0;
    const progress = startLines('Files', 10, 'files', { write: (line) => lines.push(line), now: () => now });
    progress.update(1);
    now = 3_000;
    progress.update(4);
    progress.update(5);
    now = 6_000;
    progress.update(3);
    progress.update(10);
    progress.stop();
    expect(lines).toEqual([
      '  Files 40 %  4 of 10 files',
      '  Files 50 %  5 of 10 files',
      '  Files 100 %  10 of 10 files',
    ]);
  });

  it('of what is over at once says nothing', () => {
    const lines: string[] = [];
    const progress = startLines('Files', 10, 'files', { write: (line) => lines.push(line), now: () => 0 });
    progress.update(10);
    progress.stop();
    expect(lines).toEqual([]);
  });
});

it('words that are listed cannot steer the terminal', () => {
  expect(firstWords('\u001B[2Jred\u202E\n  text')).toBe('[2Jred text');
  expect(firstWords('x'.repeat(100), 10)).toBe('xxxxxxxxx…');
});

describe('the session file', () => {
  const session = {
    accessToken: 'a',
    refreshToken: 'r',
    user: { id: 'u', username: 'gardener' },
    receivedAt: 0,
    lifetimeMs: null,
  };

  it('is for its owner alone, keeps who signed in when the session ends, and survives damage', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'session-'));
    try {
      const file = new SessionFile(join(folder, 'new'));
      const { deviceId } = await file.read();
      await file.write({ server: 'http://server', deviceId, user: session.user, session: null });
      const sessions = file.sessions();
      await sessions.save(session);
      expect(await sessions.load()).toEqual(session);
      expect((await stat(join(folder, 'new', 'session.json'))).mode & 0o777).toBe(0o600);
      expect((await stat(join(folder, 'new'))).mode & 0o777).toBe(0o700);
      await sessions.clear();
      expect(await file.read()).toEqual({ server: 'http://server', deviceId, user: session.user, session: null });
      expect(await readFile(join(folder, 'new', 'session.json'), 'utf8')).not.toContain('refreshToken');
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('is changed by one command at a time', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'session-'));
    try {
      const [one, other] = [new SessionFile(folder), new SessionFile(folder)];
      const order: string[] = [];
      let release = () => {};
      const first = one.locks.request('x', {}, async () => {
        order.push('first');
        await new Promise<void>((resolve) => (release = resolve));
        order.push('first ends');
      });
      const waiting = new AbortController();
      while (order.length === 0) await new Promise((resolve) => setImmediate(resolve));
      const second = other.locks.request('x', { signal: waiting.signal }, async () => void order.push('second'));
      release();
      await Promise.all([first, second]);
      expect(order).toEqual(['first', 'first ends', 'second']);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
