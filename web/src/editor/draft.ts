// One entry that is being written: when it is saved, and what the screen shows when the row changes elsewhere.
//
//   saved ──typed──► unsaved ──quiet for 300 ms, or 1 s──► (saving, slow) ──ok──► saved, or unsaved when typed since
//     │ ▲                                                        └──failed──► failed ──later, or typed──► (saving)
//     └─┘ changed elsewhere: shown at once
//
// What was typed is on the screen in every state, whatever becomes of a save.
import type { ContentBody, Entry, Fields } from '@logdate/client';

/** An entry as it is on disk. */
export type SavedEntry = Entry<ContentBody>;

/** What a person changes while writing. */
export interface Typed {
  content: string;
  /** Milliseconds since 1970. */
  createdAt: number;
}

/** Where one entry is kept. */
export interface DraftStore {
  load(): Promise<SavedEntry | undefined>;
  /**
   * @param seen the entry as the person had it before them: what others changed since is merged
   * @returns the entry as it is now, with the words of others
   */
  save(fields: Fields<ContentBody>, seen: SavedEntry | undefined): Promise<SavedEntry>;
}

/** Time, so that a test can drive it. */
export interface DraftClock {
  after(ms: number, then: () => void): () => void;
}

/** What there is to show. */
export interface DraftState {
  text: string;
  /** Milliseconds since 1970; null of a new entry, which gets the time of its first save. */
  createdAt: number | null;
  /** As it is on disk; undefined when there is none. */
  entry: SavedEntry | undefined;
  /** False until the disk was asked for the first time. */
  isRead: boolean;
  /** It was on disk, and was deleted elsewhere since. */
  isDeleted: boolean;
  /** `slow`: a save takes longer than a moment. */
  saving: 'saved' | 'unsaved' | 'slow' | 'failed';
  /** Why the last save failed. */
  problem: unknown;
}

/** What is typed and not on disk, with what it was typed over. */
export interface UnsavedDraft {
  typed: Partial<Typed>;
  seen: SavedEntry | undefined;
}

/** Milliseconds without a key until it is saved, and the longest that typing on can put it off. */
const QUIET_MS = 300;
const LONGEST_MS = 1_000;
/** A save that takes longer is shown. */
const SLOW_MS = 400;
/** Milliseconds until a failed save is tried again, each time longer. */
const RETRY_MS = [1_000, 2_000, 5_000, 10_000, 30_000] as const;

export class Draft {
  private typed: Partial<Typed> = {};
  /** The entry that `typed` was typed over. */
  private seen: SavedEntry | undefined;
  private shown: DraftState = {
    text: '',
    createdAt: null,
    entry: undefined,
    isRead: false,
    isDeleted: false,
    saving: 'saved',
    problem: undefined,
  };
  private readonly listeners = new Set<() => void>();
  private working: Promise<void> | undefined;
  private mustSave = false;
  private mustRead = false;
  private failures = 0;
  private isHeld = false;
  private mayBeEmpty = false;
  private cancelQuiet: (() => void) | undefined;
  private cancelLongest: (() => void) | undefined;
  private cancelRetry: (() => void) | undefined;

  constructor(
    readonly id: string,
    private readonly store: DraftStore,
    private readonly clock: DraftClock,
  ) {}

  get state(): DraftState {
    return this.shown;
  }

  /** Null when everything is on disk. */
  get unsaved(): UnsavedDraft | null {
    const { typed, seen } = this;
    return isEmpty(typed) || this.isEmptyAndNew() ? null : { typed, seen };
  }

  /** Calls the listener after each change of the state, until the answer is called. */
  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** Takes what the person typed; it is on disk within a second. */
  write(typed: Partial<Typed>): void {
    this.typed = { ...this.typed, ...typed };
    this.show({ ...shownOf(this.typed), ...this.outcome() });
    this.cancelQuiet?.();
    this.cancelQuiet = this.clock.after(QUIET_MS, () => this.saveNow());
    this.cancelLongest ??= this.clock.after(LONGEST_MS, () => this.saveNow());
  }

  /** Saves what is typed, without waiting for a pause. */
  saveNow(): void {
    this.cancelTimers();
    this.mustSave = true;
    this.work();
  }

  /** As saveNow, and waits for it. Never throws: the state says what went wrong. */
  async save(): Promise<void> {
    this.saveNow();
    await this.working;
  }

  /**
   * Sees to it that the entry is on disk, also an empty one: something is to be added to it.
   * @throws what the save threw
   */
  async ensureSaved(): Promise<void> {
    if (this.shown.entry === undefined) this.typed = { content: this.shown.text, ...this.typed };
    this.mayBeEmpty = true;
    await this.save();
    if (this.shown.entry === undefined) throw this.shown.problem;
  }

  /** Reads what others may have written, and shows it where nothing is typed over it. */
  async read(): Promise<void> {
    this.readNow();
    await this.working;
  }

  /** As read, and does not wait for it. */
  readNow(): void {
    this.mustRead = true;
    this.work();
  }

  /** While a word is being composed the screen is left alone: the keyboard's own window would lose its place. */
  hold(isHeld: boolean): void {
    this.isHeld = isHeld;
    if (!isHeld) this.readNow();
  }

  /** Gives up what is typed and not saved: the person has deleted the entry. */
  discard(): void {
    this.cancelTimers();
    this.typed = {};
    this.show(this.outcome());
  }

  private work(): void {
    this.working ??= this.turns().finally(() => (this.working = undefined));
  }

  /** Saves and reads take turns: an answer that is older than the last save must not come onto the screen. */
  private async turns(): Promise<void> {
    while (this.mustSave || this.mustRead) {
      if (this.mustSave) {
        this.mustSave = false;
        await this.saveOnce();
      } else {
        this.mustRead = false;
        await this.readOnce();
      }
    }
  }

  private async saveOnce(): Promise<void> {
    const sent = this.typed;
    if (this.unsaved === null) return;
    const cancelSlow = this.clock.after(SLOW_MS, () => this.shown.saving !== 'failed' && this.show({ saving: 'slow' }));
    try {
      const saved = await this.store.save({ id: this.id, ...this.lastWords(), ...sent }, this.seen);
      this.failures = 0;
      this.arrived(saved, sent);
    } catch (error) {
      this.failed(error);
    } finally {
      cancelSlow();
    }
  }

  private async readOnce(): Promise<void> {
    try {
      const saved = await this.store.load();
      if (saved !== undefined) this.arrived(saved, {});
      else this.show({ entry: undefined, isRead: true, isDeleted: this.seen !== undefined });
    } catch {
      // The status of the journal says what is wrong with the storage; the screen stays as it is.
    }
  }

  /**
   * The entry as it is on disk now. What was typed since stays on the screen, and stays based on what was there when
   * it was typed: the next save merges the rest.
   */
  private arrived(saved: SavedEntry, sent: Partial<Typed>): void {
    this.typed = typedSince(this.typed, sent);
    const open = { ...this.typed, ...(this.isHeld && { content: this.shown.text }) };
    const before = { ...this.seen, ...sent };
    this.seen = { ...saved, ...stillSeen(before, open) };
    const { text = saved.content ?? '', createdAt = saved.createdAt } = shownOf(open);
    this.show({ text, createdAt, entry: saved, isRead: true, isDeleted: false, ...this.outcome() });
  }

  /** How the last save ended, for what is typed now. */
  private outcome(): Pick<DraftState, 'saving'> & Partial<DraftState> {
    if (this.unsaved === null) return { saving: 'saved', problem: undefined };
    return this.failures > 0 ? { saving: 'failed' } : { saving: 'unsaved', problem: undefined };
  }

  private failed(error: unknown): void {
    this.show({ saving: 'failed', problem: error });
    const wait = RETRY_MS[Math.min(this.failures, RETRY_MS.length - 1)] ?? RETRY_MS[0];
    this.failures += 1;
    this.cancelRetry?.();
    this.cancelRetry = this.clock.after(wait, () => this.saveNow());
  }

  /** All fields of an entry that was deleted meanwhile, so that it comes back whole. */
  private lastWords(): Partial<ContentBody> {
    if (this.seen === undefined || !this.shown.isDeleted) return {};
    const { type, content, mediaUri, durationMs, createdAt } = this.seen;
    return { type, content, mediaUri, durationMs, createdAt };
  }

  private isEmptyAndNew(): boolean {
    return this.seen === undefined && !this.mayBeEmpty && (this.typed.content ?? '').trim() === '';
  }

  private show(change: Partial<DraftState>): void {
    this.shown = { ...this.shown, ...change };
    for (const listener of this.listeners) listener();
  }

  private cancelTimers(): void {
    this.cancelQuiet?.();
    this.cancelLongest?.();
    this.cancelRetry?.();
    this.cancelQuiet = this.cancelLongest = this.cancelRetry = undefined;
  }
}

/** What differs from what was sent. */
function typedSince(typed: Partial<Typed>, sent: Partial<Typed>): Partial<Typed> {
  const { content, createdAt } = typed;
  return {
    ...(content !== undefined && content !== sent.content && { content }),
    ...(createdAt !== undefined && createdAt !== sent.createdAt && { createdAt }),
  };
}

/** The fields of `before` that are open, where it has them. */
function stillSeen(before: Partial<SavedEntry>, open: Partial<Typed>): Partial<SavedEntry> {
  const { content, createdAt } = before;
  return {
    ...(open.content !== undefined && content !== undefined && { content }),
    ...(open.createdAt !== undefined && createdAt !== undefined && { createdAt }),
  };
}

function shownOf({ content, createdAt }: Partial<Typed>): Partial<Pick<DraftState, 'text' | 'createdAt'>> {
  return { ...(content !== undefined && { text: content }), ...(createdAt !== undefined && { createdAt }) };
}

function isEmpty(typed: Partial<Typed>): boolean {
  return Object.keys(typed).length === 0;
}
