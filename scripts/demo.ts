// npm run demo [-- path]: the main job from end to end, as two devices of one person and a stranger live it.
// The server is the built one on its embedded database; every figure comes from its answers.
import { randomUUID } from 'node:crypto';
import { join, relative, resolve } from 'node:path';
import { countMedia, countUnmappedFields, readDayOne, type DayOneJournal } from './demo/day-one.js';
import { Device } from './demo/device.js';
import { compareCopies, deleteOnOne, editOnBoth, refuseStrangers } from './demo/edits.js';
import { photosOf, sendPhotos } from './demo/photos.js';
import { Report } from './demo/report.js';
import { keyOf, mutationsOf, type Body, type Mutation } from './demo/rows.js';
import { ServerProcess } from './demo/server-process.js';
import { download, importAgain, upload } from './demo/transfer.js';

const SAMPLE = join(import.meta.dirname, '../../samples/garden-year');
const LARGEST_STEP = 100;

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
  const journals = await readDayOne(path);
  printExport(path, journals);
  await startServer();

  const report = new Report();
  const a = new Device(server.url, 'Device A');
  const b = new Device(server.url, 'Device B');
  const account = ['demo', randomUUID()] as const;
  await a.signUp(...account);
  const mutations = mutationsOf(journals, a.userId);
  const original = new Map<string, Body>(mutations.map(({ verb, body }) => [keyOf(verb, body), body]));
  const [edited, deleted] = twoEntries(mutations);
  const step = Math.min(LARGEST_STEP, Math.ceil(mutations.length / 10));
  const sizes = { batch: step, page: step };

  await upload(a, mutations, sizes, server, report);
  await b.signIn(...account);
  await download(b, original, sizes, report);
  await sendPhotos(a, b, path, photosOf(journals, a.userId), report);
  await importAgain(b, journals, original, sizes, report);
  await editOnBoth(a, b, edited, sizes.page, report);
  await deleteOnOne(a, b, deleted, sizes.page, report);
  await refuseStrangers(a, edited, report);
  await compareCopies(a, b, sizes.page, report);

  printLeftOut(journals);
  const holds = report.print();
  console.log(`Took ${secondsSince(startedAt)}; the server and its folder are gone afterwards`);
  return holds;
}

function twoEntries(mutations: Mutation[]): [Mutation, Mutation] {
  const [first, second] = mutations.filter(({ verb }) => verb === 'saveContent');
  if (!first || !second) throw new Error('The export needs two entries: one is edited, another deleted');
  return [first, second];
}

async function startServer(): Promise<void> {
  const since = Date.now();
  await server.start();
  console.log(`  Server    ${server.url}, embedded database, empty folder; started in ${secondsSince(since)}\n`);
}

function printExport(path: string, journals: DayOneJournal[]): void {
  const entries = journals.flatMap((journal) => journal.entries);
  const characters = entries.reduce((sum, { text }) => sum + text.length, 0);
  const days = entries.map(({ createdAt }) => createdAt).sort((x, y) => x - y);
  const [from, to] = [days[0] ?? 0, days.at(-1) ?? 0].map((day) => new Date(day).toISOString().slice(0, 10));
  console.log(`  Export    ${relative(process.cwd(), path) || path}`);
  console.log(
    `            ${count(journals.length, 'journal')}, ${entries.length} entries, ${characters} characters, ${from} to ${to}`,
  );
}

/** What the export holds and the server was not given, so that nobody thinks it is backed up. */
function printLeftOut(journals: DayOneJournal[]): void {
  const media = countMedia(journals).filter(({ field }) => field !== 'photos');
  const fields = countUnmappedFields(journals);
  console.log('\n  Not sent:');
  for (const { field, items, entries } of media) {
    const what = `${items} ${field} in ${entries} ${entries === 1 ? 'entry' : 'entries'}`;
    console.log(`  ${what} were left out: the demo sends photos only`);
  }
  const list = fields.map(({ field, entries }) => `${field} (${entries})`).join(', ') || 'none';
  console.log(`  Day One fields that the model has no place for, with the number of entries: ${list}`);
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
