// The export on its way: up from one device while the server is killed, down to another, and up once more.
import { setTimeout as delay } from 'node:timers/promises';
import type { DayOneJournal } from './day-one.js';
import type { Device, Outcome } from './device.js';
import { showProgress, type Report } from './report.js';
import { differences, mutationsOf, type Body, type Mutation } from './rows.js';
import type { ServerProcess } from './server-process.js';

/** Rows in one push and in one page: small exports are cut small too, so that the transfer has a middle. */
export interface Sizes {
  batch: number;
  page: number;
}

/** Sends everything from A. Half-way one answer is lost and the server is killed with the next push on its way. */
export async function upload(
  a: Device,
  mutations: Mutation[],
  sizes: Sizes,
  server: ServerProcess,
  report: Report,
): Promise<void> {
  const total = mutations.length;
  // Nothing is there to fetch, but the epoch comes with it: a server that lost history in the crash is then found out.
  await a.pull(sizes.page);
  a.outbox.push(...mutations);
  const firstHalf = await pushUntil(a, total / 2, total, sizes.batch);
  const crash = await killInMidPush(a, sizes.batch, server);

  await a.pull(sizes.page);
  const stored = [...firstHalf, ...crash.lost, ...crash.answered].filter(isAccepted);
  const stampsHeld = new Set([...a.rows.values()].map(stampOf));
  const kept = stored.filter((outcome) => stampsHeld.has(stampOf(outcome)));
  const before = `${stored.length} rows before`;
  report.check('server killed in mid-upload', `${before}, ${stored.length} after`, `${before}, ${kept.length} after`);

  const secondHalf = await pushUntil(a, 0, total, sizes.batch);
  const resent = secondHalf.slice(0, crash.lost.length);
  const firstStamps = new Set(crash.lost.map(stampOf));
  const same = resent.filter((outcome) => outcome.status === 'DUPLICATE' && firstStamps.has(stampOf(outcome)));
  report.check(
    'lost answer: pushed again',
    `${crash.lost.length} DUPLICATE, first stamps`,
    `${same.length} DUPLICATE, first stamps`,
  );

  const outcomes = [...firstHalf, ...secondHalf];
  checkAccepted('device A sends the export', mutations, outcomes, report);
}

/** B fetches everything from 0, page by page, and holds it against the export. */
export async function download(b: Device, original: Map<string, Body>, sizes: Sizes, report: Report): Promise<void> {
  const progress = showProgress('Device B fetches', original.size);
  const pulled = await b.pull(sizes.page, (received) => progress.update(received));
  progress.stop();
  console.log(
    `  Device B fetched ${pulled.changed.length} rows in ${pulled.pages} pages of up to ${sizes.page} a kind`,
  );
  report.check(
    'device B fetches by cursor',
    `${original.size} rows received`,
    `${pulled.changed.length} rows received`,
  );
  compareRows('row by row: B against the export', original, b.rows, report);
}

/** B sends the same export as new mutations: the rows have the same ids, so nothing may be added or changed. */
export async function importAgain(
  b: Device,
  journals: DayOneJournal[],
  original: Map<string, Body>,
  sizes: Sizes,
  report: Report,
): Promise<void> {
  const mutations = mutationsOf(journals, b.userId);
  b.outbox.push(...mutations);
  const outcomes = await pushUntil(b, 0, original.size, sizes.batch);
  checkAccepted('device B sends the same export', mutations, outcomes, report);
  await b.pull(sizes.page);
  compareRows('nothing changed by it', original, b.rows, report);

  const count = (verb: string) => [...original.keys()].filter((key) => key.startsWith(verb)).length;
  const { journalCount, contentCount, associationCount } = await b.counts();
  report.check(
    "nothing doubled: server's count",
    `${count('saveJournal')} + ${count('saveContent')} + ${count('linkContent')} rows`,
    `${journalCount} + ${contentCount} + ${associationCount} rows`,
  );
}

/** A line about two sets of rows: every row of one is in the other with the same fields, and none beside. */
export function compareRows(
  line: string,
  expected: Map<string, Body>,
  actual: Map<string, Body>,
  report: Report,
): void {
  const found = differences(expected, actual);
  report.check(line, `${expected.size} rows, 0 differences`, `${actual.size} rows, ${found.length} differences`);
  report.explain(line, found);
}

/** Pushes until at most `rest` mutations are left, and shows how far of `total` it is. */
async function pushUntil(device: Device, rest: number, total: number, batch: number): Promise<Outcome[]> {
  const progress = showProgress(`${device.name} sends  `, total, total - device.outbox.length);
  const outcomes: Outcome[] = [];
  while (device.outbox.length > rest) {
    const came = await device.push(batch);
    if (came.length === 0) throw new Error('A push came back without outcomes');
    outcomes.push(...came);
    progress.update(total - device.outbox.length);
  }
  progress.stop();
  return outcomes;
}

/** One push whose answer the device never reads, one on its way, then SIGKILL, and a new start. */
async function killInMidPush(
  device: Device,
  batch: number,
  server: ServerProcess,
): Promise<{ lost: Outcome[]; answered: Outcome[] }> {
  const sentAt = Date.now();
  const lost = await device.send(device.nextBatch(batch));
  const tookMs = Date.now() - sentAt;

  const next = device.nextBatch(batch, lost.length);
  const inFlight = device.send(next).catch(() => undefined);
  await delay(tookMs / 2);
  await server.kill();
  const answered = await inFlight;
  const state = answered ? 'answered a moment before' : 'on their way';
  const restartedAt = Date.now();
  await server.start();
  const restart = `started again in ${((Date.now() - restartedAt) / 1000).toFixed(1)} s`;
  console.log(`  Server killed (SIGKILL), ${lost.length} answers lost, ${next.length} rows ${state}; ${restart}`);
  return { lost, answered: answered ?? [] };
}

function checkAccepted(line: string, mutations: Mutation[], outcomes: Outcome[], report: Report): void {
  const refused = outcomes.filter((outcome) => !isAccepted(outcome));
  const accepted = outcomes.length - refused.length;
  report.check(line, `${mutations.length} accepted, 0 refused`, `${accepted} accepted, ${refused.length} refused`);
  const sources = new Map(mutations.map(({ mutationId, source }) => [mutationId, source]));
  report.explain(
    line,
    refused.map(({ mutationId, status, code, message }) => {
      return `${sources.get(mutationId)}: ${[status, code, message].filter(Boolean).join(' ')}`;
    }),
  );
}

function isAccepted({ status }: Outcome): boolean {
  return status === 'APPLIED' || status === 'DUPLICATE';
}

function stampOf({ mutationId, serverVersion }: { mutationId: string; serverVersion: number | null }): string {
  return `${mutationId} ${serverVersion}`;
}
