/** Plays a history: three devices of one user, a server, lines that break, people who write. */
import { associationId, type Body, type RemoteRow, type RowType } from '../../client/src/resources.js';
import type { LocalStore } from '../../client/src/store.js';
import type { LocalRow } from '../../client/src/tables.js';
import type { Transport } from '../../client/src/transport.js';
import type { Command, Fate, History, ResolutionKind } from './commands.js';
import { Device, type Surroundings } from './device.js';
import { Ledger, marksIn, rowName } from './ledger.js';
import { ManualClock } from './manual-clock.js';
import { edited, mended, mergedByHand } from './texts.js';
import { checkAtRest, checkUnderWay } from './verdict.js';

/** The server of a history: the model, or the real one. */
export interface HistoryServer {
  transport: Transport;
  /** Rows and tombstones of the user, in stamp order. */
  rows(): Promise<RemoteRow[]>;
  epoch(): Promise<string>;
  backup(): Promise<unknown>;
  restore(backup: unknown): Promise<void>;
  /** Whether asking for its rows after each command costs nothing. */
  isCheap: boolean;
}

/** What a history is played on. */
export interface Stage {
  server: HistoryServer;
  clock: ManualClock;
  openStorage(): LocalStore;
  open: Surroundings['open'];
  /** A uuid that nobody has yet. */
  newId: () => string;
  /** Ends all faults of the line, once the history has been played. */
  heal?(): void;
}

/** What people and the history know. */
export interface World {
  devices: Device[];
  server: HistoryServer;
  ledger: Ledger;
  /** Rows that people created; others are copies. */
  created: Set<string>;
  /** Links that somebody made, and those that somebody may have undone. */
  linked: Set<string>;
  unlinked: Set<string>;
  restores: number;
  /** Whether somebody chose to keep both sides of a conflict. */
  keptBoth: boolean;
}

const WRITTEN: readonly RowType[] = ['journal', 'content'];
const TEN_MINUTES = 600_000;

/** An entry that all devices have. */
const SHARED: readonly Command[] = [
  { do: 'create', device: 0, tab: 0, kind: 'content' },
  ...[0, 1, 2].map((device) => ({ do: 'sync', device, tab: 0, directions: 'both' }) as const),
];

export async function play(
  history: History,
  stage: Stage,
  tell: (line: string) => void = () => undefined,
): Promise<void> {
  const { server, clock, newId, open } = stage;
  const around: Surroundings = { server: server.transport, clock, newId, open, pageRows: history.pageRows };
  const devices = history.skews.map(
    (skew, index) => new Device(`device-${index + 1}`, stage.openStorage(), around, skew),
  );
  const world: World = {
    devices,
    server,
    ledger: new Ledger(),
    created: new Set(),
    linked: new Set(),
    unlinked: new Set(),
    restores: 0,
    keptBoth: false,
  };
  const player = new Player(world, stage, tell);
  for (const command of [...(history.isShared ? SHARED : []), ...history.commands]) {
    tell(JSON.stringify(command));
    await player.play(command);
    clock.advance(1_000);
    await checkUnderWay(world);
  }
  tell('everything comes to rest');
  stage.heal?.();
  await player.openLines();
  await player.rest();
  await checkAtRest(world, { mayHold: true });
  tell('everything is decided');
  await player.decideAll(history.decisions);
  await checkAtRest(world, { mayHold: false });
}

class Player {
  private readonly backups: unknown[] = [];

  constructor(
    private readonly world: World,
    private readonly stage: Stage,
    private readonly tell: (line: string) => void,
  ) {}

  async play(command: Command): Promise<void> {
    await this.do(command);
    for (const device of this.world.devices) await this.lookOnce(device);
  }

  /** Who finds a conflict looks at it once, and may decide much later. */
  private async lookOnce(device: Device): Promise<void> {
    const { conflicts } = await device.stored();
    const isOf = (one: { type: RowType; id: string }) => (other: { type: RowType; id: string }) =>
      one.type === other.type && one.id === other.id;
    device.looked = device.looked.filter((shown) => conflicts.some(isOf(shown)));
    if (conflicts.every((conflict) => device.looked.some(isOf(conflict)))) return;
    const now = await this.conflicts(device);
    device.looked.push(...now.filter((shown) => !device.looked.some(isOf(shown))));
  }

  private async do(command: Command): Promise<void> {
    if (command.do === 'backup') {
      this.backups.push(await this.world.server.backup());
      return;
    }
    if (command.do === 'restore') return this.restore(command.backup);
    if (command.do === 'clash') return this.clash(command);
    const device = this.device(command.device);
    switch (command.do) {
      case 'create':
        return this.save(device, command.tab, command.kind, this.stage.newId(), { how: 'append', at: 1 });
      case 'edit': {
        const row = await this.choose(device, command.row);
        if (row === undefined || (row.status === 'deleted' && command.at !== 0)) return;
        return this.save(device, command.tab, row.type, row.id, command);
      }
      case 'delete': {
        const row = await this.choose(device, command.row);
        return row?.status === 'live' ? this.delete(device, command.tab, row) : undefined;
      }
      case 'link':
      case 'unlink':
        return this.link(device, command);
      case 'run':
        return device.beginRun(command.tab, command.directions);
      case 'finish':
        return device.finishRun(command.tab);
      case 'sync':
        await device.beginRun(command.tab, command.directions);
        return device.finishRun(command.tab);
      case 'part':
        return this.part(device, command);
      case 'line':
        return this.line(device, command.tab, command.fate);
      case 'late':
        return device.arriveLate();
      case 'crash':
        return device.dieAfter(command.tab, command.after);
      case 'look':
        device.looked = await this.conflicts(device);
        return;
      case 'resolve':
        return this.resolve(device, command);
      case 'retry':
      case 'discard':
        return this.decideRefused(device, command.do, command.refused);
    }
  }

  /** Whatever was under way comes to its end, late requests too. */
  async openLines(): Promise<void> {
    for (const device of this.world.devices) {
      for (const tab of [0, 1]) {
        device.dieAfter(tab, Infinity);
        await device.finishRun(tab);
      }
      while (device.arrivingLate > 0) await device.arriveLate();
    }
  }

  /** All devices run until nothing changes any more. */
  async rest(): Promise<void> {
    let before = '';
    for (let rounds = 0; rounds < 15; rounds += 1) {
      this.stage.clock.advance(TEN_MINUTES);
      for (const device of this.world.devices) {
        await device.beginRun(0);
        await device.finishRun(0);
      }
      const now = await this.everything();
      if (now === before) return;
      before = now;
    }
    throw new Error('The devices never come to rest');
  }

  /** People decide what is held, until nothing is. */
  async decideAll(decisions: number[]): Promise<void> {
    for (let round = 0; round < 12; round += 1) {
      let held = 0;
      for (const [index, device] of this.world.devices.entries()) {
        const decision = round > 8 ? 1 : (decisions[(round + index) % decisions.length] ?? 0);
        const { conflicts, rejected } = await device.stored();
        held += conflicts.length + rejected.length;
        const how = (['mine', 'theirs', 'both', 'merged'] as const)[decision % 4] ?? 'theirs';
        for (let left = conflicts.length; left > 0; left -= 1) {
          await this.resolve(device, { conflict: 0, how, stale: false });
        }
        for (let left = rejected.length; left > 0; left -= 1) {
          if (decision % 3 === 0) await this.decideRefused(device, 'discard', 0);
          else await this.mend(device);
        }
      }
      if (held === 0) return;
      await this.rest();
    }
    throw new Error('There is always something left to decide');
  }

  private device(index: number): Device {
    return this.world.devices[index % this.world.devices.length] as Device;
  }

  /** One of the journals and entries that a device has, in the order in which they were created. */
  private async choose(device: Device, index: number): Promise<LocalRow | undefined> {
    const order = [...this.world.created];
    const rows = (await device.stored()).rows
      .filter(({ type }) => WRITTEN.includes(type))
      .toSorted((a, b) => order.indexOf(rowName(a.type, a.id)) - order.indexOf(rowName(b.type, b.id)));
    return rows[index % rows.length];
  }

  private async save(
    device: Device,
    tab: number,
    type: RowType,
    id: string,
    edit: Parameters<typeof edited>[2],
  ): Promise<void> {
    const before = await device.row(type, id);
    const mark = this.world.ledger.newMark();
    const fields = edited(type, before?.body ?? {}, edit, mark);
    this.tell(
      `  ${device.name} writes ${mark} in ${type} ${id}: ${JSON.stringify(before?.body)} becomes ${JSON.stringify(fields)}`,
    );
    const row = rowName(type, id);
    const ended = await device.attempt(tab, ({ edits }) => edits.save(type, [{ id, fields }]));
    if (ended === 'died' && !marksIn((await device.row(type, id))?.body ?? null).includes(mark)) return;
    this.world.created.add(row);
    const seen = marksIn(before?.body ?? null);
    this.world.ledger.record(
      { device: device.name, row, kind: 'save' },
      seen,
      marksIn({ ...before?.body, ...fields } as Body),
    );
  }

  private async delete(device: Device, tab: number, { type, id, body }: LocalRow): Promise<void> {
    this.tell(`  ${device.name} deletes ${type} ${id}: ${JSON.stringify(body)}`);
    const ended = await device.attempt(tab, ({ edits }) => edits.delete(type, id));
    if (ended === 'died' && (await device.row(type, id))?.status === 'live') return;
    this.world.ledger.record({ device: device.name, row: rowName(type, id), kind: 'delete' }, marksIn(body), []);
    // Links of an entry that was never sent go with it.
    for (const link of this.world.linked) if (link.includes(id)) this.world.unlinked.add(link);
  }

  private async link(device: Device, command: Extract<Command, { do: 'link' | 'unlink' }>): Promise<void> {
    const ids = (type: RowType): string[] =>
      [...this.world.created].filter((row) => row.startsWith(type)).map((row) => row.slice(type.length + 1));
    const [journals, contents] = [ids('journal'), ids('content')];
    const journalId = journals[command.journal % journals.length];
    const contentId = contents[command.content % contents.length];
    if (journalId === undefined || contentId === undefined) return;
    const id = associationId(journalId, contentId);
    if (command.do === 'unlink') {
      if ((await device.row('association', id))?.status !== 'live') return;
      this.world.unlinked.add(id);
      await device.attempt(command.tab, ({ edits }) => edits.delete('association', id));
      return;
    }
    const fields = { journalId, contentId };
    await device.attempt(command.tab, ({ edits }) => edits.save('association', [{ id, fields }]));
    if ((await device.row('association', id))?.status === 'live') this.world.linked.add(id);
  }

  private async clash({ first, second, row, at }: Extract<Command, { do: 'clash' }>): Promise<void> {
    const edit = { do: 'edit', tab: 0, row, at, how: 'within' } as const;
    for (const device of [first, second]) await this.do({ ...edit, device });
    for (const device of [first, second]) await this.do({ do: 'sync', device, tab: 0, directions: 'both' });
  }

  private async part(device: Device, command: Extract<Command, { do: 'part' }>): Promise<void> {
    await device.beginRun(command.tab, command.directions);
    for (let step = 0; step < command.steps; step += 1) await this.line(device, command.tab, 'on');
    if (command.breaks) await this.line(device, command.tab, 'lose');
  }

  private async line(device: Device, tab: number, fate: Fate): Promise<void> {
    const line = device.line(tab);
    if (fate === 'on') await line.step();
    else if (fate === 'repeat') await line.repeat();
    else if (fate === 'lose') line.lose();
    else if (fate === 'delay') line.delay();
    else line.fail('UNAVAILABLE', 5_000);
    return device.settle();
  }

  private async restore(index: number): Promise<void> {
    if (this.backups.length === 0) return;
    this.world.restores += 1;
    await this.world.server.restore(this.backups[index % this.backups.length]);
  }

  private async conflicts(device: Device): Promise<Device['looked']> {
    const listed = await device.attempt(0, ({ decisions }) => decisions.conflicts());
    return listed === 'died' ? [] : listed.value;
  }

  private async resolve(
    device: Device,
    command: { conflict: number; how: ResolutionKind; stale: boolean },
  ): Promise<void> {
    const shown = command.stale ? device.looked : await this.conflicts(device);
    const conflict = shown[command.conflict % shown.length];
    if (conflict === undefined) return;
    const { type, id, theirs, theirsVersion } = conflict;
    const stored = (await device.stored()).conflicts.find((one) => one.type === type && one.id === id);
    const row = await device.row(type, id);
    const mine = row?.status === 'live' ? row.body : null;
    const { how } = command;
    const theirBody = theirs.body ?? {};
    const resolution =
      how === 'merged' ? { merged: mergedByHand(type, mine, theirBody, this.world.ledger.newMark()) } : how;
    this.tell(
      `  ${device.name} decides on ${type} ${id}: ${JSON.stringify(resolution)} of ${JSON.stringify({ mine, theirs })}`,
    );
    const answered = await device.attempt(0, ({ decisions }) => decisions.resolve(type, id, resolution, theirsVersion));
    const left = (await device.stored()).conflicts.some((one) => one.type === type && one.id === id);
    const isResolved = answered === 'died' ? stored !== undefined && !left : answered.value === 'resolved';
    if (answered !== 'died' && isResolved !== (stored?.theirs.version === theirsVersion)) {
      throw new Error(
        `${device.name}: a conflict seen at ${theirsVersion} is ${answered.value}, and it is at ${stored?.theirs.version}`,
      );
    }
    if (!isResolved) return;
    const [ours, others] = [marksIn(mine), marksIn(theirs.body)];
    const kept = {
      mine: ours,
      theirs: others,
      both: [...ours, ...others],
      merged: typeof resolution === 'object' ? marksIn(resolution.merged) : [],
    };
    if (how === 'both') this.world.keptBoth = true;
    this.world.ledger.record(
      { device: device.name, row: rowName(type, id), kind: 'decide' },
      [...ours, ...others],
      kept[how],
    );
  }

  private async decideRefused(device: Device, how: 'retry' | 'discard', index: number): Promise<void> {
    const { rejected } = await device.stored();
    const refused = rejected[index % rejected.length];
    if (refused === undefined) return;
    const { type, id } = refused;
    const before = await device.row(type, id);
    this.tell(`  ${device.name} gives up ${type} ${id}: ${JSON.stringify(before)}`);
    const ended = await device.attempt(0, ({ decisions }) => decisions[how](type, id));
    if (how === 'retry') return;
    const isLeft = (await device.stored()).rejected.some((one) => one.type === type && one.id === id);
    if (ended === 'died' && isLeft) return;
    const action = { device: device.name, row: rowName(type, id), kind: 'decide' as const };
    this.world.ledger.record(action, marksIn(before?.body ?? null), marksIn(before?.base?.body ?? null));
  }

  private async mend(device: Device): Promise<void> {
    const refused = (await device.stored()).rejected[0];
    if (refused === undefined) return;
    await this.save(device, 0, refused.type, refused.id, { how: 'append', at: 0 });
    const row = await device.row(refused.type, refused.id);
    if (row?.body && mended(JSON.stringify(row.body)).includes('x'.repeat(700))) throw new Error('It was not mended');
  }

  /** All that is stored on all devices, but for when. */
  private async everything(): Promise<string> {
    const stored = await Promise.all(this.world.devices.map((device) => device.stored()));
    return JSON.stringify(
      stored.map(({ cursors, ...rest }) => [rest, cursors.map(({ feed, since, epoch }) => [feed, since, epoch])]),
    );
  }
}
