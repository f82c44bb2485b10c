/**
 * What people did, and what they had before their eyes when they did it. Every save writes a word that nobody else
 * writes, so that each text says which saves are in it.
 */
import type { Body, RowType } from '../../client/src/resources.js';

export interface Action {
  device: string;
  row: string;
  kind: 'save' | 'delete' | 'decide';
  /** Words on the screen. */
  seen: ReadonlySet<string>;
  /** Words of those, and new ones, that the person left there. */
  left: ReadonlySet<string>;
  /** Everything that was done before and that this person could know of. */
  past: ReadonlySet<Action>;
}

/** `type id` */
export const rowName = (type: RowType, id: string): string => `${type} ${id}`;

/** The marked words of a text, as often as they stand there. */
export function marksIn(body: Body | null): string[] {
  return Object.entries(body ?? {}).flatMap(([field, value]) =>
    typeof value === 'string' && !field.endsWith('Id') ? (value.match(/W\d+/g) ?? []) : [],
  );
}

export class Ledger {
  readonly actions: Action[] = [];
  private marks = 0;
  private readonly writers = new Map<string, Action>();
  private readonly last = new Map<string, Action>();

  newMark(): string {
    this.marks += 1;
    return `W${this.marks}`;
  }

  /** Notes what was done once it is certain that the device keeps it. */
  record(done: Pick<Action, 'device' | 'row' | 'kind'>, seen: readonly string[], left: readonly string[]): void {
    const past = new Set(this.known(done.device, done.row, seen));
    const action: Action = { ...done, seen: new Set(seen), left: new Set(left), past };
    this.actions.push(action);
    this.last.set(`${done.device} ${done.row}`, action);
    for (const mark of left) if (!this.writers.has(mark)) this.writers.set(mark, action);
  }

  actionsOn(row: string): Action[] {
    return this.actions.filter((action) => action.row === row);
  }

  /** What somebody knows of who has `marks` before the eyes, on a device where he may have written before. */
  known(device: string | null, row: string, marks: readonly string[]): Set<Action> {
    const direct = marks.map((mark) => this.writers.get(mark));
    if (device !== null) direct.push(this.last.get(`${device} ${row}`));
    const known = new Set<Action>();
    for (const action of direct) {
      if (action === undefined) continue;
      known.add(action);
      for (const earlier of action.past) known.add(earlier);
    }
    return known;
  }

  /** Marks that somebody left in a row, and that nobody took away knowingly who did not come before. */
  marksToBeThere(): { mark: string; leaver: Action }[] {
    return this.actions.flatMap((leaver) =>
      [...leaver.left]
        .filter((mark) => !this.removersOf(mark).some((remover) => !leaver.past.has(remover)))
        .map((mark) => ({ mark, leaver })),
    );
  }

  /** Marks that must not stand in a row: somebody took them away, and everything else done to it was before or after. */
  marksToBeGone(row: string): string[] {
    const actions = this.actionsOn(row);
    if (actions.some(({ kind }) => kind === 'decide')) return [];
    const settled = actions.filter((action) =>
      actions.every((other) => other === action || action.past.has(other) || other.past.has(action)),
    );
    const isBroughtBack = (mark: string, remover: Action): boolean =>
      actions.some(({ left, past }) => left.has(mark) && past.has(remover));
    return settled.flatMap((remover) =>
      [...remover.seen].filter((mark) => !remover.left.has(mark) && !isBroughtBack(mark, remover)),
    );
  }

  /** Whether a row must be gone: somebody deleted it who knew of everything that was done to it. */
  mustBeGone(row: string): boolean {
    const actions = this.actionsOn(row);
    if (actions.some(({ kind }) => kind === 'decide')) return false;
    return actions.some(
      (action) =>
        action.kind === 'delete' && actions.every((other) => other.kind === 'delete' || action.past.has(other)),
    );
  }

  private removersOf(mark: string): Action[] {
    return this.actions.filter(({ seen, left }) => seen.has(mark) && !left.has(mark));
  }
}
