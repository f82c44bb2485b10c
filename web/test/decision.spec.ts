import { describe, expect, test } from '@jest/globals';
import type { Body } from '@logdate/client';
import fc from 'fast-check';
import {
  bothOf,
  chosen,
  chosenForRest,
  decidedBody,
  hasOwnWords,
  movedOn,
  newDecision,
  texts,
  typed,
  typedWhole,
  undecided,
  type Choice,
  type Decision,
} from '../src/conflict/decision.js';

const BASE = 'It rained. We stayed in. The cat slept.';
const MINE = 'It poured. We stayed in. The cat slept on the sill.';
const THEIRS = 'It snowed. We stayed in all day. The cat slept.';

function entry(content: string, createdAt = 1): Body {
  return { type: 'TEXT', content, mediaUri: null, durationMs: 0, createdAt };
}

function decisionOf(base: string, mine: string, theirs: string): Decision {
  const sides = { base: entry(base), mine: entry(mine), theirs: entry(theirs) };
  return newDecision({ type: 'content', theirsVersion: 2, ...sides });
}

function textOf(decision: Decision): string {
  return texts(decision)['content'] ?? '';
}

/** The first part that is asked. */
function asked(decision: Decision): number {
  return undecided(decision)[0] ?? -1;
}

const three = decisionOf(BASE, MINE, THEIRS);

describe('a choice', () => {
  test.each<[Choice, string]>([
    ['mine', 'It poured. We stayed in all day. The cat slept on the sill.'],
    ['theirs', 'It snowed. We stayed in all day. The cat slept on the sill.'],
    ['both', 'It poured. It snowed. We stayed in all day. The cat slept on the sill.'],
  ])('of %s leaves what both sides have together as it is', (choice, text) => {
    const decision = chosen(three, asked(three), choice);
    expect(undecided(decision)).toEqual([]);
    expect(textOf(decision)).toBe(text);
  });

  test('to edit begins with the words that were chosen, and what was typed outlives another choice', () => {
    const part = asked(three);
    const begun = chosen(chosen(three, part, 'theirs'), part, 'edited');
    expect(begun.edited[part]).toBe('It snowed.');
    const changed = chosen(typed(begun, part, 'It hailed.'), part, 'mine');
    expect(textOf(changed)).toContain('It poured.');
    expect(textOf(chosen(changed, part, 'edited'))).toContain('It hailed.');
  });

  test('to edit keeps the white space around the words, which nobody types', () => {
    const removed = decisionOf('One. Two. Three.', 'One. Three.', 'One. Zwei. Three.');
    const part = asked(removed);
    const begun = chosen(removed, part, 'edited');
    expect(begun.edited[part]).toBe('Zwei.');
    expect(textOf(typed(begun, part, 'Deux.'))).toBe('One. Deux. Three.');
    expect(textOf(typed(begun, part, ''))).toBe('One. Three.');
  });

  test('that is taken back is waited for again', () => {
    const part = asked(three);
    expect(undecided(chosen(chosen(three, part, 'mine'), part, null))).toEqual([part]);
  });

  test('for all that is left leaves what was chosen before', () => {
    const two = decisionOf('One. Two. Three.', 'A. Two. B.', 'C. Two. D.');
    const decision = chosenForRest(chosen(two, asked(two), 'mine'), 'theirs');
    expect(textOf(decision)).toBe('A. Two. D.');
  });

  test('is not needed once the whole text is edited, which then stands for all parts', () => {
    const decision = typedWhole(chosen(three, asked(three), 'mine'), 'content', 'All new.');
    expect(undecided(decision)).toEqual([]);
    expect(decidedBody(decision)).toEqual(entry('All new.'));
  });
});

const sentence = fc.constantFrom('One.', 'Two!', 'Three?', 'Vier.', 'Fünf.\n', '六。', 'Nine\n\n', 'ten');
const words = fc.array(sentence, { maxLength: 8 }).map((sentences) => sentences.join(' '));
/** Every sentence of a side is of that side alone, so that each part of a conflict can be told. */
const ownWords = (side: string): fc.Arbitrary<string> =>
  fc.array(sentence, { maxLength: 8 }).map((all) => all.map((each) => `${side}${each}`).join(' '));

describe('whatever was written', () => {
  test('all mine is what was written here, where the other device changed nothing else', () => {
    fc.assert(
      fc.property(words, words, words, (base, mine, theirs) => {
        const decision = decisionOf(base, mine, theirs);
        const { parts } = decision;
        const onlyUnclear = parts.every(({ merged, mine: here }) => merged === undefined || merged === here);
        const all = chosenForRest(decision, 'mine');
        if (onlyUnclear) expect(textOf(all)).toBe(mine);
        // Beside the parts that are asked only what the other device alone has changed can differ.
        const here = parts.map((part) => (part.merged === part.theirs ? part.merged : part.mine));
        expect(textOf(all)).toBe(here.filter((_, part) => parts[part]?.field === 'content').join(''));
      }),
    );
  });

  test('all theirs is what the other device has, where nothing else was changed here', () => {
    fc.assert(
      fc.property(words, words, words, (base, mine, theirs) => {
        const decision = decisionOf(base, mine, theirs);
        const { parts } = decision;
        const onlyUnclear = parts.every(({ merged, theirs: there }) => merged === undefined || merged === there);
        if (onlyUnclear) expect(decidedBody(chosenForRest(decision, 'theirs'))['content']).toBe(theirs);
      }),
    );
  });

  test('with nothing in common, all mine gives mine, all theirs gives theirs, and both keep every word', () => {
    fc.assert(
      fc.property(ownWords('m'), ownWords('t'), (mine, theirs) => {
        const sides = { base: null, mine: entry(mine), theirs: entry(theirs) };
        const decision = newDecision({ type: 'content', theirsVersion: 2, ...sides });
        expect(textOf(chosenForRest(decision, 'mine'))).toBe(mine);
        expect(textOf(chosenForRest(decision, 'theirs'))).toBe(theirs);
        let both = decision;
        for (const part of undecided(decision)) both = chosen(both, part, 'both');
        expect(wordsIn(textOf(both))).toEqual([...wordsIn(mine), ...wordsIn(theirs)].sort());
      }),
    );
  });

  test('no word of a chosen side is lost', () => {
    const choices = fc.array(fc.constantFrom<Choice>('mine', 'theirs', 'both'), { minLength: 20, maxLength: 20 });
    fc.assert(
      fc.property(words, words, words, choices, (base, mine, theirs, picks) => {
        let decision = decisionOf(base, mine, theirs);
        const expected: string[] = [];
        for (const [part, { field, merged, mine: here, theirs: there }] of decision.parts.entries()) {
          if (field !== 'content') continue;
          const pick = picks[part % picks.length] ?? 'mine';
          if (merged === undefined) decision = chosen(decision, part, pick);
          const sides = { mine: [here], theirs: [there], both: [here, there], edited: [] };
          expected.push(...(merged === undefined ? sides[pick] : [merged]).map(String));
        }
        expect(undecided(decision)).toEqual([]);
        let at = 0;
        for (const stretch of expected) {
          at = textOf(decision).indexOf(stretch, at);
          expect(at).toBeGreaterThanOrEqual(0);
          at += stretch.length;
        }
      }),
    );
  });

  test('a decision is the same after it was kept on disk', () => {
    fc.assert(
      fc.property(words, words, words, (base, mine, theirs) => {
        const decision = chosenForRest(decisionOf(base, mine, theirs), 'theirs');
        const kept = JSON.parse(JSON.stringify(decision)) as Decision;
        expect(decidedBody(kept)).toEqual(decidedBody(decision));
        expect(undecided(kept)).toEqual([]);
      }),
    );
  });
});

describe('when a side moves on', () => {
  const now = (mine: string, theirs: string) => ({
    type: 'content' as const,
    theirsVersion: 3,
    base: entry(BASE),
    mine: entry(mine),
    theirs: entry(theirs),
  });

  test('a choice stays where their words are as they were read', () => {
    const decision = chosen(three, asked(three), 'mine');
    const next = movedOn(decision, now(MINE, `${THEIRS} Then night fell.`));
    expect(undecided(next)).toEqual([]);
    expect(textOf(next)).toBe('It poured. We stayed in all day. The cat slept on the sill. Then night fell.');
    expect(next.theirsVersion).toBe(3);
  });

  test('a choice is asked again where their words changed, with the words that were chosen', () => {
    const decision = typed(three, asked(three), 'It hailed.');
    const next = movedOn(decision, now(MINE, THEIRS.replace('snowed', 'thundered')));
    const part = asked(next);
    expect([next.parts[part]?.mine, next.parts[part]?.theirs]).toEqual(['It hailed.', 'It thundered.']);
  });

  test('what was not chosen yet is asked with its newest words', () => {
    const next = movedOn(three, now(MINE, THEIRS.replace('snowed', 'thundered')));
    const part = next.parts[asked(next)];
    expect([part?.base, part?.mine, part?.theirs]).toEqual(['It rained.', 'It poured.', 'It thundered.']);
  });

  test('a whole text that was typed stays, with what is new beside it', () => {
    const decision = typedWhole(three, 'content', 'It hailed. We read. The cat left.');
    const next = movedOn(decision, now(MINE, `${THEIRS} Then night fell.`));
    expect(textOf(chosenForRest(next, 'mine'))).toContain('It hailed. We read. The cat left.');
    expect(textOf(chosenForRest(next, 'theirs'))).toContain('Then night fell.');
  });

  test('words that were typed before are still told from those of the two sides', () => {
    const decision = typed(three, asked(three), 'It hailed.');
    const next = movedOn(decision, now(MINE, THEIRS.replace('snowed', 'thundered')));
    expect([three, decision, next].map(hasOwnWords)).toEqual([false, true, true]);
  });

  test('words written here meanwhile are brought in', () => {
    const decision = chosen(three, asked(three), 'theirs');
    const next = movedOn(decision, now(`${MINE} I wrote this in another tab.`, THEIRS));
    expect(textOf(next)).toBe(
      'It snowed. We stayed in all day. The cat slept on the sill. I wrote this in another tab.',
    );
  });

  test('words written here meanwhile in the place of words that were typed stay beside them', () => {
    const decision = typed(three, asked(three), 'It hailed.');
    const next = movedOn(decision, now(MINE.replace('poured', 'drizzled'), THEIRS));
    expect(textOf(next)).toContain('It hailed. It drizzled.');
  });

  test('it has moved on no more than once: the same sides again change nothing', () => {
    const next = movedOn(chosen(three, asked(three), 'both'), now(MINE, `${THEIRS} Then night fell.`));
    expect(next.sides).toEqual({ base: entry(BASE), mine: entry(MINE), theirs: entry(`${THEIRS} Then night fell.`) });
  });

  test('words that were typed are in the text or asked for, whatever the other device has written', () => {
    fc.assert(
      fc.property(words, words, words, words, (base, mine, theirs, later) => {
        const begun = decisionOf(base, mine, theirs);
        let decision = begun;
        for (const part of undecided(begun)) decision = typed(decision, part, `typed${part}.`);
        const next = movedOn(decision, { ...now(mine, later), base: entry(base) });
        const all = textOf(chosenForRest(next, 'mine'));
        for (const part of undecided(begun)) expect(all).toContain(`typed${part}.`);
      }),
    );
  });
});

test('two texts side by side never run into each other', () => {
  expect(bothOf('One.', 'Two.')).toBe('One. Two.');
  expect(bothOf(' One.', ' Two.')).toBe(' One. Two.');
  expect(bothOf('A\nB', 'C')).toBe('A\nB\n\nC');
  expect(bothOf('', 'C')).toBe('C');
});

function wordsIn(text: string): string[] {
  return (text.match(/[^\s.!?。]+/gu) ?? []).sort();
}
