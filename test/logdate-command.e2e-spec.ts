/** The `logdate` command from end to end: the built program, two data folders, a real server. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { unzipSync } from 'fflate';
import { CommandDevice } from './support/logdate-command.js';
import { startTestServer, type TestServer } from './support/test-server.js';

const PASSWORD = 'a good password for a diary';

let server: TestServer;
let folder: string;
let users = 0;

beforeAll(async () => {
  server = await startTestServer();
  folder = await mkdtemp(join(tmpdir(), 'logdate-command-'));
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

describe('one journal on two devices', () => {
  let a: CommandDevice;
  let b: CommandDevice;

  it('signs up, imports, and sends everything', async () => {
    a = device('a');
    expect(await a.json(['sign-up', 'gardener', '--password-stdin'], `${PASSWORD}\n`)).toMatchObject({
      code: 0,
      username: 'gardener',
    });
    const imported = await a.json(['import', 'samples/garden-year']);
    expect(imported).toMatchObject({ code: 0, journals: 1, entries: 28, files: 2, unchanged: 0, broken: [] });
    expect(imported.leftOut).toContainEqual({ field: 'tags', entries: 25 });
    expect(await a.json(['status'])).toMatchObject({ code: 0, entries: 28, unsynced: 57, media: { waiting: 2 } });
    expect(await a.json(['sync'])).toMatchObject({ code: 0, pushed: 57, filesSent: 2, unsynced: 0 });
    expect(await a.json(['status'])).toMatchObject({ code: 0, unsynced: 0, media: { waiting: 0 }, signedIn: true });
  });

  it('keeps the session to its owner, and the password nowhere', async () => {
    expect((await stat(join(a.folder, 'session.json'))).mode & 0o777).toBe(0o600);
    for (const name of await readdir(a.folder)) {
      expect((await readFile(join(a.folder, name))).includes(PASSWORD)).toBe(false);
    }
  });

  it('has everything on a second device, which the server confirms', async () => {
    b = device('b');
    expect((await b.run(['sign-in', 'gardener', '--password-stdin'], PASSWORD)).code).toBe(0);
    expect(await b.json(['verify'])).toMatchObject({ code: 1, matches: false, entries: { matching: 0, all: 28 } });
    expect(await b.json(['sync'])).toMatchObject({ code: 0, unsynced: 0 });
    const listed = await b.json(['list', '--limit', 'all']);
    expect(listed.entries).toHaveLength(28);
    expect(listed.entries.filter((entry: { files: number }) => entry.files > 0)).toHaveLength(2);
    for (const one of [a, b]) {
      const { code, stdout } = await one.run(['verify']);
      expect(stdout).toContain('28 of 28 entries, 2 of 2 files match');
      expect(code).toBe(0);
    }
  });

  it('changes nothing by a second import, not even what waits to be sent', async () => {
    expect(await b.json(['import', 'samples/garden-year'])).toMatchObject({
      code: 0,
      entries: 0,
      files: 0,
      unchanged: 29,
    });
    expect(await b.json(['status'])).toMatchObject({ unsynced: 0, media: { waiting: 0 } });
  });

  it('exports the same bytes from both, in any time zone', async () => {
    const paths = [join(folder, 'a.zip'), join(folder, 'b.zip')] as const;
    await a.run(['export', paths[0]]);
    await b.start(['export', paths[1]], { TZ: 'Asia/Tokyo' }).ended;
    const [one, other] = await Promise.all(paths.map((path) => readFile(path)));
    expect(one).toEqual(other);
    const rows = JSON.parse(new TextDecoder().decode(unzipSync(one!)['logdate.json']));
    expect(rows.content).toHaveLength(28);
    expect(Object.keys(rows.content[0])).toEqual(
      'id content createdAt durationMs mediaUri type clientUpdatedAt serverVersion updatedAt deviceId mutationId'.split(
        ' ',
      ),
    );
    expect((await a.run(['export', paths[0]])).code).toBe(2);
    expect(await b.json(['import', paths[0]])).toMatchObject({
      code: 0,
      entries: 0,
      files: 0,
      unchanged: 29,
      broken: [],
    });
  });

  it('restores Markdown and pictures, overwrites nothing silently, and reads them back as the same', async () => {
    const restored = join(folder, 'restored');
    expect(await b.json(['restore', restored])).toMatchObject({ code: 0, written: 31 });
    expect(await b.json(['restore', restored])).toMatchObject({ code: 0, written: 0, unchanged: 31 });
    expect(await a.json(['import', restored])).toMatchObject({
      code: 0,
      journals: 0,
      entries: 0,
      files: 0,
      unchanged: 28,
    });
    expect(await a.json(['status'])).toMatchObject({ unsynced: 0, media: { waiting: 0 } });
    const [name] = (await readdir(join(restored, 'Garden'))).filter((one) => one.startsWith('1957-03-12'));
    const path = join(restored, 'Garden', name!);
    await writeFile(path, 'Mine.');
    const refused = await b.run(['restore', restored]);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain(name);
    expect(await readFile(path, 'utf8')).toBe('Mine.');
    expect(await b.json(['restore', restored, '--force'])).toMatchObject({ code: 0, written: 1 });
  });

  it('lists a conflict and has it resolved', async () => {
    const id = (await a.json(['list', '--limit', '1'])).entries[0].id as string;
    const own = join(folder, 'conflict');
    await a.run(['restore', join(own, 'a')]);
    await b.run(['restore', join(own, 'b')]);
    for (const [one, side] of [
      [a, 'a'],
      [b, 'b'],
    ] as const) {
      const garden = join(own, side, 'Garden');
      const name = (await readdir(garden)).find((file) => file.includes(id.slice(0, 8)))!;
      const text = await readFile(join(garden, name), 'utf8');
      await writeFile(join(garden, name), text.replace(/---\n(?!account)[\s\S]*$/, `---\nOne sentence of ${side}`));
      expect(await one.json(['import', join(own, side)])).toMatchObject({ entries: 1, unchanged: 27 });
    }
    expect((await a.json(['sync'])).code).toBe(0);
    expect(await b.json(['sync'])).toMatchObject({ code: 1, conflicts: 1 });
    const { conflicts, code } = await b.json(['conflicts']);
    expect(code).toBe(1);
    expect(conflicts).toMatchObject([
      { id, mine: { content: 'One sentence of b' }, theirs: { body: { content: 'One sentence of a' } } },
    ]);
    expect((await b.run(['conflicts', 'resolve', id.slice(0, 8)])).code).toBe(2);
    expect((await b.run(['conflicts', 'resolve', id.slice(0, 8), '--both'])).code).toBe(0);
    expect(await b.json(['sync'])).toMatchObject({ code: 0, conflicts: 0 });
    expect((await a.json(['sync'])).code).toBe(0);
    expect((await a.run(['verify'])).stdout).toContain('29 of 29 entries');
  });

  it('keeps an entry on this device while the server is away, and sends it later', async () => {
    const away = new CommandDevice(a.folder, 'http://127.0.0.1:9');
    expect(await away.json(['add', 'Written on a train', '--journal', 'Travels'])).toMatchObject({
      code: 0,
      backup: 'waiting',
    });
    const failed = await away.run(['sync']);
    expect(failed).toMatchObject({ code: 4 });
    expect(await a.json(['sync'])).toMatchObject({ code: 0, pushed: 3 });
    expect(await b.json(['add'], 'From standard input')).toMatchObject({ code: 0, backup: 'backed-up' });
  });

  it('signs out only when everything is sent, unless it is told otherwise', async () => {
    const away = new CommandDevice(b.folder, 'http://127.0.0.1:9');
    await away.run(['add', 'Not sent', '--no-sync']);
    expect((await away.run(['sign-out'])).code).toBe(1);
    expect((await b.run(['sign-out'])).code).toBe(0);
    expect((await b.run(['status'])).code).toBe(3);
  });
});

describe('what goes wrong says so by its exit code', () => {
  it.each([
    [
      'a wrong password',
      3,
      (one: CommandDevice) => one.run(['sign-in', 'gardener', '--password-stdin'], 'a wrong password'),
    ],
    [
      'an account that is taken',
      2,
      (one: CommandDevice) => one.run(['sign-up', 'gardener', '--password-stdin'], PASSWORD),
    ],
    ['nobody signed in', 3, (one: CommandDevice) => one.run(['sync'])],
    ['no password', 2, (one: CommandDevice) => one.run(['sign-in', 'gardener'])],
    ['a command that does not exist', 2, (one: CommandDevice) => one.run(['synchronise'])],
    [
      'a server that is down',
      4,
      (one: CommandDevice) =>
        new CommandDevice(one.folder, 'http://127.0.0.1:9').run(['sign-in', 'gardener', '--password-stdin'], PASSWORD),
    ],
  ])('%s: %d', async (_, code, run) => {
    const ran = await run(device(`wrong-${users++}`));
    expect(ran.code).toBe(code);
    expect(ran.stderr).not.toBe('');
    expect(ran.stderr).not.toMatch(/\.js:\d+/);
  });

  it('an import that cannot be read at all, and one that is broken in part', async () => {
    const one = await signedUp();
    expect((await one.run(['import', join(folder, 'nowhere.zip')])).code).toBe(2);
    const broken = join(folder, 'broken-export');
    await cp('samples/garden-year', broken, { recursive: true });
    await writeFile(join(broken, 'Other.json'), '{"entries": [{"text": "no uuid"}]}');
    const imported = await one.json(['import', broken]);
    expect(imported).toMatchObject({ code: 1, entries: 28, broken: ['Other.json, entry 1: no uuid'] });
  });
});

it('ends in silence when whoever reads its output has read enough', () => {
  const command = `"${process.execPath}" cli/bin/logdate.mjs --help`;
  // `true` is gone long before the first line is written.
  const script = `{ { ${command}; echo "code $?" >&2; } | true; } 2>&1`;
  expect(execFileSync('sh', ['-c', script]).toString()).toBe('code 0\n');
});

it('no argument of a process shows the password', async () => {
  const one = device('ps');
  const running = one.start(['sign-up', 'watched', '--password-stdin']);
  await new Promise((done) => running.process.once('spawn', done));
  const seen = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' });
  expect(seen).toContain('sign-up watched');
  running.process.stdin?.end(PASSWORD);
  expect((await running.ended).code).toBe(0);
  expect(seen).not.toContain(PASSWORD);
});

describe('a watched folder', () => {
  it('is backed up as it changes: new, edited, renamed and deleted files', async () => {
    const one = await signedUp();
    const watched = await folderOf('live', { 'Garden/2024-05-01.md': 'A robin.' });
    const running = one.start(['watch', watched]);
    await running.said('Watching');
    await writeFile(join(watched, 'Garden/robin.png'), PNG);
    await running.said('Saved 1 entry, 1 file');
    await writeFile(join(watched, 'Garden/second.md'), 'Second.');
    await running.said('Saved 1 entry, 0 files');
    await writeFile(join(watched, 'Garden/2024-05-01.md'), 'A robin. It sang.');
    await running.said('Saved 1 entry, 0 files');
    await rename(join(watched, 'Garden/2024-05-01.md'), join(watched, 'Garden/robin.md'));
    await rm(join(watched, 'Garden/second.md'));
    await running.said('Deleted 1 entry');
    running.process.kill('SIGTERM');
    expect((await running.ended).code).toBe(0);

    const { entries } = await one.json(['list']);
    expect(entries.map(({ type, content }: any) => [type, content]).sort()).toEqual([
      ['IMAGE', null],
      ['TEXT', 'A robin. It sang.'],
    ]);
    expect((await one.json(['sync'])).code).toBe(0);
    expect((await one.run(['verify'])).code).toBe(0);
  });

  it('is caught up with at the next start, where a rename keeps the entry', async () => {
    const one = await signedUp();
    const watched = await folderOf('later', { 'a.md': 'First.', 'b.md': 'Second.', 'c.md': 'Third.' });
    expect(await one.json(['watch', watched, '--once'])).toMatchObject({ code: 0, saved: 3 });
    const before = await idsByText(one);
    await writeFile(join(watched, 'a.md'), 'First, edited.');
    await rename(join(watched, 'b.md'), join(watched, 'moved.md'));
    await rm(join(watched, 'c.md'));
    expect(await one.json(['watch', watched, '--once'])).toMatchObject({ code: 0, saved: 1, deleted: 1 });
    expect(await idsByText(one)).toEqual({ 'First, edited.': before['First.'], 'Second.': before['Second.'] });
    expect(await one.json(['watch', watched, '--once'])).toMatchObject({ code: 0, saved: 0, deleted: 0 });
  });

  it('that is missing, or lost 21 files at once, deletes nothing until somebody confirms it', async () => {
    const one = await signedUp();
    const names = Array.from({ length: 22 }, (_, index) => `${index}.md`);
    const watched = await folderOf('many', Object.fromEntries(names.map((name) => [name, `Entry ${name}`])));
    await one.run(['watch', watched, '--once']);
    await rename(watched, `${watched}-away`);
    expect((await one.run(['watch', watched, '--once'])).code).toBe(1);
    await rename(`${watched}-away`, watched);
    await Promise.all(names.slice(1).map((name) => rm(join(watched, name))));
    const held = await one.json(['watch', watched, '--once']);
    expect(held).toMatchObject({ code: 1, deleted: 0, unconfirmed: 21 });
    expect((await one.json(['list'])).total).toBe(22);
    expect(await one.json(['watch', watched, '--once', '--confirm-deletions'])).toMatchObject({ code: 0, deleted: 21 });
    await rename(watched, `${watched}-away`);
    expect(await one.json(['watch', watched, '--once', '--confirm-deletions'])).toMatchObject({ code: 0, deleted: 1 });
    expect((await one.json(['list'])).total).toBe(0);
  });
});

/** The smallest picture that is one. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

function device(name: string): CommandDevice {
  return new CommandDevice(join(folder, name), server.url);
}

async function signedUp(): Promise<CommandDevice> {
  users += 1;
  const one = device(`user-${users}`);
  await one.run(['sign-up', `user-${users}`, '--password-stdin'], PASSWORD);
  return one;
}

async function folderOf(name: string, files: Record<string, string>): Promise<string> {
  const path = join(folder, `${name}-${createHash('sha256').update(name).digest('hex').slice(0, 6)}`);
  for (const [file, text] of Object.entries(files)) {
    await mkdir(join(path, file, '..'), { recursive: true });
    await writeFile(join(path, file), text);
  }
  return path;
}

async function idsByText(one: CommandDevice): Promise<Record<string, string>> {
  const { entries } = await one.json(['list', '--limit', 'all']);
  return Object.fromEntries(entries.map(({ id, content }: any) => [content, id]));
}
