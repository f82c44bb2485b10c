// What a person decides about one conflict: pure, so that every way through it can be tested.
import type { Body, RowType } from '@logdate/client';
import { conflictParts, type ConflictPart, type Sides, type Value } from '@logdate/client/conflict-parts';

/** Whose words a part gets; `edited`: those that were typed into it. */
export type Choice = 'mine' | 'theirs' | 'both' | 'edited';

/** A conflict as the person has it before them, and what is chosen so far. It is kept on disk as it is. */
export interface Decision {
  type: RowType;
  /** The sides as they were read: nothing is saved over anything else. */
  sides: Sides;
  /** Of their side. */
  theirsVersion: number;
  parts: ConflictPart[];
  /** For each part; null where it is clear or not yet chosen. */
  choices: (Choice | null)[];
  /** What was typed into each part; it stays when another choice is made. */
  edited: (string | null)[];
  /** Whole texts by field, where the person edits them as a whole: they stand for all parts. */
  whole: Readonly<Record<string, string>> | null;
}

/** A conflict with words on both sides. */
export interface TwoSides extends Sides {
  type: RowType;
  theirsVersion: number;
}

/** The fields that are edited as text, in the order in which they are shown. */
export const TEXT_FIELDS: Readonly<Partial<Record<RowType, readonly string[]>>> = {
  journal: ['title', 'description'],
  content: ['content'],
};

/** Nothing is chosen yet. */
export function newDecision({ type, theirsVersion, base, mine, theirs }: TwoSides): Decision {
  const sides = { base, mine, theirs };
  const parts = conflictParts(type, sides);
  const none = parts.map(() => null);
  return { type, sides, theirsVersion, parts, choices: none, edited: none, whole: null };
}

/** Makes a choice for one part, or with null takes it back. */
export function chosen(decision: Decision, part: number, choice: Choice | null): Decision {
  const { choices, edited, parts } = decision;
  const of = parts[part];
  const words = valueOf(of, choices[part] ?? 'mine', null) || of?.theirs;
  const typedBefore = edited[part] ?? String(words ?? '').trim();
  return {
    ...decision,
    choices: choices.with(part, choice),
    edited: choice === 'edited' ? edited.with(part, typedBefore) : edited,
  };
}

/** Makes one choice for all parts that have none. */
export function chosenForRest(decision: Decision, choice: 'mine' | 'theirs'): Decision {
  const left = new Set(undecided(decision));
  return { ...decision, choices: decision.choices.map((before, part) => (left.has(part) ? choice : before)) };
}

/** What was typed into one part. */
export function typed(decision: Decision, part: number, text: string): Decision {
  const { choices, edited } = decision;
  return { ...decision, choices: choices.with(part, 'edited'), edited: edited.with(part, text) };
}

/** Whether there may be words that are in neither side: typed ones, also those from before a side moved on. */
export function hasOwnWords(decision: Decision): boolean {
  const { choices, sides, type, whole } = decision;
  const mine = bodyOf(decision, (part) => part.mine);
  const isAsRead = (TEXT_FIELDS[type] ?? []).every((field) => (mine[field] ?? '') === (sides.mine[field] ?? ''));
  return whole !== null || choices.includes('edited') || !isAsRead;
}

/** What was typed into the whole text of a field. */
export function typedWhole(decision: Decision, field: string, text: string): Decision {
  return { ...decision, whole: { ...(decision.whole ?? texts(decision)), [field]: text } };
}

/** The parts that wait for a choice, by number. */
export function undecided({ parts, choices, whole }: Decision): number[] {
  if (whole !== null) return [];
  return parts.flatMap(({ merged }, part) => (merged === undefined && (choices[part] ?? null) === null ? [part] : []));
}

/** The row as it is decided; what is not yet chosen is as on this device. */
export function decidedBody(decision: Decision): Body {
  const view = bodyOf(decision, (part, index) => decidedValue(decision, part, index));
  return { ...view, ...decision.whole };
}

/** The text of each field that is edited as text, as it is decided. */
export function texts(decision: Decision): Record<string, string> {
  const body = decidedBody(decision);
  return Object.fromEntries((TEXT_FIELDS[decision.type] ?? []).map((field) => [field, String(body[field] ?? '')]));
}

/**
 * The decision after a side has moved on. What was chosen stays wherever their side is still as it was read; words
 * that this device has written meanwhile are brought in.
 */
export function movedOn(decision: Decision, now: TwoSides): Decision {
  const { sides, type } = decision;
  const isDecided = (index: number): boolean =>
    decision.whole !== null || decision.parts[index]?.merged !== undefined || decision.choices[index] != null;
  // What is decided knows their words: only newer ones can differ from it. The rest is where it was.
  const base = bodyOf(decision, (part, index) => (isDecided(index) ? part.theirs : (part.base ?? '')));
  const mine = withNewWords(type, decidedBody(decision), sides.mine, now.mine);
  return { ...newDecision({ ...now, base, mine }), sides: { base: now.base, mine: now.mine, theirs: now.theirs } };
}

/** One text and the other one, so that no word of either is lost. */
export function bothOf(mine: string, theirs: string): string {
  if (mine === '' || theirs === '' || /\s$/u.test(mine) || /^\s/u.test(theirs)) return mine + theirs;
  return mine + (/\n/u.test(mine + theirs) ? '\n\n' : ' ') + theirs;
}

/** The fields of the row, each put together from what `view` says of its parts. */
function bodyOf({ parts }: Decision, view: (part: ConflictPart, index: number) => Value): Body {
  const body: Record<string, Value> = {};
  for (const [index, part] of parts.entries()) {
    const value = view(part, index);
    const before = body[part.field];
    body[part.field] = before === undefined ? value : String(before ?? '') + String(value ?? '');
  }
  return body;
}

function decidedValue({ choices, edited }: Decision, part: ConflictPart, index: number): Value {
  if (part.merged !== undefined) return part.merged;
  return valueOf(part, choices[index] ?? 'mine', edited[index] ?? null);
}

function valueOf(part: ConflictPart | undefined, choice: Choice, typedText: string | null): Value {
  if (part === undefined) return null;
  switch (choice) {
    case 'mine':
      return part.mine;
    case 'theirs':
      return part.theirs;
    case 'both':
      return bothOf(String(part.mine ?? ''), String(part.theirs ?? ''));
    case 'edited':
      return spaced(typedText ?? '', [String(part.mine ?? ''), String(part.theirs ?? '')]);
  }
}

/** Typed words in the white space that the words they stand for had around them: nobody types it. */
function spaced(text: string, sides: readonly string[]): string {
  const longest = (space: RegExp): string =>
    sides.map((side) => space.exec(side)?.[0] ?? '').sort((one, other) => other.length - one.length)[0] ?? '';
  return text.trim() === '' ? '' : longest(/^\s*/u) + text.trim() + longest(/\s*$/u);
}

/** A decision with what this device has written since it was begun; where both changed the same words, both stay. */
function withNewWords(type: RowType, decided: Body, before: Body, now: Body): Body {
  const together = newDecision({ type, theirsVersion: 0, base: before, mine: decided, theirs: now });
  const choices = together.parts.map(({ mine }): Choice => (typeof mine === 'string' ? 'both' : 'mine'));
  return decidedBody({ ...together, choices });
}
