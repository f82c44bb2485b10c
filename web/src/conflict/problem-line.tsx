import type { VNode } from 'preact';
import { CopyText } from '../attention/copy-text.js';
import { texts, type Decision } from './decision.js';
import type { Problem } from './resolver.js';

const WORDS: Record<NonNullable<Problem>, string> = {
  'not-saved':
    'This could not be saved on this device. Everything you chose is still here: try again, or copy the text.',
  'not-kept': 'Your choices are not saved on this device yet. Copy the text before you leave this page.',
};

/** What did not work, with the words to take away. */
export function ProblemLine({ problem, decision }: { problem: Problem; decision: Decision }): VNode {
  return (
    <div role="alert">
      {problem !== null && (
        <div class="row problem">
          <span>{WORDS[problem]}</span>
          <CopyText text={Object.values(texts(decision)).join('\n\n')} />
        </div>
      )}
    </div>
  );
}
