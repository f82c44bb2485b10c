// The export on its way: into device A, up while the server is killed, down to device B, and in once more.
import type { ImportItems } from '@logdate/formats/import/items';
import { planImport, readPresent, type ImportPlan } from '@logdate/formats/import/plan';
import { writeImport } from '@logdate/formats/import/write-import';
import { readSnapshot } from '@logdate/formats/snapshot';
import type { OpenDevice } from 'logdate/device';
import { runSync } from 'logdate/commands/sync';
import { withBars } from 'logdate/progress-bars';
import { processTerminal } from 'logdate/terminal';
import type { LossyLine } from './lossy-line.js';
import type { Report } from './report.js';
import type { ServerProcess } from './server-process.js';

/** Bars go to stderr, where a person looks. */
export const terminal = processTerminal(false);

/** Imports and sends everything from A. Half-way the server stores a push, and is killed before A hears of it. */
export async function upload(
  a: OpenDevice,
  items: ImportItems,
  { line, server, report }: { line: LossyLine; server: ServerProcess; report: Report },
): Promise<void> {
  const plan = planImport(items, await readPresent(a.store, items));
  const [first, second] = halves(plan);
  await withBars(terminal, (show) => writeImport(a.db, first, show));
  await runSync(a, terminal);
  await withBars(terminal, (show) => writeImport(a.db, second, show));

  line.loseNext(() => server.kill());
  const cut = await runSync(a, terminal);
  const waiting = cut.unsynced;
  console.log(
    `  Server killed (SIGKILL) before its answer for ${line.lost.length} rows was read; A keeps ${waiting} rows`,
  );
  await server.start();

  const stored = line.received.length + line.lost.length;
  const held = await countWords(a);
  report.check(
    'server killed in mid-upload',
    `${stored} rows before, ${stored} after`,
    `${stored} rows before, ${held} after`,
  );
  const before = line.received.length;
  const sent = await runSync(a, terminal);
  const firstVersions = new Map(line.lost.map(({ mutationId, version }) => [mutationId, version]));
  const again = line.received.slice(before).filter(({ mutationId, status, version }) => {
    return status === 'DUPLICATE' && firstVersions.get(mutationId) === version;
  });
  report.check(
    'lost answer: sent again',
    `${line.lost.length} DUPLICATE, first versions`,
    `${again.length} DUPLICATE, first versions`,
  );
  report.check(
    'device A has sent the export',
    '0 waiting, 0 refused',
    `${sent.unsynced + sent.files.waiting} waiting, ${sent.refused} refused`,
  );
}

/** B fetches everything, and is held against the export: every field of every row. */
export async function download(b: OpenDevice, items: ImportItems, report: Report): Promise<void> {
  const total = items.journals.length + items.entries.length + items.links.length + items.files.length;
  const { pulled } = await runSync(b, terminal);
  report.check('device B fetches by cursor', `${total} rows received`, `${pulled} rows received`);
  const { entries, journals, links } = await readSnapshot(b.store);
  const words = items.journals.length + items.entries.length + items.links.length;
  const plan = planImport(items, await readPresent(b.store, items));
  const edited = new Map(entries.map(({ id, row }) => [id, row.clientUpdatedAt]));
  const otherTime = items.entries.filter(({ id, clientUpdatedAt }) => edited.get(id) !== clientUpdatedAt);
  const differing = plan.journals.length + plan.entries.length + plan.links.length + plan.editedHere + otherTime.length;
  report.check(
    'row by row: B against the export',
    `${words} rows, 0 differences`,
    `${entries.length + journals.length + links.length} rows, ${differing} differences`,
  );
}

/** B imports the same export: nothing is saved, nothing waits to be sent, and the server counts no more than before. */
export async function importAgain(b: OpenDevice, items: ImportItems, report: Report): Promise<void> {
  const plan = planImport(items, await readPresent(b.store, items));
  await withBars(terminal, (show) => writeImport(b.db, plan, show));
  const { unsynced } = await runSync(b, terminal);
  const written = plan.journals.length + plan.entries.length + plan.links.length + plan.files.length;
  report.check(
    'device B imports the same export',
    '0 rows written, 0 sent',
    `${written} rows written, ${unsynced} sent`,
  );
  const { journals, entries, links } = await b.totals();
  report.check(
    "nothing doubled: server's count",
    `${items.journals.length} + ${items.entries.length} + ${items.links.length} rows`,
    `${journals} + ${entries} + ${links} rows`,
  );
}

async function countWords(device: OpenDevice): Promise<number> {
  const { journals, entries, links } = await device.totals();
  return journals + entries + links;
}

function halves(plan: ImportPlan): [ImportPlan, ImportPlan] {
  const middle = Math.ceil(plan.entries.length / 2);
  return [
    { ...plan, entries: plan.entries.slice(0, middle), links: plan.links.slice(0, middle), files: [] },
    { ...plan, journals: [], entries: plan.entries.slice(middle), links: plan.links.slice(middle) },
  ];
}
