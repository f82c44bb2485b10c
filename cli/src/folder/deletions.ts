// When files are gone: whether their entries are deleted. An unplugged disk, a folder that was emptied by mistake or a
// sync program that begins anew must never empty the journal.

/** So many files may be gone within a minute before a person is asked. */
const MOST_DELETIONS = 20;
const WITHIN_MS = 60_000;

/** Editors that save in two steps remove a file for a moment. */
export const GRACE_MS = 2_000;

/** Remembers what was gone since when, and what was deleted lately. */
export class DeletionGuard {
  private readonly goneSince = new Map<string, number>();
  private deletedAt: number[] = [];

  constructor(
    private readonly now: () => number,
    /** A person said that what is gone now is to be deleted. */
    public confirmed = false,
  ) {}

  /** Of the files that are gone: which wait a moment more, and which wait for a person. */
  judge(gone: readonly string[], remaining: number): { tooSoon: string[]; unconfirmed: string[] } {
    const now = this.now();
    const isGone = new Set(gone);
    for (const path of this.goneSince.keys()) if (!isGone.has(path)) this.goneSince.delete(path);
    for (const path of gone) if (!this.goneSince.has(path)) this.goneSince.set(path, now);
    this.deletedAt = this.deletedAt.filter((at) => now - at < WITHIN_MS);

    const tooMany = gone.length + this.deletedAt.length > MOST_DELETIONS || (remaining === 0 && gone.length > 1);
    if (tooMany && !this.confirmed) return { tooSoon: [], unconfirmed: [...gone] };
    const tooSoon = gone.filter((path) => now - (this.goneSince.get(path) ?? now) < GRACE_MS);
    return { tooSoon, unconfirmed: [] };
  }

  /** Tells that so many were deleted. */
  deleted(number: number): void {
    this.deletedAt.push(...Array.from({ length: number }, this.now));
  }
}
