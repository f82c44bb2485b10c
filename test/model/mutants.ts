/** Faults of the engine, or of a server, that histories must find. */
export interface Mutant {
  /** What is wrong, as a sentence goes on after "when". */
  name: string;
  edits: { file: string; find: string; replace: string }[];
  /** Histories find it within `histories`: the kept ones first, then those of this seed. */
  seed: number;
  histories: number;
}

const PUSH = 'client/src/push.ts';
const PULL = 'client/src/pull.ts';
const SETTLE = 'client/src/settle.ts';
const DECIDE = 'client/src/decide.ts';
const RECONCILE = 'client/src/reconcile.ts';
const EDITS = 'client/src/local-edits.ts';
const MODEL = 'test/model/server-model.ts';
const JUDGE = 'test/model/judge-mutation.ts';

const FROZEN = 'const inflight = entry.inflight ?? this.#inflight(row, entry);';

const mutant = (name: string, file: string, find: string, replace: string): Mutant => ({
  name,
  edits: [{ file, find, replace }],
  seed: 1,
  histories: 3_000,
});

export const MUTANTS: readonly Mutant[] = [
  mutant(
    'what is sent again is read anew, under the same id',
    PUSH,
    FROZEN,
    `const anew = this.#inflight(row, entry);
        const mutationId = entry.inflight?.mutation.mutationId ?? anew.mutation.mutationId;
        const inflight = { ...anew, mutation: { ...anew.mutation, mutationId } };`,
  ),
  mutant(
    'every attempt has an id of its own',
    PUSH,
    FROZEN,
    `const kept = entry.inflight ?? this.#inflight(row, entry);
        const inflight = { ...kept, mutation: { ...kept.mutation, mutationId: this.engine.newId() } };`,
  ),
  mutant(
    'an acknowledgement clears what was edited since',
    SETTLE,
    `const edited = row.localRev !== entry.inflight?.localRev;
  const settled`,
    `const edited = false;
  const settled`,
  ),
  mutant(
    'a row that comes is dropped where a change waits',
    SETTLE,
    `if (!isPending(state)) return adopt(state, remote, judging);`,
    `if (isPending(state)) return state;
  if (!isPending(state)) return adopt(state, remote, judging);`,
  ),
  mutant(
    'a row that comes replaces a change that waits',
    SETTLE,
    `if (!isPending(state)) return adopt(state, remote, judging);`,
    `if (judging) return adopt(state, remote, judging);`,
  ),
  mutant(
    'a device does not know its own echo',
    SETTLE,
    `if (inflight.mutation.mutationId === remote.mutationId) return acknowledge(state, remote, judging);`,
    `if (inflight.mutation.mutationId === remote.mutationId) return judge({ ...state, entry: { ...state.entry, inflight: null } }, remote, judging);`,
  ),
  mutant(
    'a decision keeps the version from before the conflict',
    DECIDE,
    `const base = isLost(theirs, row) ? row.base : theirs;`,
    `const { base } = row;`,
  ),
  mutant(
    'a decision is taken over a row that nobody has seen',
    DECIDE,
    `conflict?.theirs.version !== theirsVersion`,
    `conflict === null`,
  ),
  mutant(
    'the cursor passes rows that were not applied',
    PULL,
    `this.#settle(transaction, page)`,
    `this.#settle(transaction, { ...page, rows: page.rows.slice(0, 2) })`,
  ),
  mutant(
    'the server keeps no receipts',
    MODEL,
    `receipts.set(mutationId,`,
    `if (mutationId === '') receipts.set(mutationId,`,
  ),
  mutant(
    'the server takes only an older version for stale',
    JUDGE,
    `current.version !== version.known`,
    `current.version > version.known`,
  ),
  mutant(
    'an edit gives way to a delete',
    SETTLE,
    `if (theirs.status === 'deleted' || theirs.body === null || row.body === null) return onTop();`,
    `if (theirs.status === 'deleted' || theirs.body === null || row.body === null) return adopt(state, theirs, judging);`,
  ),
  mutant(
    'a delete does not give way to an edit',
    SETTLE,
    `return stands ? onTop() : adopt(state, theirs, judging);`,
    `return stands || base ? onTop() : adopt(state, theirs, judging);`,
  ),
  mutant(
    'the epoch in the answer to a push is not looked at',
    PUSH,
    `if (epoch !== null) await this.metadata.learnEpoch(transaction, epoch);`,
    ``,
  ),
  mutant(
    'nothing is offered again after a restore',
    PULL,
    `if (step.reconciling && !step.hasMore) await this.reconciler.finish();`,
    ``,
  ),
  mutant(
    'no copy is kept of words that a restored server has otherwise',
    RECONCILE,
    `return isLost ? { state: adopted, copy: row } : { state: adopted };`,
    `return { state: adopted };`,
  ),
  mutant(
    'an older row of a restored server is taken over',
    RECONCILE,
    `if (remote.version < base.version) return`,
    `if (remote.version < 0) return`,
  ),
  mutant(
    'a decision for both sides keeps one',
    DECIDE,
    `if (resolution === 'both') await keepCopy(transaction, writer, row);`,
    ``,
  ),
  mutant(
    'a row and its outbox entry are written apart',
    EDITS,
    `        await storeState(transaction, before, state);
        if (copy) await keepCopy(transaction, writer, copy);
        saved.push(state);
      }
      return saved;
    });`,
    `        await storeState(transaction, before, { ...before, row: state.row });
        saved.push(state);
      }
      return saved;
    }).then((saved) => this.#write(ROW_TABLES, async (transaction, writer) => {
      for (const edit of edits) {
        const before = await loadState(transaction, type, edit.id);
        if (before.row) await storeState(transaction, before, writer.queued(before, before.row, 'UPSERT'));
      }
      return saved;
    }));`,
  ),
];
