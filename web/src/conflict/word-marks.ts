// Which words of a text another text does not have.
import { diffArrays } from 'diff';

/** Beyond so many differences marks help nobody. */
const MOST_DIFFERENCES = 400;

/** Words in a row that the other side has too, or has not. */
export interface MarkedWords {
  text: string;
  differs: boolean;
}

/** The whole of `text`, in pieces; not marked at all where hardly a word is the same. */
export function markWords(text: string, other: string): MarkedWords[] {
  const words = split(text);
  const parts = diffArrays(split(other), words, {
    comparator: (one, another) => one.trim() === another.trim(),
    maxEditLength: MOST_DIFFERENCES,
  });
  if (parts === undefined) return [{ text, differs: false }];
  let at = 0;
  return parts
    .filter(({ removed }) => !removed)
    .flatMap(({ value, added }) => withoutSpace(words.slice(at, (at += value.length)).join(''), added));
}

/** The white space behind a mark is not marked. */
function withoutSpace(text: string, differs: boolean): MarkedWords[] {
  const word = text.trimEnd();
  if (!differs || word === text) return [{ text, differs }];
  return [
    { text: word, differs },
    { text: text.slice(word.length), differs: false },
  ].filter((piece) => piece.text !== '');
}

/** Words with the white space behind them, and signs each alone. */
function split(text: string): string[] {
  const words: string[] = [];
  for (const { segment } of new Intl.Segmenter('en', { granularity: 'word' }).segment(text)) {
    const before = words.at(-1);
    if (before !== undefined && segment.trim() === '') words[words.length - 1] = before + segment;
    else words.push(segment);
  }
  return words;
}
