import type { VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import { excerptOf, type Excerpt } from './search.js';

/** The part of a text around the words that were found, with the words marked. @param words folded */
export function MarkedText({ text, words }: { text: string; words: readonly string[] }): VNode {
  const excerpt = useMemo(() => excerptOf(text, words), [text, words.join(' ')]);
  return <>{partsOf(excerpt)}</>;
}

function partsOf({ text, marks }: Excerpt): (string | VNode)[] {
  const parts: (string | VNode)[] = [];
  let at = 0;
  for (const { from, to } of marks) {
    parts.push(text.slice(at, from), <mark key={from}>{text.slice(from, to)}</mark>);
    at = to;
  }
  return [...parts, text.slice(at)];
}
