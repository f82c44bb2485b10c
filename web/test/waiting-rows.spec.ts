import { expect, test } from '@jest/globals';
import type { LogDate } from '@logdate/client';
import { openDevice } from '../../client/test/support/open-device.js';
import { SmallServer } from '../../client/test/support/small-server.js';
import { readWaiting } from '../src/attention/waiting-rows.js';
import { firstWords } from '../src/attention/words-of.js';

/** A device whose server takes nothing. */
async function refusedDevice(): Promise<LogDate> {
  const { transport } = new SmallServer();
  return openDevice({
    transport: {
      ...transport,
      push: ({ mutations }) =>
        Promise.resolve({
          outcomes: mutations.map(({ mutationId }) => ({
            mutationId,
            status: 'REJECTED',
            version: null,
            updatedAt: null,
            code: 'TOO_LARGE',
            message: 'too large',
            current: null,
          })),
          epoch: 'first',
          serverTime: 0,
        }),
    },
  });
}

test('what is refused is listed with all its words and its code', async () => {
  const db = await refusedDevice();
  const journal = await db.journals.save({ title: 'Garden', description: 'Beds and trees' });
  const entry = await db.content.save({ content: 'It rained.' });
  await db.associations.link(journal.id, entry.id);
  await db.sync.syncNow();
  const { refused } = await readWaiting(db);
  const shown = refused.map(({ record, words }) => [record.type, record.code, words]);
  expect(shown).toContainEqual(['journal', 'TOO_LARGE', 'Garden\n\nBeds and trees']);
  expect(shown).toContainEqual(['content', 'TOO_LARGE', 'It rained.']);
  expect(shown).toContainEqual(['association', 'TOO_LARGE', 'Garden: It rained.']);
  expect(refused.find(({ record }) => record.type === 'journal')?.journal).toMatchObject({ id: journal.id });
});

test('what is given up is listed no more', async () => {
  const db = await refusedDevice();
  const { id } = await db.content.save({ content: 'It rained.' });
  await db.sync.syncNow();
  await db.sync.discard(id);
  expect(await readWaiting(db)).toEqual({ conflicts: [], refused: [] });
});

test('first words end between two words', () => {
  expect(firstWords('One\n\ntwo  three')).toBe('One two three');
  expect(firstWords('word '.repeat(100))).toMatch(/^(word )+word…$/u);
  expect(firstWords('x'.repeat(1_000)).length).toBeLessThan(200);
});
