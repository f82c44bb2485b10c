/** What must be true of a history: while it is under way, and once all devices have come to rest. */
import { identical } from '../../client/src/merge.js';
import { RESOURCES, type RemoteRow, type RowType } from '../../client/src/resources.js';
import type { Device, Stored } from './device.js';
import type { World } from './history.js';
import { marksIn, rowName } from './ledger.js';

/** After each command: nothing that a device keeps contradicts what its people did. */
export async function checkUnderWay(world: World): Promise<void> {
  for (const device of world.devices) {
    const stored = await device.stored();
    checkQueued(device, stored);
    checkConflicts(world, device, stored);
    if (world.server.isCheap) await checkCursors(world, device, stored);
  }
}

/** Rule 1 and 3: what differs from the server is queued, and nothing is queued that is not there. */
function checkQueued(device: Device, { rows, outbox, conflicts, rejected }: Stored): void {
  const entries = new Map(outbox.map((entry) => [rowName(entry.type, entry.id), entry]));
  const names = new Set(rows.map(({ type, id }) => rowName(type, id)));
  for (const { type, id, body, status, base } of rows) {
    const isBacked =
      base !== null &&
      base.status === status &&
      (status === 'deleted' || (body !== null && base.body !== null && identical(type, body, base.body)));
    const name = rowName(type, id);
    if (!isBacked && !entries.has(name)) fail(`${device.name} has a change of ${name} that is not queued`);
  }
  for (const [name, { held }] of entries) {
    if (!names.has(name)) fail(`${device.name} has ${name} queued, and no such row`);
    const isIn = (records: { type: RowType; id: string }[]): boolean =>
      records.some(({ type, id }) => rowName(type, id) === name);
    if (isIn(conflicts) !== (held === 'conflict'))
      fail(`${device.name} holds ${name} for '${held}', against its conflicts`);
    if (isIn(rejected) !== (held === 'refused'))
      fail(`${device.name} holds ${name} for '${held}', against its refused`);
  }
}

/** Nobody is asked about what one side had before the eyes when writing. */
function checkConflicts({ ledger, restores }: World, device: Device, { conflicts, rows }: Stored): void {
  if (restores > 0) return;
  for (const { type, id, theirs } of conflicts) {
    const name = rowName(type, id);
    if (ledger.actionsOn(name).some(({ kind }) => kind === 'decide')) continue;
    const mine = rows.find((row) => row.type === type && row.id === id);
    const knownHere = ledger.known(device.name, name, marksIn(mine?.body ?? null));
    const knownThere = ledger.known(null, name, marksIn(theirs.body));
    const mineInTheirs = [...knownHere].every((action) => knownThere.has(action));
    if (mineInTheirs || [...knownThere].every((action) => knownHere.has(action))) {
      const sides = JSON.stringify({ mine: mine?.body, theirs });
      fail(`${device.name} asks about ${name} though one side knew the other: ${sides}`);
    }
  }
}

/** Rule 7: a cursor never stands behind a row that was not applied. */
async function checkCursors({ server }: World, device: Device, stored: Stored): Promise<void> {
  const [remotes, epoch] = [await server.rows(), await server.epoch()];
  for (const remote of remotes) {
    const { type, id } = remote;
    const cursor = stored.cursors.find(({ feed }) => feed === RESOURCES[type].feed);
    if (cursor === undefined || cursor.epoch !== epoch || remote.updatedAt > cursor.since) continue;
    const isIt = (one: { type: RowType; id: string }): boolean => one.type === type && one.id === id;
    const row = stored.rows.find(isIt);
    // A device that holds nothing may leave tombstones out.
    if (row === undefined && remote.status === 'deleted') continue;
    const known = [row?.base, row?.theirs, stored.conflicts.find(isIt)?.theirs];
    if (!known.some((one) => one && one.version >= remote.version)) {
      fail(`${device.name} has read beyond ${cursor.since}, but not ${JSON.stringify(remote)}: ${JSON.stringify(row)}`);
    }
  }
}

/** Once nothing moves any more. */
export async function checkAtRest(world: World, { mayHold }: { mayHold: boolean }): Promise<void> {
  const remotes = await world.server.rows();
  const held = new Set<string>();
  const texts: string[] = [];
  for (const device of world.devices) {
    const stored = await device.stored();
    checkEqual(device, stored, remotes, mayHold);
    for (const entry of stored.outbox) held.add(rowName(entry.type, entry.id));
    for (const { type, id, body } of stored.rows) if (held.has(rowName(type, id))) texts.push(...marksIn(body));
    for (const { theirs } of stored.conflicts) texts.push(...marksIn(theirs.body));
  }
  checkNothingLost(world, remotes, texts);
  checkNothingDoubled(world, remotes);
  checkNothingBack(world, remotes, held);
  checkLinks(world, remotes, held);
}

function checkEqual(device: Device, { rows, outbox, conflicts }: Stored, remotes: RemoteRow[], mayHold: boolean): void {
  const entries = new Map(outbox.map((entry) => [rowName(entry.type, entry.id), entry]));
  for (const [name, { held }] of entries) {
    if (held === 'no' || !mayHold) fail(`${device.name} still has ${name} queued, held for '${held}'`);
  }
  const byName = new Map(remotes.map((remote) => [rowName(remote.type, remote.id), remote]));
  for (const row of rows) {
    const name = rowName(row.type, row.id);
    const remote = byName.get(name);
    const conflict = conflicts.find(({ type, id }) => rowName(type, id) === name);
    if (conflict && conflict.theirs.version !== (remote?.version ?? 0))
      fail(`${device.name} shows an old side of ${name}`);
    if (entries.has(name)) continue;
    if (remote === undefined) fail(`${device.name} has ${name}, which the server has not`);
    const isSame =
      row.status === remote.status &&
      row.base?.version === remote.version &&
      (row.status === 'deleted' ||
        (row.body !== null && remote.body !== null && identical(row.type, row.body, remote.body)));
    if (!isSame) fail(`${device.name} and the server differ: ${JSON.stringify(row)} and ${JSON.stringify(remote)}`);
  }
  const names = new Set(rows.map(({ type, id }) => rowName(type, id)));
  for (const [name, { status }] of byName) {
    if (status === 'live' && !names.has(name)) fail(`${device.name} lacks ${name}`);
  }
}

function checkNothingLost({ ledger, restores }: World, remotes: RemoteRow[], held: string[]): void {
  const there = new Set([...remotes.flatMap(({ body }) => marksIn(body)), ...held]);
  // To a device that reconciles a tombstone counts as the row, also where the words under it were lost: section 5.
  const deleted = new Set(
    remotes.filter(({ status }) => status === 'deleted').map(({ type, id }) => rowName(type, id)),
  );
  for (const { mark, leaver } of ledger.marksToBeThere()) {
    if (restores > 0 && deleted.has(leaver.row)) continue;
    if (!there.has(mark)) fail(`${mark} is lost, which ${leaver.device} left in ${leaver.row}`);
  }
}

function checkNothingDoubled({ created, keptBoth, restores }: World, remotes: RemoteRow[]): void {
  const live = remotes.filter(({ status }) => status === 'live');
  for (const { type, id, body } of live) {
    const marks = marksIn(body);
    if (new Set(marks).size < marks.length) fail(`${rowName(type, id)} says something twice: ${JSON.stringify(body)}`);
  }
  if (keptBoth) return;
  const words = live.filter(({ body }) => marksIn(body).length > 0);
  for (const [place, one] of words.entries()) {
    if (restores === 0 && !created.has(rowName(one.type, one.id))) fail(`Nobody made ${JSON.stringify(one)}`);
    const double = words
      .slice(place + 1)
      .find((other) => other.type === one.type && identical(one.type, one.body, other.body));
    if (double) fail(`${one.id} and ${double.id} say the same: ${JSON.stringify(one.body)}`);
  }
}

function checkNothingBack({ ledger, restores, created }: World, remotes: RemoteRow[], held: ReadonlySet<string>): void {
  // A restored server has forgotten deletes as well; the protocol lets the newer write win.
  if (restores > 0) return;
  for (const { type, id, body, status } of remotes) {
    const name = rowName(type, id);
    if (held.has(name) || !created.has(name)) continue;
    if (status === 'live' && ledger.mustBeGone(name)) fail(`${name} is back, which nobody touched since its delete`);
    const gone = new Set(ledger.marksToBeGone(name));
    const back = marksIn(body).find((mark) => gone.has(mark));
    if (back !== undefined) fail(`${back} is back in ${name}: ${JSON.stringify(body)}`);
  }
}

function checkLinks({ linked, unlinked }: World, remotes: RemoteRow[], held: ReadonlySet<string>): void {
  for (const id of linked) {
    if (unlinked.has(id) || held.has(rowName('association', id))) continue;
    const link = remotes.find((remote) => remote.type === 'association' && remote.id === id);
    if (link?.status !== 'live') fail(`The link ${id} is lost`);
  }
}

function fail(why: string): never {
  throw new Error(why);
}
