// What a folder's files mean for the journal, state by state.
import { describe, expect, it } from '@jest/globals';
import type { LocalRow } from '@logdate/client';
import type { FolderPlan } from '../src/folder/folder-plan.js';
import type { FolderState } from '../src/folder/folder-state.js';
import { planFolder } from '../src/folder/plan.js';
import { followRenames } from '../src/folder/renames.js';
import type { FolderFile } from '../src/folder/scan.js';
import { rowOf, USER } from '../../formats/test/support/rows.js';
import { fileOf, rowsAfter, stateOf } from './support/folder-state.js';

const ROBIN = fileOf('garden/2024-05-01 Robin.md', 'A robin. It sang.');

describe('a folder that was never seen', () => {
  it('becomes a journal for each folder, an entry for each file, dated by its name', () => {
    const plan = planFolder(stateOf([fileOf('loose.md', 'Loose.', 5), ROBIN]));
    expect(plan.journals.map(({ title }) => title)).toEqual(['notes', 'garden']);
    expect(plan.entries.map(({ content, createdAt }) => [content, createdAt])).toEqual([
      ['Loose.', 5],
      ['A robin. It sang.', Date.UTC(2024, 4, 1, 12)],
    ]);
    expect(plan.links).toHaveLength(2);
  });

  it('brings nothing the second time, on another device that has the rows but not the records', () => {
    const rows = rowsAfter(planFolder(stateOf([ROBIN])));
    const again = planFolder(stateOf([{ ...ROBIN, mtimeMs: ROBIN.mtimeMs + 1 }], rows));
    expect(again).toMatchObject({ entries: [], links: [], journals: [], unchanged: 1 });
  });

  it('makes an entry of its own of a file whose name another diary has with other words', () => {
    const rows = rowsAfter(planFolder(stateOf([ROBIN])));
    const other = planFolder(stateOf([fileOf(ROBIN.path, 'Another diary.')], rows));
    expect(other.entries).toHaveLength(1);
    expect(rows.map(({ id }) => id)).not.toContain(other.entries[0]?.id);
  });

  it('keeps front matter that LogDate has no field for at the head of the text', () => {
    const written = '---\ndate: 1660-01-01\ntags: [a, b]\ntitle: New year\n---\nBlessed be God.';
    const [entry] = planFolder(stateOf([fileOf('x.md', written)])).entries;
    expect(entry?.content).toBe('---\ntags: [a, b]\ntitle: New year\n---\nBlessed be God.');
    expect(entry?.createdAt).toBe(Date.UTC(1660, 0, 1, 12));
  });

  it('says which date it could not read, and takes the entry all the same', () => {
    const plan = planFolder(stateOf([fileOf('x.md', '---\ndate: 2023-02-30\n---\nText.', 7)]));
    expect(plan.notes).toEqual(['x.md: date "2023-02-30" is not a date']);
    expect(plan.entries[0]?.createdAt).toBe(7);
  });
});

describe('pictures', () => {
  const photo = fileOf('garden/robin.png', 'png bytes');

  it('belong to the Markdown file that shows them, and are entries of their own otherwise', () => {
    const text = fileOf('garden/day.md', 'Look: ![a robin](robin.png) and ![](https://elsewhere.example/x.png)');
    const plan = planFolder(stateOf([text, photo, fileOf('garden/alone.jpg', 'jpg bytes')]));
    expect(plan.entries.map(({ type }) => type)).toEqual(['TEXT', 'IMAGE']);
    expect(plan.pictures.map(({ fileName, contentId }) => [fileName, contentId])).toEqual([
      ['robin.png', plan.entries[0]?.id],
      ['alone.jpg', plan.entries[1]?.id],
    ]);
  });

  it('are replaced when their bytes change, and taken away when the text shows them no more', () => {
    const text = fileOf('garden/day.md', '![a robin](robin.png)');
    const first = look(stateOf([text, photo]));
    const second = look(first.next([text, fileOf(photo.path, 'other bytes')]));
    expect(second.plan.pictures).toHaveLength(1);
    expect(second.plan.deletedMedia).toEqual([first.plan.pictures[0]?.id]);
    const third = look(second.next([fileOf('garden/day.md', 'No robin.'), fileOf(photo.path, 'other bytes')]));
    expect(third.plan.deletedMedia).toEqual([second.plan.pictures[0]?.id]);
    expect(third.plan.entries.map(({ type }) => type)).toEqual(['TEXT', 'IMAGE']);
  });

  it('come back as new ones when they were deleted and put back', () => {
    const text = fileOf('garden/day.md', '![a robin](robin.png)');
    const first = look(stateOf([text, photo]));
    const without = look(first.next([text]));
    expect(without.plan.deletedMedia).toHaveLength(1);
    const back = look(without.next([text, photo]));
    expect(back.plan.pictures).toHaveLength(1);
    expect(back.plan.pictures[0]?.id).not.toBe(first.plan.pictures[0]?.id);
  });
});

describe('a file that is known', () => {
  it('that did not change is not looked at again, also when its entry was edited elsewhere', () => {
    const first = look(stateOf([ROBIN]));
    const plan = look(first.next([ROBIN], 'Edited on the phone.')).plan;
    expect(plan).toMatchObject({ entries: [], editedHere: 1 });
  });

  it('that did not change leaves its entry alone, also when another device gave it another date', () => {
    const dated = fileOf('x.md', '---\ndate: 2024-05-01\n---\nA robin.');
    const first = look(stateOf([dated]));
    const state = first.next([dated]);
    const rows = state.rows.map((row) =>
      row.type === 'content' ? { ...row, body: { ...row.body, createdAt: 7 } } : row,
    );
    const plan = planFolder({ ...stateOf([dated], rows), known: state.known });
    expect(plan).toMatchObject({ entries: [], editedHere: 1 });
  });

  it('that changed changes its entry', () => {
    const first = look(stateOf([ROBIN]));
    const plan = look(first.next([fileOf(ROBIN.path, 'A wren.')])).plan;
    expect(plan.entries).toMatchObject([{ id: first.plan.entries[0]?.id, content: 'A wren.' }]);
  });

  it('that changed in another sentence than its entry did is merged', () => {
    const first = look(stateOf([ROBIN]));
    const plan = look(first.next([fileOf(ROBIN.path, 'A wren. It sang.')], 'A robin. It flew.')).plan;
    expect(plan.entries.map(({ content }) => content)).toEqual(['A wren. It flew.']);
  });

  it('that changed in the same sentence is kept beside what the other device wrote', () => {
    const first = look(stateOf([ROBIN]));
    const plan = look(first.next([fileOf(ROBIN.path, 'A wren. It sang.')], 'A crow. It sang.')).plan;
    expect(plan.entries.map(({ content }) => content)).toEqual(['A crow. It sang.', 'A wren. It sang.']);
    expect(new Set(plan.entries.map(({ id }) => id)).size).toBe(2);
    expect(plan.notes).toEqual([`${ROBIN.path}: it was edited on another device too; both versions were kept`]);
  });

  it('whose entry was deleted elsewhere leaves it deleted, until somebody edits the file', () => {
    const first = look(stateOf([ROBIN]));
    const gone = look(first.next([ROBIN], null));
    expect(gone.plan).toMatchObject({ entries: [], deletedHere: 1 });
    expect(look(gone.next([fileOf(ROBIN.path, 'It is back.')], null)).plan.entries).toHaveLength(1);
  });

  it('that is gone deletes its entry', () => {
    const first = look(stateOf([ROBIN]));
    const { plan } = look(first.next([]));
    expect(plan.deletedEntries).toEqual([first.plan.entries[0]?.id]);
    expect(plan.forget).toEqual([ROBIN.path]);
  });

  it('that is gone while its entry was edited elsewhere leaves the entry', () => {
    const first = look(stateOf([ROBIN]));
    const { plan } = look(first.next([], 'Edited on the phone.'));
    expect(plan.deletedEntries).toEqual([]);
    expect(plan.notes).toHaveLength(1);
  });

  it('that is gone and held deletes nothing, and is still known', () => {
    const first = look(stateOf([ROBIN]));
    const { plan } = look({ ...first.next([]), held: new Set([ROBIN.path]) });
    expect(plan).toMatchObject({ deletedEntries: [], forget: [] });
  });

  it('that was renamed, also into another journal, stays the entry that it is', () => {
    const first = look(stateOf([ROBIN]));
    const { plan, forget } = look(first.next([fileOf('birds/robin.md', 'A robin. It sang.')]));
    expect(forget).toEqual([ROBIN.path]);
    expect(plan).toMatchObject({ entries: [], deletedEntries: [] });
    expect(plan.links).toHaveLength(1);
    expect(plan.unlinks).toMatchObject([{ contentId: first.plan.entries[0]?.id }]);
  });

  it('that was restored, moved and edited at once stays the entry that its front matter names', () => {
    const id = '5f0c8a52-4d7b-4a3e-9c57-2f0f3f4b1a10';
    const written = (text: string) => `---\naccount: ${USER}\nid: ${id}\ncreated: 2024-05-01\n---\n${text}`;
    const first = look(stateOf([fileOf('a.md', written('One.'))]));
    const { plan } = look(first.next([fileOf('b.md', written('Two.'))]));
    expect(plan.deletedEntries).toEqual([]);
    expect(plan.entries).toMatchObject([{ id, content: 'Two.' }]);
  });
});

describe('two files that say they are the same entry', () => {
  it('are one: the second is named and left out', () => {
    const written = `---\naccount: ${USER}\nid: 5f0c8a52-4d7b-4a3e-9c57-2f0f3f4b1a10\n---\nOne.`;
    const plan = planFolder(stateOf([fileOf('a.md', written), fileOf('b.md', written)]));
    expect(plan.entries).toHaveLength(1);
    expect(plan.notes).toEqual(['b.md: left out: it is the same entry as a.md']);
  });
});

/** One look, and the state that the next one begins from. */
function look(state: FolderState & { rows?: LocalRow[] }): {
  plan: FolderPlan;
  forget: string[];
  next(files: FolderFile[], edited?: string | null): FolderState & { rows: LocalRow[] };
} {
  const { known, forget } = followRenames(state.files, state.known);
  const plan = planFolder({ ...state, known });
  return {
    plan,
    forget,
    next(files, edited) {
      const rows = rowsAfter(plan, state.rows).map((row) => {
        const isEdited = row.type === 'content' && row.body?.['type'] === 'TEXT' && edited !== undefined;
        if (!isEdited) return row;
        return rowOf('content', row.id, edited === null ? null : { ...row.body, content: edited }, Date.now());
      });
      const kept = state.known.filter(({ path }) => !plan.forget.includes(path) && !forget.includes(path));
      const records = new Map([...kept, ...plan.records].map((record) => [record.path, record]));
      return { ...stateOf(files, rows, { known: [...records.values()] }), rows };
    },
  };
}
