import { expect, test } from '@jest/globals';
import { StoreFullError, type Fields } from '@logdate/client';
import { settle, VirtualClock } from '../../client/test/virtual-clock.js';
import { Draft, type DraftStore, type SavedEntry } from '../src/editor/draft.js';

const ID = 'c0000000-0000-4000-8000-000000000001';

/** A disk that the test holds, breaks, and writes to as another device does. */
class Disk implements DraftStore {
  row: SavedEntry | undefined;
  readonly saves: { fields: Fields<SavedEntry>; seen: SavedEntry | undefined }[] = [];
  error: Error | undefined;
  /** What a save makes of the row besides what it is given. */
  merge = (content: string | null | undefined): string | null => content ?? null;
  private held: Promise<void> | undefined;
  private heldReads: Promise<void> | undefined;
  private release: (() => void) | undefined;

  /** Reads what is there when it begins, however long it takes. */
  async load(): Promise<SavedEntry | undefined> {
    const { row } = this;
    await this.heldReads;
    return row;
  }

  async save(fields: Fields<SavedEntry>, seen: SavedEntry | undefined): Promise<SavedEntry> {
    this.saves.push({ fields, seen });
    await this.held;
    if (this.error !== undefined) throw this.error;
    const before = this.row ?? entry(null);
    return (this.row = { ...before, ...fields, content: this.merge(fields.content ?? before.content) });
  }

  holdReads(): () => void {
    let release = (): void => undefined;
    this.heldReads = new Promise((resolve) => (release = resolve));
    return release;
  }

  hold(): void {
    this.held = new Promise((resolve) => (this.release = resolve));
  }

  async letGo(): Promise<void> {
    this.held = undefined;
    this.release?.();
    await settle();
  }
}

function entry(content: string | null, fields: Partial<SavedEntry> = {}): SavedEntry {
  const blank = {
    type: 'TEXT',
    mediaUri: null,
    durationMs: 0,
    createdAt: 1,
    clientUpdatedAt: 1,
    backup: 'waiting',
  } as const;
  return { ...blank, id: ID, content, ...fields };
}

async function open(row?: SavedEntry): Promise<{ draft: Draft; disk: Disk; clock: VirtualClock }> {
  const disk = new Disk();
  disk.row = row;
  const clock = new VirtualClock();
  const draft = new Draft(ID, disk, clock);
  await draft.read();
  return { draft, disk, clock };
}

test('what was typed is saved 300 ms after the last key', async () => {
  const { draft, disk, clock } = await open();
  draft.write({ content: 'It' });
  await clock.advance(200);
  draft.write({ content: 'It rained' });
  await clock.advance(299);
  expect(disk.saves).toHaveLength(0);
  expect(draft.state.saving).toBe('unsaved');
  await clock.advance(1);
  expect(disk.row?.content).toBe('It rained');
  expect(draft.state.saving).toBe('saved');
  expect(draft.unsaved).toBeNull();
});

test('who types on and on is saved each second', async () => {
  const { draft, disk, clock } = await open();
  for (let keys = 1; keys <= 25; keys += 1) {
    draft.write({ content: 'x'.repeat(keys) });
    await clock.advance(100);
  }
  expect(disk.saves.map(({ fields }) => fields.content?.length)).toEqual([10, 20]);
});

test('saves go one after the other, and what is typed meanwhile goes with the next', async () => {
  const { draft, disk, clock } = await open();
  disk.hold();
  draft.write({ content: 'one' });
  await clock.advance(300);
  draft.write({ content: 'one two' });
  await clock.advance(300);
  expect(disk.saves).toHaveLength(1);
  await disk.letGo();
  expect(disk.saves.map(({ fields }) => fields.content)).toEqual(['one', 'one two']);
  expect(disk.row?.content).toBe('one two');
  expect(draft.state).toMatchObject({ text: 'one two', saving: 'saved' });
});

test('each save says what was seen: what the one before answered', async () => {
  const { draft, disk } = await open(entry('Morning.'));
  draft.write({ content: 'Morning. Noon.' });
  await draft.save();
  draft.write({ content: 'Morning. Noon. Evening.' });
  await draft.save();
  expect(disk.saves.map(({ seen }) => seen?.content)).toEqual(['Morning.', 'Morning. Noon.']);
});

test('words of another device in the answer are shown when nothing was typed since', async () => {
  const { draft, disk } = await open(entry('Morning.'));
  disk.merge = (content) => `${content} Theirs.`;
  draft.write({ content: 'Morning. Mine.' });
  await draft.save();
  expect(draft.state.text).toBe('Morning. Mine. Theirs.');
});

test('words of another device in the answer wait while the person types, and the next save merges them', async () => {
  const { draft, disk, clock } = await open(entry('Morning.'));
  disk.merge = (content) => `${content} Theirs.`;
  disk.hold();
  draft.write({ content: 'Morning. Mine.' });
  await clock.advance(300);
  draft.write({ content: 'Morning. Mine. More.' });
  await disk.letGo();
  expect(draft.state.text).toBe('Morning. Mine. More.');
  expect(disk.row?.content).toBe('Morning. Mine. Theirs.');
  disk.merge = () => 'Morning. Mine. More. Theirs.';
  await draft.save();
  // Based on what was sent, and not on words that were never on the screen.
  expect(disk.saves.at(-1)).toMatchObject({
    fields: { content: 'Morning. Mine. More.' },
    seen: { content: 'Morning. Mine.' },
  });
  expect(draft.state.text).toBe('Morning. Mine. More. Theirs.');
});

test('a change from outside is shown at once where nothing is unsaved', async () => {
  const { draft, disk } = await open(entry('Here.'));
  disk.row = entry('There.', { createdAt: 5 });
  await draft.read();
  expect(draft.state).toMatchObject({ text: 'There.', createdAt: 5 });
});

test('a change from outside does not touch what is being typed, which stays based on what was seen', async () => {
  const { draft, disk } = await open(entry('Here.'));
  draft.write({ content: 'Here. And' });
  disk.row = entry('There.', { createdAt: 5 });
  await draft.read();
  expect(draft.state).toMatchObject({ text: 'Here. And', createdAt: 5, saving: 'unsaved' });
  await draft.save();
  expect(disk.saves[0]?.seen).toMatchObject({ content: 'Here.', createdAt: 5 });
});

test('a read that began before a save does not bring older words back after it', async () => {
  const { draft, disk } = await open(entry('Old.'));
  const releaseRead = disk.holdReads();
  draft.readNow();
  await settle();
  draft.write({ content: 'New.' });
  draft.saveNow();
  await settle();
  releaseRead();
  await settle();
  expect(disk.row?.content).toBe('New.');
  expect(draft.state.text).toBe('New.');
});

test('while a word is composed the screen is left alone, and catches up after it', async () => {
  const { draft, disk, clock } = await open(entry('Here.'));
  draft.hold(true);
  draft.write({ content: 'Here. に' });
  await clock.advance(300);
  disk.row = entry('Here. に There.');
  await draft.read();
  expect(draft.state.text).toBe('Here. に');
  draft.write({ content: 'Here. 日' });
  await draft.save();
  expect(disk.saves[1]?.seen?.content).toBe('Here. に');
  disk.row = entry('Here. 日 There.');
  draft.hold(false);
  await settle();
  expect(draft.state.text).toBe('Here. 日 There.');
});

test('a save that fails keeps the text, is tried again with what was typed since, and says so until it is saved', async () => {
  const { draft, disk, clock } = await open(entry('Here.'));
  disk.error = new StoreFullError('full');
  draft.write({ content: 'Here. One.' });
  await clock.advance(300);
  expect(draft.state).toMatchObject({ text: 'Here. One.', saving: 'failed', problem: disk.error });
  expect(draft.unsaved).toMatchObject({ typed: { content: 'Here. One.' }, seen: { content: 'Here.' } });
  await draft.read();
  draft.write({ content: 'Here. One. Two.' });
  expect(draft.state).toMatchObject({ text: 'Here. One. Two.', saving: 'failed', problem: disk.error });
  await clock.advance(300);
  disk.error = undefined;
  await clock.advance(2_000);
  expect(disk.row?.content).toBe('Here. One. Two.');
  expect(draft.state).toMatchObject({ saving: 'saved', problem: undefined });
  expect(draft.unsaved).toBeNull();
});

test('a save that failed is tried again by itself, ever more slowly', async () => {
  const { draft, disk, clock } = await open();
  disk.error = new Error('broken');
  draft.write({ content: 'x' });
  await clock.advance(300);
  for (const wait of [1_000, 2_000, 5_000, 10_000, 30_000, 30_000]) {
    const tried = disk.saves.length;
    await clock.advance(wait - 1);
    expect(disk.saves).toHaveLength(tried);
    await clock.advance(1);
    expect(disk.saves).toHaveLength(tried + 1);
  }
});

test('a save is called slow after 400 ms only', async () => {
  const { draft, disk, clock } = await open();
  disk.hold();
  draft.write({ content: 'x' });
  await clock.advance(300 + 399);
  expect(draft.state.saving).toBe('unsaved');
  await clock.advance(1);
  expect(draft.state.saving).toBe('slow');
  await disk.letGo();
  expect(draft.state.saving).toBe('saved');
});

test('an empty new entry is never saved', async () => {
  const { draft, disk, clock } = await open();
  draft.write({ content: '  ' });
  draft.write({ createdAt: 5 });
  await clock.advance(5_000);
  await draft.save();
  expect(disk.saves).toHaveLength(0);
  expect(draft.state.saving).toBe('saved');
  draft.write({ content: 'Words' });
  await draft.save();
  expect(disk.saves[0]?.fields).toEqual({ id: ID, content: 'Words', createdAt: 5 });
});

test('an entry that the person empties is saved as empty', async () => {
  const { draft, disk } = await open(entry('Words'));
  draft.write({ content: '' });
  await draft.save();
  expect(disk.row?.content).toBe('');
});

test('an empty entry is saved when something is added to it', async () => {
  const { draft, disk } = await open();
  await draft.ensureSaved();
  expect(disk.row?.content).toBe('');
  await draft.ensureSaved();
  expect(disk.saves).toHaveLength(1);
});

test('adding to an entry that cannot be saved fails', async () => {
  const { draft, disk } = await open();
  disk.error = new StoreFullError('full');
  await expect(draft.ensureSaved()).rejects.toBe(disk.error);
});

test('an entry deleted elsewhere keeps its text on the screen, and comes back whole when it is written on', async () => {
  const { draft, disk } = await open(entry('Words', { createdAt: 7 }));
  disk.row = undefined;
  await draft.read();
  expect(draft.state).toMatchObject({ text: 'Words', isDeleted: true, saving: 'saved' });
  draft.write({ content: 'Words again' });
  await draft.save();
  expect(disk.row).toMatchObject({ content: 'Words again', createdAt: 7, type: 'TEXT' });
  expect(draft.state.isDeleted).toBe(false);
});

test('an entry deleted elsewhere while something is unsaved comes back with it', async () => {
  const { draft, disk, clock } = await open(entry('Words', { createdAt: 7 }));
  draft.write({ content: 'Words more' });
  disk.row = undefined;
  await draft.read();
  await clock.advance(300);
  expect(disk.row).toMatchObject({ content: 'Words more', createdAt: 7 });
});

test('the date alone is saved, and leaves the words to others', async () => {
  const { draft, disk } = await open(entry('Words'));
  draft.write({ createdAt: 9 });
  await draft.save();
  expect(disk.saves[0]?.fields).toEqual({ id: ID, createdAt: 9 });
  expect(draft.state).toMatchObject({ createdAt: 9, text: 'Words' });
});

test('what is given up is not saved later', async () => {
  const { draft, disk, clock } = await open(entry('Words'));
  draft.write({ content: 'More' });
  draft.discard();
  await clock.advance(5_000);
  expect(disk.saves).toHaveLength(0);
});

test('two tabs that write one entry in turn each show the other', async () => {
  const { draft: one, disk } = await open(entry('Start.'));
  const other = new Draft(ID, disk, new VirtualClock());
  await other.read();
  one.write({ content: 'Start. One.' });
  await one.save();
  await other.read();
  other.write({ content: 'Start. One. Other.' });
  await other.save();
  await one.read();
  expect(one.state.text).toBe('Start. One. Other.');
  expect(disk.saves.map(({ seen }) => seen?.content)).toEqual(['Start.', 'Start. One.']);
});
