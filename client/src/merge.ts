// Three-way merge of one row's fields: base is what both sides started from.
import type { MergeText } from './engine.js';
import { RESOURCES, type Body, type RowType } from './resources.js';

/**
 * Merges two edits of a row field by field: a side that left a field as it was yields to the other.
 * Prose merges by `mergeText`. A creation time never asks: the one that is sent last stays.
 * @param base null where nothing common is known
 * @returns undefined where a person must decide
 */
export function mergeBodies(
  type: RowType,
  base: Body | null,
  mine: Body,
  theirs: Body,
  mergeText: MergeText | undefined,
): Body | undefined {
  const { fields, prose } = RESOURCES[type];
  const merged: Record<string, string | number | null> = {};
  for (const field of fields) {
    const value = mergeField(base?.[field], mine[field] ?? null, theirs[field] ?? null, {
      yields: field === 'createdAt',
      mergeText: field === prose ? mergeText : undefined,
    });
    if (value === undefined) return undefined;
    merged[field] = value;
  }
  return merged;
}

/** What one field of a row holds. */
export type Value = string | number | null;

/** Merges one field; undefined where a person must decide. @param base undefined where nothing common is known */
export function mergeField(
  base: Value | undefined,
  mine: Value,
  theirs: Value,
  how: { yields: boolean; mergeText: MergeText | undefined },
): Value | undefined {
  if (mine === theirs || theirs === base) return mine;
  if (mine === base) return theirs;
  if (how.yields) return mine;
  if (how.mergeText && typeof base === 'string' && typeof mine === 'string' && typeof theirs === 'string') {
    return how.mergeText(base, mine, theirs);
  }
  return undefined;
}

/** Whether nothing at all differs, times included. */
export function identical(type: RowType, one: Body | null, other: Body | null): boolean {
  if (one === null || other === null) return one === other;
  return RESOURCES[type].fields.every((field) => one[field] === other[field]);
}
