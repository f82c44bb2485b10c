import { describe, expect, test } from '@jest/globals';
import { StoreFullError, StoreLostError, type MediaEntry } from '@logdate/client';
import { caretAfter } from '../src/editor/caret.js';
import type { DraftState, SavedEntry } from '../src/editor/draft.js';
import { clockWords, fileKind, fileState, safeType, sizeWords, typeOf, whyNotAdded } from '../src/editor/file-words.js';
import { fromLocalInput, toLocalInput } from '../src/editor/local-time.js';
import { whereWords } from '../src/editor/where-words.js';

describe('the line that says where the text is', () => {
  const state = (fields: Partial<DraftState>, backup?: SavedEntry['backup']): DraftState => ({
    text: 'Words',
    createdAt: 1,
    entry: backup && ({ backup } as SavedEntry),
    isRead: true,
    isDeleted: false,
    saving: 'saved',
    problem: undefined,
    ...fields,
  });
  test.each([
    [state({}), ''],
    [state({ saving: 'unsaved' }, 'backed-up'), 'Edited'],
    [state({ saving: 'slow' }, 'backed-up'), 'Saving…'],
    [state({}, 'waiting'), 'Saved on this device'],
    [state({}, 'backed-up'), 'Backed up'],
    [state({}, 'conflict'), 'Needs your decision'],
    [state({}, 'refused'), "Couldn't be backed up"],
    [
      state({ saving: 'failed', problem: new StoreFullError() }, 'backed-up'),
      'Not saved. This device is full. Free some space: your text is saved once it fits.',
    ],
    [
      state({ saving: 'failed', problem: new StoreLostError() }),
      'Not saved. This browser has stopped saving. Copy your text before you reload.',
    ],
    [
      state({ saving: 'failed', problem: new Error('x') }),
      'Not saved. Your text stays here, and saving is tried again.',
    ],
  ])('%#: says where it is', (given, text) => {
    expect(whereWords('id', given, 0).text).toBe(text);
  });

  test('a conflict and a refusal lead to where they are settled', () => {
    expect(whereWords('id', state({}, 'conflict'), 0).href).toBe('/conflict/content/id');
    expect(whereWords('id', state({}, 'refused'), 0).href).toBe('/attention');
  });

  test('an entry is not called backed up while its photos are not', () => {
    expect(whereWords('id', state({}, 'backed-up'), 2).text).toBe('Words backed up');
  });
});

describe('the caret', () => {
  test.each([
    ['words come in behind it', 'One. |', 'One. |Two.'],
    ['words come in before it', 'One. |', 'Zero. One. |'],
    ['words come in before and behind it', 'Two| Four.', 'One. Two| Three. Four.'],
    ['the words around it are replaced', 'One tw|o three', 'One 2| three'],
    ['all is gone', 'One|', '|'],
  ])('stays at its words when %s', (_when, before, after) => {
    const plain = (text: string): string => text.replace('|', '');
    const at = caretAfter(plain(before), plain(after), before.indexOf('|'));
    expect(plain(after).slice(0, at) + '|' + plain(after).slice(at)).toBe(after);
  });
});

describe('files in words', () => {
  const upload = (fields: Partial<MediaEntry>): MediaEntry =>
    ({ state: 'sending', offset: 0, size: 100, lastError: null, ...fields }) as MediaEntry;

  test('only what can be added is added', () => {
    expect(whyNotAdded({ name: 'a.jpg', type: 'image/jpeg', size: 5 })).toBeNull();
    expect(whyNotAdded({ name: 'a.HEIC', type: '', size: 5 })).toBeNull();
    expect(whyNotAdded({ name: 'a.pdf', type: 'application/pdf', size: 5 })).toContain('Only photos');
    expect(whyNotAdded({ name: 'a.jpg', type: 'image/jpeg', size: 0 })).toContain('empty');
    expect(whyNotAdded({ name: 'a.mp4', type: 'video/mp4', size: 2 ** 31 })).toBeNull();
    expect(whyNotAdded({ name: 'a.mp4', type: 'video/mp4', size: 2 ** 31 + 1 })).toContain('at most 2.1 GB');
  });

  test('a file is shown as what a browser can show, and else as a card', () => {
    const kind = (mimeType: string, fileName = 'a'): string => fileKind({ mimeType, fileName });
    expect(kind('image/png')).toBe('image');
    expect(kind('video/mp4')).toBe('video');
    expect(kind('audio/webm;codecs=opus')).toBe('audio');
    expect(kind('video/webm', 'Recording.weba')).toBe('audio');
    expect(kind('image/heic')).toBe('card');
    expect(kind('image/svg+xml')).toBe('card');
  });

  test('a browser is told no type that can carry a script', () => {
    expect(safeType('image/svg+xml')).toBe('application/octet-stream');
    expect(safeType('text/html')).toBe('application/octet-stream');
    expect(safeType('image/png')).toBe('image/png');
    expect(typeOf({ name: 'a.heic', type: '' })).toBe('image/heic');
  });

  test('each state of an upload has its words, and says that the file is safe where it cannot go up', () => {
    expect(fileState(undefined, true)).toBeNull();
    expect(fileState(upload({ state: 'waiting' }), true)?.text).toBe('Saved on this device');
    expect(fileState(upload({}), true)?.text).toBe('Backing up');
    expect(fileState(upload({ offset: 33 }), true)).toMatchObject({
      text: 'Backing up · 33 %',
      sent: { bytes: 33, of: 100 },
    });
    expect(fileState(upload({ offset: 33 }), false)?.text).toBe('Saved on this device');
    expect(fileState(upload({ state: 'quota' }), true)).toMatchObject({ asks: true });
    expect(fileState(upload({ state: 'quota' }), true)?.text).toContain('Cloud storage is full');
    expect(fileState(upload({ state: 'refused', lastError: 'TOO_LARGE' }), true)?.text).toContain('larger');
    expect(fileState(upload({ state: 'refused', lastError: 'TOO_LARGE' }), true)?.text).toContain(
      'safe on this device',
    );
  });

  test('sizes and times are said as people say them', () => {
    expect([sizeWords(1), sizeWords(1_500_000), sizeWords(2 ** 31)]).toEqual(['1 kB', '1.5 MB', '2.1 GB']);
    expect([clockWords(0), clockWords(61.9), clockWords(3_600)]).toEqual(['0:00', '1:01', '60:00']);
  });
});

describe('the time of an entry', () => {
  test.each(['2026-11-22T16:14', '1660-01-01T00:00', '0099-03-01T12:30', '1969-12-31T23:59'])(
    '%s goes into the field and comes out again',
    (text) => {
      const at = fromLocalInput(text);
      expect(toLocalInput(at ?? NaN)).toBe(text);
    },
  );

  test('what is no time is none', () => {
    expect([fromLocalInput(''), fromLocalInput('tomorrow')]).toEqual([null, null]);
  });
});
