import type { Entry, JournalBody } from '@logdate/client';
import { useSignal } from '@preact/signals';
import type { TargetedSubmitEvent, VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { useJournal, useRead } from '../journal/use-journal.js';
import type { JournalsOf } from './use-journals-of.js';

/** The journals of an entry, and a box for each to put it in or take it out. */
export function EntryJournals({ journals }: { journals: JournalsOf }): VNode {
  const all = useRead((db) => db.journals.list(), []) ?? [];
  const place = useRef<HTMLDetailsElement>(null);
  const problem = useSignal('');
  useEffect(() => closesFromOutside(place.current), []);
  const choose = async (id: string, belongs: boolean): Promise<void> => {
    try {
      await journals.choose(id, belongs);
      problem.value = '';
    } catch {
      problem.value = 'Not saved. Try it again.';
    }
  };
  return (
    <details class="entry-journals" ref={place}>
      <summary>{summaryOf(all.filter(({ id }) => journals.ids.has(id)))}</summary>
      <div class="entry-journals-list">
        <fieldset>
          <legend class="visually-hidden">Journals of this entry</legend>
          {all.length === 0 && <p class="soft">There is no journal yet.</p>}
          {all.map(({ id, title }) => (
            <label key={id} class="entry-journal">
              <input
                type="checkbox"
                checked={journals.ids.has(id)}
                onChange={({ currentTarget }) => void choose(id, currentTarget.checked)}
              />
              {titleOf(title)}
            </label>
          ))}
        </fieldset>
        <NewJournal onMade={(id) => choose(id, true)} />
        <p class="problem" role="alert">
          {problem}
        </p>
      </div>
    </details>
  );
}

function NewJournal({ onMade }: { onMade: (id: string) => Promise<void> }): VNode {
  const { db } = useJournal();
  const title = useSignal('');
  const make = async (event: TargetedSubmitEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    if (title.value.trim() === '') return;
    const { id } = await db.journals.save({ title: title.value.trim() });
    title.value = '';
    await onMade(id);
  };
  return (
    <form class="entry-new-journal" onSubmit={(event) => void make(event).catch(() => undefined)}>
      <input
        aria-label="New journal"
        placeholder="New journal"
        maxLength={500}
        value={title}
        onInput={({ currentTarget }) => (title.value = currentTarget.value)}
      />
      <button class="button">Add</button>
    </form>
  );
}

function summaryOf(chosen: readonly Entry<JournalBody>[]): string {
  return chosen.length === 0 ? 'In no journal' : `In ${chosen.map(({ title }) => titleOf(title)).join(', ')}`;
}

function titleOf(title: string): string {
  return title.trim() === '' ? 'Untitled' : title;
}

function closesFromOutside(place: HTMLDetailsElement | null): () => void {
  const onPointer = ({ target }: Event): void => {
    if (place !== null && !place.contains(target as Node)) place.open = false;
  };
  const onKey = ({ key }: KeyboardEvent): void => {
    if (key !== 'Escape' || place?.open !== true) return;
    place.open = false;
    place.querySelector('summary')?.focus();
  };
  addEventListener('pointerdown', onPointer);
  addEventListener('keydown', onKey);
  return () => {
    removeEventListener('pointerdown', onPointer);
    removeEventListener('keydown', onKey);
  };
}
