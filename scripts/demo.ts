// npm run demo [-- path]: the main job from end to end, as two devices of one person and a stranger live it.
// The server is the built one on its embedded database; every figure comes from its answers.
import { randomUUID } from 'node:crypto';
import { join, relative, resolve } from 'node:path';
import type { ImportItems } from '@logdate/formats/import/items';
import { openImport } from '@logdate/formats/import/open-import';
import { openDevice, startSession, type OpenDevice } from 'logdate/device';
import { openExport } from 'logdate/import/export-on-disk';
import { compareCopies, deleteOnOne, editOnBoth, refuseStrangers } from './demo/edits.js';
import { LossyLine } from './demo/lossy-line.js';
import { comparePhotos } from './demo/photos.js';
import { Report } from './demo/report.js';
import { ServerProcess } from './demo/server-process.js';
import { download, importAgain, upload } from './demo/transfer.js';

const SAMPLE = join(import.meta.dirname, '../../samples/garden-year');

const startedAt = Date.now();
let interrupted = false;
const server = await ServerProcess.create();
process.once('SIGINT', () => void stopEarly(130));
process.once('SIGTERM', () => void stopEarly(143));
try {
  const holds = await demo(resolve(process.argv[2] ?? SAMPLE));
  process.exitCode = holds ? 0 : 1;
} catch (error) {
  if (!interrupted) console.error(`\nThe demo ended early. ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
} finally {
  await server.remove();
}

/** Tells the story and prints its table. True when every line holds. */
async function demo(path: string): Promise<boolean> {
  console.log('LogDate Cloud: a journal goes from one device to another\n');
  // Looked at before anything is started; the ids of this look belong to nobody.
  const { items: seen, close } = await openImport(await openExport(path), randomUUID());
  await close();
  printExport(path, seen);
  twoEntries(seen);
  await startServer();

  const account = ['demo', randomUUID()] as const;
  const line = new LossyLine();
  const a = await deviceOf('a', 'sign-up', account, line);
  const b = await deviceOf('b', 'sign-in', account);
  const { items, close: closeExport } = await openImport(await openExport(path), a.userId);
  try {
    const report = new Report();
    const [edited, deleted] = twoEntries(items);
    await upload(a, items, { line, server, report });
    await download(b, items, report);
    await comparePhotos(b, items.files, report);
    await importAgain(b, items, report);
    await editOnBoth(a, b, edited, report);
    await deleteOnOne(a, b, deleted, report);
    await refuseStrangers(server.url, account, edited, report);
    await compareCopies(a, b, a.userId, report);
    printLeftOut(items);
    const holds = report.print();
    console.log(`Took ${secondsSince(startedAt)}; the server and its folder are gone afterwards`);
    return holds;
  } finally {
    await closeExport();
    await a.close();
    await b.close();
  }
}

/** One to edit, which has words to edit between, and another one to delete. */
function twoEntries({ entries }: ImportItems): [string, string] {
  const edited = entries.find(({ content }) => content?.trim()) ?? entries[0];
  const deleted = entries.find((entry) => entry !== edited);
  if (!edited || !deleted) throw new Error('The export needs two entries: one is edited, another deleted');
  return [edited.id, deleted.id];
}

/** A device with a database of its own, in the folder that is removed at the end. */
async function deviceOf(
  name: string,
  how: 'sign-up' | 'sign-in',
  [username, password]: readonly [string, string],
  line?: LossyLine,
): Promise<OpenDevice> {
  const settings = { dataFolder: join(server.folder, name), server: server.url };
  await startSession(settings, how, { username, password });
  return openDevice(settings, line && { through: (transport) => line.through(transport) });
}

async function startServer(): Promise<void> {
  const since = Date.now();
  await server.start();
  console.log(`  Server    ${server.url}, embedded database, empty folder; started in ${secondsSince(since)}\n`);
}

function printExport(path: string, { journals, entries }: ImportItems): void {
  const characters = entries.reduce((sum, { content }) => sum + (content ?? '').length, 0);
  const days = entries.map(({ createdAt }) => createdAt).sort((x, y) => x - y);
  const [from, to] = [days[0] ?? 0, days.at(-1) ?? 0].map((day) => new Date(day).toISOString().slice(0, 10));
  console.log(`  Export    ${relative(process.cwd(), path) || path}`);
  console.log(
    `            ${count(journals.length, 'journal')}, ${entries.length} entries, ${characters} characters, ${from} to ${to}`,
  );
}

/** What the export holds and the server was not given, so that nobody thinks it is backed up. */
function printLeftOut({ leftOut, broken }: ImportItems): void {
  const list = leftOut.map(({ field, entries }) => `${field} (${entries})`).join(', ') || 'none';
  console.log(`\n  Day One fields that the model has no place for, with the number of entries: ${list}`);
  for (const one of broken) console.log(`  Left out: ${one}`);
}

async function stopEarly(exitCode: number): Promise<void> {
  interrupted = true;
  await server.remove();
  process.exit(exitCode);
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

function secondsSince(time: number): string {
  return `${((Date.now() - time) / 1000).toFixed(1)} s`;
}
