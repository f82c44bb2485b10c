// An edit whose person had other words before them than the row has now: two sides, whose base is what was seen.
import type { Edit, Writer } from './local-edits.js';
import { mergeBodies } from './merge.js';
import type { Body, RowType } from './resources.js';
import type { RowState } from './row-state.js';
import { received } from './settle.js';
import type { LocalRow } from './tables.js';

/**
 * The row as the edit leaves it: merged, or else with what the person typed. The other side is then kept: the server's
 * as a conflict; what waits here unsent as `copy`, which is to become a row of its own.
 */
export function savedOnSeen(
  state: RowState,
  type: RowType,
  edit: Edit,
  writer: Writer,
): { state: RowState; copy?: LocalRow } {
  const { row, entry } = state;
  const { fields, seen } = edit;
  // An edit beats a delete.
  if (seen === undefined || row?.status !== 'live' || row.body === null)
    return { state: writer.saved(state, type, edit) };
  const typed = { ...row.body, ...fields } as Body;
  const merged = mergeBodies(type, seen, typed, row.body, writer.judging.mergeText);
  if (merged !== undefined) return { state: writer.saved(state, type, { ...edit, fields: merged }) };
  if (entry !== null || row.base === null) return { state: writer.saved(state, type, edit), copy: row };
  // What was seen is older than the server's row. Of which version does not matter: it is never sent.
  const base = { ...row.base, body: seen, version: row.base.version - 1 };
  const saved = writer.saved({ ...state, row: { ...row, base } }, type, edit);
  return { state: received(saved, row.base, writer.judging) };
}
