import type { Conflict, Resolution } from '@logdate/client';
import { openDevice } from '../device.js';
import { CommandError, EXIT } from '../exit-codes.js';
import { when } from '../terminal.js';
import type { Command } from './context.js';
import { firstWords } from './list.js';

/** Lists what two devices changed and a person must decide. */
export const conflicts: Command<object> = async ({ settings, terminal, signal }) => {
  const device = await openDevice(settings, { signal });
  try {
    const all = await device.db.sync.conflicts();
    const lines = all.flatMap((conflict) => [
      `${conflict.id}  ${conflict.type}, since ${when(conflict.detectedAt)}`,
      `  mine:   ${wordsOf(conflict.mine)}`,
      `  theirs: ${wordsOf(conflict.theirs.body)}`,
    ]);
    const advice =
      all.length > 0 ? ['Decide each: logdate conflicts resolve <id> --mine | --theirs | --both'] : ['No conflicts'];
    terminal.result({ conflicts: all }, [...lines, ...advice]);
    return all.length > 0 ? EXIT.differs : EXIT.good;
  } finally {
    await device.close();
  }
};

/** Decides one conflict; the id may be its beginning. */
export const resolveConflict: Command<{ mine?: true; theirs?: true; both?: true }, [id: string]> = async (
  { settings, terminal, signal },
  options,
  id,
) => {
  const chosen = (['mine', 'theirs', 'both'] as const).filter((one) => options[one]);
  const [resolution] = chosen;
  if (chosen.length !== 1 || resolution === undefined) {
    throw new CommandError(EXIT.usage, 'Give one of --mine, --theirs and --both');
  }
  const device = await openDevice(settings, { signal });
  try {
    const conflict = find(await device.db.sync.conflicts(), id);
    const { type, theirsVersion } = conflict;
    const answer = await device.db.sync.resolveConflict(conflict.id, resolution, { theirsVersion, type });
    if (answer === 'changed-meanwhile') {
      throw new CommandError(EXIT.differs, 'The other side changed meanwhile', 'Look again: logdate conflicts');
    }
    terminal.result({ id: conflict.id, resolution }, [SAID[resolution]]);
    return EXIT.good;
  } finally {
    await device.close();
  }
};

const SAID: Record<Exclude<Resolution, object>, string> = {
  mine: 'Kept the version of this device; `logdate sync` sends it',
  theirs: 'Took the version of the other device',
  both: 'Kept both: one of them is an entry of its own; `logdate sync` sends it',
};

function find(all: Conflict[], id: string): Conflict {
  const found = all.filter((conflict) => conflict.id.startsWith(id));
  const [first] = found;
  if (found.length === 1 && first) return first;
  const what = found.length === 0 ? 'There is no conflict' : `There are ${found.length} conflicts`;
  throw new CommandError(EXIT.usage, `${what} whose id begins with "${id}"`, 'See: logdate conflicts');
}

function wordsOf(body: Conflict['mine']): string {
  if (body === null) return '(deleted)';
  const words = body['content'] ?? body['title'];
  return firstWords(typeof words === 'string' ? words : '') || '(no words)';
}
