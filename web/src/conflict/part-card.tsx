import type { ConflictPart, Value } from '@logdate/client/conflict-parts';
import type { VNode } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import type { Choice } from './decision.js';
import { markWords } from './word-marks.js';

interface PartCardProps {
  part: ConflictPart;
  /** Its place among all parts. */
  number: number;
  title: string;
  choice: Choice | null;
  /** The whole text is edited: it stands for this part too. */
  isReplaced: boolean;
  /** What was typed into it. */
  edited: string | null;
  onChoose: (choice: Choice | null) => void;
  onType: (text: string) => void;
  /** The person is done with typing. */
  onDone: () => void;
}

const CHOSEN: Record<Choice, string> = {
  mine: 'Mine is used',
  theirs: 'Theirs is used',
  both: 'Both are kept',
  edited: 'Your own words are used',
};

/** One part that two devices changed: both sides with the words that differ, and the choices. */
export function PartCard({ part, number, title, choice, isReplaced, onChoose, ...typing }: PartCardProps): VNode {
  const id = useId();
  const isText = typeof part.mine === 'string' && typeof part.theirs === 'string';
  const button = (of: Choice, label: string): VNode => (
    <button
      type="button"
      class="button part-choice"
      aria-pressed={choice === of}
      disabled={isReplaced}
      onClick={() => onChoose(choice === of ? null : of)}
    >
      {label}
    </button>
  );
  return (
    <section
      class={`card part ${choice === null && !isReplaced ? '' : 'part-decided'}`}
      data-part={number}
      tabIndex={-1}
      aria-labelledby={id}
    >
      <h3 id={id} class="part-title">
        {title} <span class="part-state">{stateWords(choice, isReplaced)}</span>
      </h3>
      <div class="part-sides">
        <Side name="Mine" words={part.mine} other={part.theirs} isChosen={choice === 'mine' || choice === 'both'} />
        <Side name="Theirs" words={part.theirs} other={part.mine} isChosen={choice === 'theirs' || choice === 'both'} />
      </div>
      <div class="row" role="group" aria-label={`Choose for ${title.toLowerCase()}`}>
        {button('mine', 'Use mine')}
        {button('theirs', 'Use theirs')}
        {isText && button('both', 'Keep both')}
        {isText && button('edited', 'Edit')}
      </div>
      {choice === 'edited' && !isReplaced && <OwnWords {...typing} title={title} />}
      {part.base !== undefined && (
        <details class="part-original">
          <summary>Show original</summary>
          <p class="prose">{shown(part.base)}</p>
        </details>
      )}
    </section>
  );
}

function stateWords(choice: Choice | null, isReplaced: boolean): string {
  if (isReplaced) return 'The whole text below is used';
  return choice === null ? 'Not decided' : CHOSEN[choice];
}

interface SideProps {
  name: 'Mine' | 'Theirs';
  words: Value;
  other: Value;
  isChosen: boolean;
}

function Side({ name, words, other, isChosen }: SideProps): VNode {
  const text = String(words ?? '').trim();
  return (
    <div class={`part-side part-side-${name.toLowerCase()} ${isChosen ? 'part-side-chosen' : ''}`}>
      <h4>{name}</h4>
      {text === '' ? (
        <p class="soft">Nothing: these words are removed here.</p>
      ) : (
        <p class="prose">
          {markWords(text, String(other ?? '').trim()).map(({ text: piece, differs }, index) =>
            differs ? <ins key={index}>{piece}</ins> : piece,
          )}
        </p>
      )}
    </div>
  );
}

function OwnWords({
  title,
  edited,
  onType,
  onDone,
}: Pick<PartCardProps, 'title' | 'edited' | 'onType' | 'onDone'>): VNode {
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => field.current?.focus(), []);
  return (
    <div class="part-own">
      <textarea
        ref={field}
        class="prose"
        aria-label={`Your words for ${title.toLowerCase()}`}
        value={edited ?? ''}
        onInput={({ currentTarget }) => onType(currentTarget.value)}
      />
      <button type="button" class="button" onClick={onDone}>
        Done
      </button>
    </div>
  );
}

function shown(words: Value | undefined): string {
  const text = String(words ?? '').trim();
  return text === '' ? 'Nothing was here.' : text;
}
