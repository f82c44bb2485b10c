// The words of the line in the editor that says where the text is now.
import { StoreFullError, StoreLostError } from '@logdate/client';
import type { DraftState } from './draft.js';

/** What the line shows. */
export interface WhereWords {
  state: 'nothing' | 'edited' | 'saving' | 'not-saved' | 'saved' | 'backed-up' | 'conflict' | 'refused';
  text: string;
  /** Where the person can do something about it. */
  href?: string;
}

/** @param filesWaiting files of the entry that are not backed up yet */
export function whereWords(id: string, state: DraftState, filesWaiting: number): WhereWords {
  const { saving, problem, entry } = state;
  if (saving === 'failed') return { state: 'not-saved', text: `Not saved. ${reason(problem)}` };
  if (saving === 'slow') return { state: 'saving', text: 'Saving…' };
  if (saving === 'unsaved') return { state: 'edited', text: 'Edited' };
  switch (entry?.backup) {
    case undefined:
      return { state: 'nothing', text: '' };
    case 'conflict':
      return { state: 'conflict', text: 'Needs your decision', href: `/conflict/content/${id}` };
    case 'refused':
      return { state: 'refused', text: "Couldn't be backed up", href: '/attention' };
    case 'waiting':
      return { state: 'saved', text: 'Saved on this device' };
    case 'backed-up':
      return { state: 'backed-up', text: filesWaiting > 0 ? 'Words backed up' : 'Backed up' };
  }
}

function reason(problem: unknown): string {
  if (problem instanceof StoreFullError)
    return 'This device is full. Free some space: your text is saved once it fits.';
  if (problem instanceof StoreLostError) return 'This browser has stopped saving. Copy your text before you reload.';
  return 'Your text stays here, and saving is tried again.';
}
