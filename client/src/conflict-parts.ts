// A conflict in parts: what both sides have together is clear, and only the rest is for a person to decide.
import { mergeField, type Value } from './merge.js';
import { stretches, type Stretch } from './merge-sentences.js';
import { RESOURCES, type Body, type RowType } from './resources.js';

export type { Value } from './merge.js';

/** A field of a row in conflict, or a stretch of its text. The parts of a field in order are the whole of it. */
export interface ConflictPart {
  /** As in the body of the row. */
  field: string;
  /** Undefined where nothing common is known. */
  base: Value | undefined;
  mine: Value;
  theirs: Value;
  /** Undefined where a person must decide. */
  merged: Value | undefined;
}

/** What both sides started from, null where that is not known, and what they made of it. */
export interface Sides {
  base: Body | null;
  mine: Body;
  theirs: Body;
}

/** The parts of all fields. Prose comes in stretches, everything else whole. */
export function conflictParts(type: RowType, { base, mine, theirs }: Sides): ConflictPart[] {
  const { fields, prose } = RESOURCES[type];
  return fields.flatMap((field) => {
    const whole = { field, base: base?.[field], mine: mine[field] ?? null, theirs: theirs[field] ?? null };
    const how = { yields: field === 'createdAt', mergeText: undefined };
    const merged = mergeField(whole.base, whole.mine, whole.theirs, how);
    const part: ConflictPart = { ...whole, merged };
    return merged === undefined && field === prose ? inStretches(part) : [part];
  });
}

function inStretches(part: ConflictPart): ConflictPart[] {
  const { field, base } = part;
  const [mine, theirs] = [String(part.mine ?? ''), String(part.theirs ?? '')];
  // Without a common text nobody can say which side changed: wherever the two differ, it is asked.
  const found = base === undefined ? differences(mine, theirs) : stretches(String(base ?? ''), mine, theirs);
  return found?.map((stretch) => ({ field, ...stretch })) ?? [part];
}

function differences(mine: string, theirs: string): (Omit<Stretch, 'base'> & { base: undefined })[] | undefined {
  return stretches(mine, mine, theirs)?.map((stretch) => ({
    ...stretch,
    base: undefined,
    merged: stretch.mine === stretch.theirs ? stretch.mine : undefined,
  }));
}
