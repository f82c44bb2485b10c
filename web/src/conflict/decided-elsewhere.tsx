import type { VNode } from 'preact';
import { useLocation } from 'preact-iso';
import { useEffect, useRef } from 'preact/hooks';
import { CopyText } from '../attention/copy-text.js';
import { useJournal } from '../journal/use-journal.js';
import { decidedBody, texts, type Decision } from './decision.js';
import { FIELD_NAMES } from './field-names.js';
import type { Problem, Resolver } from './resolver.js';

interface DecidedElsewhereProps {
  id: string;
  decision: Decision;
  problem: Problem;
  resolver: Resolver;
}

/** Nothing waits for a decision any more, but words of one are here. */
export function DecidedElsewhere({ id, decision, problem, resolver }: DecidedElsewhereProps): VNode {
  const { db } = useJournal();
  const { route } = useLocation();
  const head = useRef<HTMLHeadingElement>(null);
  useEffect(() => head.current?.focus(), []);
  const isJournal = decision.type === 'journal';
  const save = async (): Promise<void> => {
    try {
      // As a row of its own: what was decided elsewhere stays as it is.
      if (isJournal) await db.journals.save(texts(decision));
      else await db.content.save({ ...texts(decision), createdAt: Number(decidedBody(decision)['createdAt']) });
    } catch {
      return resolver.tell('not-saved');
    }
    await leave();
  };
  const leave = async (): Promise<void> => {
    await resolver.forget();
    route(isJournal ? '/' : `/entry/${id}`);
  };
  return (
    <>
      <h1 ref={head} tabIndex={-1}>
        Decided elsewhere meanwhile
      </h1>
      <p>
        Another tab or device settled this while you were deciding. These are the words you had chosen; they are kept on
        this device until you choose below.
      </p>
      {Object.entries(texts(decision)).map(([field, text]) => (
        <section key={field} class="card" aria-label={FIELD_NAMES[field] ?? field}>
          <p class="prose">{text}</p>
        </section>
      ))}
      <div class="row deciding-ways">
        <button type="button" class="button button-main" onClick={() => void save()}>
          {isJournal ? 'Save as a new journal' : 'Save as a new entry'}
        </button>
        <CopyText text={Object.values(texts(decision)).join('\n\n')} />
        <button type="button" class="button" onClick={() => void leave()}>
          Leave it as it was decided
        </button>
      </div>
      <p class="problem" role="alert">
        {problem !== null && 'This could not be saved on this device. Your words are still here: copy them.'}
      </p>
    </>
  );
}
