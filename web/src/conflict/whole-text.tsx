import type { VNode } from 'preact';
import { AskFirst } from './ask-first.js';
import { texts, typedWhole, type Decision } from './decision.js';
import { FIELD_NAMES } from './field-names.js';
import type { Resolver } from './resolver.js';

/** What will be saved, to be read and, where a person wants, edited. */
export function WholeText({ decision, resolver }: { decision: Decision; resolver: Resolver }): VNode {
  return (
    <section class="whole" aria-labelledby="whole-text">
      <h2 id="whole-text" tabIndex={-1}>
        What will be saved
      </h2>
      {Object.entries(texts(decision)).map(([field, text]) => (
        <WholeField
          key={field}
          name={FIELD_NAMES[field] ?? field}
          isLine={field === 'title'}
          text={text}
          onType={(next) => resolver.decide((before) => typedWhole(before, field, next))}
        />
      ))}
      {decision.whole !== null && (
        <AskFirst
          label="Choose part by part again"
          warning="What you changed in the whole text goes."
          action="Choose again all the same"
          onConfirm={() => resolver.decide((before) => ({ ...before, whole: null }))}
        />
      )}
    </section>
  );
}

interface WholeFieldProps {
  name: string;
  isLine: boolean;
  text: string;
  onType: (text: string) => void;
}

function WholeField({ name, isLine, text, onType }: WholeFieldProps): VNode {
  return (
    <label class="whole-field">
      {name}
      {isLine ? (
        <input class="prose" value={text} onInput={({ currentTarget }) => onType(currentTarget.value)} />
      ) : (
        <textarea class="prose" value={text} onInput={({ currentTarget }) => onType(currentTarget.value)} />
      )}
    </label>
  );
}
