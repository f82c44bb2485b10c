/** A device as its person has it: storage that survives, and tabs in which the engine lives and dies. */
import type { Clock } from '../../client/src/clock.js';
import type { Conflict } from '../../client/src/log-date.js';
import type { RowType } from '../../client/src/resources.js';
import type { LocalStore } from '../../client/src/store.js';
import type { ConflictRecord, Cursor, LocalRow, OutboxEntry, RejectedRecord } from '../../client/src/tables.js';
import type { Transport } from '../../client/src/transport.js';
import type { Directions } from './commands.js';
import { openEngine, type DeviceEngine } from './device-engine.js';
import { Incarnation } from './incarnation.js';
import { Line } from './line.js';

/** What the storage of a device holds. */
export interface Stored {
  rows: LocalRow[];
  outbox: OutboxEntry[];
  cursors: Cursor[];
  conflicts: ConflictRecord[];
  rejected: RejectedRecord[];
}

export interface Surroundings {
  server: Transport;
  clock: Clock;
  newId: () => string;
  /** Rows a page. */
  pageRows: number;
  open: typeof openEngine;
}

interface Tab {
  engine: DeviceEngine;
  life: Incarnation;
  line: Line;
  /** Whether a run is under way. */
  isRunning: boolean;
  /** What a run threw that was not trouble on the line. */
  failure: Error | undefined;
}

/** Rounds of the event loop after which something that neither ends nor waits for the line is taken to hang. */
const MOST_ROUNDS = 5_000;
const aRound = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export class Device {
  /** What its person looked at last. */
  looked: Conflict[] = [];
  private readonly tabs: Tab[];
  private readonly late: Line[] = [];

  constructor(
    readonly name: string,
    private readonly storage: LocalStore,
    private readonly around: Surroundings,
    /** How far its clock is ahead, in milliseconds. */
    private readonly skew: number,
  ) {
    this.tabs = [this.openTab(), this.openTab()];
  }

  line(tab: number): Line {
    return this.tab(tab).line;
  }

  /** Everything that is stored, past the engine. */
  stored(): Promise<Stored> {
    const tables = ['rows', 'outbox', 'sync_cursors', 'conflicts', 'rejected'] as const;
    return this.storage.transaction('read', tables, async (transaction) => ({
      rows: await transaction.list('rows'),
      outbox: await transaction.list('outbox'),
      cursors: await transaction.list('sync_cursors'),
      conflicts: await transaction.list('conflicts'),
      rejected: await transaction.list('rejected'),
    }));
  }

  async row(type: RowType, id: string): Promise<LocalRow | undefined> {
    return this.storage.transaction('read', ['rows'], (transaction) => transaction.get('rows', [type, id]));
  }

  /** Does something that needs no line; `died` when the device stopped in the middle of it. */
  async attempt<T>(tab: number, act: (engine: DeviceEngine) => Promise<T>): Promise<{ value: T } | 'died'> {
    const { engine, life } = this.tab(tab);
    let ended: { value: T } | { error: unknown } | undefined;
    act(engine).then(
      (value) => (ended = { value }),
      (error: unknown) => (ended = { error }),
    );
    await this.until(() => ended !== undefined || life.isDead);
    life.spare();
    await this.reopenTheDead();
    if (ended === undefined) return 'died';
    if ('error' in ended) throw ended.error;
    return ended;
  }

  /** Begins a run, which goes on until it waits for the line; one that is under way goes on as it is. */
  async beginRun(tab: number, directions: Directions = 'both'): Promise<void> {
    const running = this.tab(tab);
    if (running.isRunning) return;
    running.isRunning = true;
    running.engine.run(directions).then(
      () => (running.isRunning = false),
      (error: unknown) => {
        running.isRunning = false;
        running.failure = error instanceof Error ? error : new Error(String(error));
      },
    );
    await this.settle();
  }

  /** Waits until whatever runs has ended, waits for the line or died; opens anew what died. */
  async settle(): Promise<void> {
    await this.until(() =>
      this.tabs.every(({ isRunning, line, life }) => !isRunning || life.isDead || line.waiting > 0),
    );
    for (const { failure } of this.tabs) if (failure !== undefined) throw failure;
    await this.reopenTheDead();
  }

  /** The run goes on to its end with nothing in its way. */
  async finishRun(tab: number): Promise<void> {
    while (this.tab(tab).isRunning) {
      await this.tab(tab).line.step();
      await this.settle();
    }
  }

  /** The engine of a tab will stop, `awaits` awaits from now. */
  dieAfter(tab: number, awaits: number): void {
    this.tab(tab).life.dieAfter(awaits);
  }

  /** A request that nobody waits for any longer reaches the server. */
  async arriveLate(): Promise<void> {
    const lines = [...this.late, ...this.tabs.map(({ line }) => line)];
    await lines.find(({ arrivingLate }) => arrivingLate > 0)?.arriveLate();
  }

  get arrivingLate(): number {
    return [...this.late, ...this.tabs.map(({ line }) => line)].reduce((sum, line) => sum + line.arrivingLate, 0);
  }

  private tab(index: number): Tab {
    return this.tabs[index % this.tabs.length] as Tab;
  }

  private openTab(): Tab {
    const { server, clock, newId, pageRows, open } = this.around;
    const life = new Incarnation();
    const line = new Line(server);
    const engine = open(
      {
        store: life.storeOn(this.storage),
        transport: life.transportOver(line.transport),
        clock: life.clockOver(clock, this.skew),
        deviceId: this.name,
        newId,
      },
      pageRows,
    );
    return { engine, life, line, isRunning: false, failure: undefined };
  }

  private async reopenTheDead(): Promise<void> {
    for (const [index, tab] of this.tabs.entries()) {
      if (!tab.life.isDead) continue;
      tab.line.forget();
      this.late.push(tab.line);
      this.tabs[index] = this.openTab();
    }
    await aRound();
  }

  private async until(isSo: () => boolean): Promise<void> {
    // What is to be done now is done first, also when it is so already.
    await aRound();
    for (let rounds = 0; !isSo(); rounds += 1) {
      if (rounds > MOST_ROUNDS) throw new Error(`${this.name} hangs`);
      await aRound();
    }
  }
}
