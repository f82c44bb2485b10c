import type { VNode } from 'preact';
import { useLocation, useRoute } from 'preact-iso';
import { useMemo } from 'preact/hooks';
import { useJournal, useRead } from '../journal/use-journal.js';
import './editor.css';

/** Writing one entry, a new one at `/new`. */
export function EntryPage(): VNode {
  const { db } = useJournal();
  const { params } = useRoute();
  const { route } = useLocation();
  const id = useMemo(() => params['id'] ?? crypto.randomUUID(), [params['id']]);
  const entry = useRead(() => db.content.get(id), [id]);
  const save = async (content: string): Promise<void> => {
    await db.content.save({ id, content });
    if (params['id'] === undefined) route(`/entry/${id}`, true);
  };
  return (
    <textarea
      class="prose editor-text"
      aria-label="Entry"
      value={entry?.content ?? ''}
      onChange={({ currentTarget }) => void save(currentTarget.value)}
    />
  );
}
