import { uuidV5 } from '@logdate/client';
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDevice, type OpenDevice } from '../device.js';
import { CommandError, EXIT } from '../exit-codes.js';
import { readTime } from '@logdate/formats/markdown/times';
import { readStdin } from '../password.js';
import type { Command, Context } from './context.js';

interface AddOptions {
  journal?: string;
  date?: string;
  sync: boolean;
}

/** Writes an entry: from the arguments, from standard input, or in an editor. */
export const add: Command<AddOptions, [words: string[]]> = async (context, options, words) => {
  const { settings, terminal, signal } = context;
  const createdAt = options.date === undefined ? undefined : readTime(options.date);
  if (options.date !== undefined && createdAt === undefined) {
    throw new CommandError(
      EXIT.usage,
      `--date "${options.date}" is not a date`,
      'Write it as 2024-05-01 or 2024-05-01T08:30',
    );
  }
  const content = words.length > 0 ? words.join(' ') : await readText(context);
  if (content.trim() === '') throw new CommandError(EXIT.usage, 'There is nothing to add: the text is empty');
  const device = await openDevice(settings, { signal });
  try {
    const saved = await device.db.content.save({
      type: 'TEXT',
      content,
      ...(createdAt !== undefined && { createdAt }),
    });
    if (options.journal !== undefined)
      await device.db.associations.link(await journalId(device, options.journal), saved.id);
    // Without a network it waits here: that is no failure of `add`.
    if (options.sync) await device.db.sync.syncNow();
    const backup = (await device.db.content.get(saved.id))?.backup ?? 'waiting';
    const where =
      backup === 'backed-up' ? 'saved and backed up' : 'saved on this device; the next `logdate sync` sends it';
    terminal.result({ id: saved.id, createdAt: saved.createdAt, backup }, [`Entry ${saved.id.slice(0, 8)} ${where}`]);
    return EXIT.good;
  } finally {
    await device.close();
  }
};

async function readText({ settings, terminal }: Context): Promise<string> {
  if (!terminal.interactive) return readStdin();
  if (settings.editor === undefined) {
    throw new CommandError(
      EXIT.usage,
      'There is no text',
      'Give it as an argument or on standard input, or set EDITOR',
    );
  }
  const folder = await mkdtemp(join(tmpdir(), 'logdate-'));
  try {
    const file = join(folder, 'entry.md');
    await writeFile(file, '', { mode: 0o600 });
    await edit(settings.editor, file);
    return await readFile(file, 'utf8');
  } finally {
    await rm(folder, { recursive: true });
  }
}

// EDITOR may hold arguments (`code --wait`): a shell takes it apart, the file is its own argument.
function edit(editor: string, file: string): Promise<void> {
  const child = spawn(`${editor} "$1"`, ['logdate', file], { stdio: 'inherit', shell: '/bin/sh' });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => {
      if (code === 0) resolve();
      else reject(new CommandError(EXIT.usage, `The editor ended with ${code}; nothing was saved`));
    });
  });
}

async function journalId({ db, store, userId }: OpenDevice, title: string): Promise<string> {
  const journals = await db.journals.list();
  const found = journals.find((journal) => journal.title === title);
  if (found) return found.id;
  const id = uuidV5(userId, title);
  const deleted = await store.transaction('read', ['rows'], (transaction) => transaction.get('rows', ['journal', id]));
  return (await db.journals.save({ ...(deleted ? {} : { id }), title })).id;
}
