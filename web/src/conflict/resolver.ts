// One conflict while a person decides it: what is shown, and what becomes of each answer.
//
//   reading ─► deciding ─save─► resolved
//      │          │  └─ a side moved on ─► deciding, with the choices that still fit
//      │          └──── decided elsewhere ─► elsewhere (typed words stay to be saved or copied)
//      ├─► deleted (one side has no words)
//      └─► none, or unreadable: the browser does not give what it has stored
import type { Conflict, LogDate, Resolution, RowType } from '@logdate/client';
import { signal, type ReadonlySignal } from '@preact/signals';
import { decidedBody, movedOn, newDecision, undecided, type Decision, type TwoSides } from './decision.js';

/** What there is to show. */
export type ConflictScreen =
  | { state: 'reading' | 'unreadable' | 'none' | 'resolved' }
  /** One side deleted it. */
  | { state: 'deleted'; conflict: Conflict; problem: Problem }
  | { state: 'deciding'; conflict: Conflict; decision: Decision; hasMovedOn: boolean; problem: Problem }
  /** It was decided in another tab while words of a decision were here. */
  | { state: 'elsewhere'; decision: Decision; problem: Problem };

/** What did not work; everything stays as it was on the screen. */
export type Problem = 'not-saved' | 'not-kept' | null;

/** Where decisions that are not finished are kept. */
export interface Keeper {
  read(): Promise<Decision | undefined>;
  /** Null: nothing is left to keep. */
  write(decision: Decision | null): Promise<void>;
}

/** Reads a conflict, keeps what is chosen, and settles it. */
export class Resolver {
  readonly screen: ReadonlySignal<ConflictScreen>;
  readonly #screen = signal<ConflictScreen>({ state: 'reading' });
  readonly #type: RowType;
  readonly #id: string;
  #keeping: Promise<void> = Promise.resolve();
  #isBusy = false;

  constructor(
    private readonly sync: Pick<LogDate['sync'], 'conflicts' | 'resolveConflict'>,
    private readonly keeper: Keeper,
    about: { type: RowType; id: string },
  ) {
    this.#type = about.type;
    this.#id = about.id;
    this.screen = this.#screen;
  }

  /** Shows the conflict as it is now, and goes on with a decision that was begun. */
  async open(): Promise<void> {
    try {
      const [conflict, kept] = await Promise.all([this.#read(), this.keeper.read()]);
      if (conflict !== undefined) this.#show(conflict, kept);
      else if (kept !== undefined) this.#screen.value = { state: 'elsewhere', decision: kept, problem: null };
      else this.#screen.value = { state: 'none' };
    } catch {
      this.#screen.value = { state: 'unreadable' };
    }
  }

  /** Changes the decision, and keeps it on disk. */
  decide(change: (decision: Decision) => Decision): void {
    const now = this.#screen.peek();
    if (now.state !== 'deciding' && now.state !== 'elsewhere') return;
    this.#screen.value = { ...now, decision: change(now.decision) };
    this.#keeping = this.#keeping.then(() => this.#keep());
  }

  /** Saves what is decided, unless a side has moved on: then that is shown. */
  save(): Promise<void> {
    return this.#once(async () => {
      const now = this.#screen.peek();
      if (now.state !== 'deciding' || undecided(now.decision).length > 0) return;
      const latest = await this.#read();
      const sides = latest && twoSides(latest);
      // Words that this device wrote meanwhile are in no version of the server.
      if (sides === undefined || !same(sides.mine, now.decision.sides.mine)) return this.#meanwhile();
      await this.#resolve({ merged: decidedBody(now.decision) }, now.decision.theirsVersion);
    });
  }

  /** Settles it without a choice for each part. */
  settle(resolution: 'mine' | 'theirs' | 'both'): Promise<void> {
    return this.#once(async () => {
      const now = this.#screen.peek();
      if (now.state === 'deciding') await this.#resolve(resolution, now.decision.theirsVersion);
      if (now.state === 'deleted') await this.#resolve(resolution, now.conflict.theirsVersion);
    });
  }

  /** Waits until what was decided so far is on disk, or could not be kept. */
  settled(): Promise<void> {
    return this.#keeping;
  }

  /** The words that were chosen are saved, or the person does not want them. */
  async forget(): Promise<void> {
    await this.settled();
    await this.keeper.write(null).catch(() => undefined);
  }

  /** Says what did not work. */
  tell(problem: Problem): void {
    const now = this.#screen.peek();
    if ('problem' in now) this.#screen.value = { ...now, problem };
  }

  /** A second press while the first one is answered does nothing. What fails is told. */
  async #once(act: () => Promise<void>): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    try {
      await act();
    } catch {
      this.tell('not-saved');
    } finally {
      this.#isBusy = false;
    }
  }

  async #resolve(resolution: Resolution, theirsVersion: number): Promise<void> {
    const type = this.#type;
    const end = await this.sync.resolveConflict(this.#id, resolution, { type, theirsVersion });
    if (end === 'changed-meanwhile') return this.#meanwhile();
    await this.forget();
    this.#screen.value = { state: 'resolved' };
  }

  async #meanwhile(): Promise<void> {
    const now = this.#screen.peek();
    const conflict = await this.#read();
    if (conflict !== undefined) this.#show(conflict, now.state === 'deciding' ? now.decision : undefined);
    else if (now.state === 'deciding') {
      this.#screen.value = { ...now, state: 'elsewhere', problem: null };
      // The tab that decided has forgotten what was kept.
      this.decide((decision) => decision);
    } else this.#screen.value = { state: 'none' };
  }

  #show(conflict: Conflict, before: Decision | undefined): void {
    const sides = twoSides(conflict);
    if (sides === undefined) {
      this.#screen.value = { state: 'deleted', conflict, problem: null };
      return;
    }
    const isSame =
      before?.theirsVersion === sides.theirsVersion &&
      same(before.sides.mine, sides.mine) &&
      same(before.sides.theirs, sides.theirs);
    const decision = before === undefined ? newDecision(sides) : isSame ? before : movedOn(before, sides);
    const hasMovedOn = before !== undefined && !isSame;
    this.#screen.value = { state: 'deciding', conflict, decision, hasMovedOn, problem: null };
    if (hasMovedOn) this.decide((moved) => moved);
  }

  async #read(): Promise<Conflict | undefined> {
    return (await this.sync.conflicts()).find(({ type, id }) => type === this.#type && id === this.#id);
  }

  /** Writes the decision as it is when its turn comes. */
  async #keep(): Promise<void> {
    const now = this.#screen.peek();
    if (!('decision' in now)) return;
    try {
      await this.keeper.write(now.decision);
      if (now.problem === 'not-kept') this.tell(null);
    } catch {
      this.tell('not-kept');
    }
  }
}

function twoSides({ type, base, mine, theirs, theirsVersion }: Conflict): TwoSides | undefined {
  if (mine === null || theirs.status === 'deleted' || theirs.body === null) return undefined;
  return { type, base, mine, theirs: theirs.body, theirsVersion };
}

function same(one: TwoSides['mine'], other: TwoSides['mine']): boolean {
  const fields = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...fields].every((field) => one[field] === other[field]);
}
