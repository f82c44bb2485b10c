import { beforeEach, describe, expect, test } from '@jest/globals';
import type { LogDate } from '@logdate/client';
import { memoryStore } from '@logdate/client/memory';
import { openDevice } from '../../client/test/support/open-device.js';
import { SmallServer } from '../../client/test/support/small-server.js';
import { readWaiting } from '../src/attention/waiting-rows.js';
import { chosen, texts, typed, undecided, type Decision } from '../src/conflict/decision.js';
import { keepDecision, keptDecision } from '../src/conflict/kept-decision.js';
import { Resolver, type ConflictScreen } from '../src/conflict/resolver.js';

const BASE = 'It rained. We stayed in.';
const ID = '11111111-1111-4111-8111-111111111111';

let server: SmallServer;
let db: LogDate;
let store: ReturnType<typeof memoryStore>;
beforeEach(async () => {
  server = new SmallServer();
  store = memoryStore();
  db = await openDevice(server, { store });
  await db.content.save({ id: ID, content: BASE, createdAt: 1 });
  await db.sync.syncNow();
});

/** As another device saves it. */
function elsewhere(content: string): void {
  const body = { type: 'TEXT', content, mediaUri: null, durationMs: 0, createdAt: 1 };
  server.put({ type: 'content', id: ID, body });
}

async function conflict(mine = 'It poured. We stayed in.', theirs = 'It snowed. We stayed in.'): Promise<void> {
  elsewhere(theirs);
  await db.content.save({ id: ID, content: mine });
  await db.sync.syncNow();
}

async function opened(): Promise<Resolver> {
  const keeper = {
    read: () => keptDecision(store, 'content', ID),
    write: (decision: Decision | null) => keepDecision(store, 'content', ID, decision),
  };
  const resolver = new Resolver(db.sync, keeper, { type: 'content', id: ID });
  await resolver.open();
  return resolver;
}

function deciding(resolver: Resolver): Extract<ConflictScreen, { state: 'deciding' }> {
  const now = resolver.screen.peek();
  if (now.state !== 'deciding') throw new Error(`The screen is ${now.state}`);
  return now;
}

function choose(resolver: Resolver, choice: 'mine' | 'theirs' | 'both'): void {
  const part = undecided(deciding(resolver).decision)[0] ?? -1;
  resolver.decide((decision) => chosen(decision, part, choice));
}

/** What every device has in the end. */
async function ended(): Promise<unknown> {
  await db.sync.syncNow();
  return [(await db.content.get(ID))?.content, server.get('content', ID)?.body?.['content']];
}

describe('a conflict that is decided', () => {
  test('is saved with the words that were chosen, and nothing waits any more', async () => {
    await conflict();
    const resolver = await opened();
    choose(resolver, 'both');
    await resolver.save();
    expect(resolver.screen.peek().state).toBe('resolved');
    expect(await ended()).toEqual(Array(2).fill('It poured. It snowed. We stayed in.'));
    expect(await readWaiting(db)).toEqual({ conflicts: [], refused: [] });
    expect(await keptDecision(store, 'content', ID)).toBeUndefined();
  });

  test('is saved once, however often the button is pressed', async () => {
    await conflict();
    const resolver = await opened();
    choose(resolver, 'mine');
    await Promise.all([resolver.save(), resolver.save()]);
    expect(resolver.screen.peek().state).toBe('resolved');
  });

  test('is not saved while a part waits', async () => {
    await conflict();
    const resolver = await opened();
    await resolver.save();
    expect(await db.sync.conflicts()).toHaveLength(1);
  });

  test('can be two entries, with the words of both', async () => {
    await conflict();
    await (await opened()).settle('both');
    const all = await db.content.list();
    expect(new Set(all.map(({ content }) => content))).toEqual(
      new Set(['It poured. We stayed in.', 'It snowed. We stayed in.']),
    );
    expect(all).toHaveLength(2);
  });
});

describe('a decision that is begun', () => {
  test('is on disk at once and goes on where it was', async () => {
    await conflict();
    const first = await opened();
    const part = undecided(deciding(first).decision)[0] ?? -1;
    first.decide((decision) => typed(decision, part, 'It hail'));
    first.decide((decision) => typed(decision, part, 'It hailed.'));
    await first.settled();
    const again = deciding(await opened());
    expect(texts(again.decision)['content']).toBe('It hailed. We stayed in.');
    expect(again.hasMovedOn).toBe(false);
  });

  test('changes nothing by itself', async () => {
    await conflict();
    const resolver = await opened();
    choose(resolver, 'theirs');
    await resolver.settled();
    expect((await db.content.get(ID))?.content).toBe('It poured. We stayed in.');
    expect(server.get('content', ID)?.body?.['content']).toBe('It snowed. We stayed in.');
  });

  test('says so when it cannot be kept, and no more once it can', async () => {
    await conflict();
    const full = { now: true };
    const resolver = new Resolver(
      db.sync,
      {
        read: () => Promise.resolve(undefined),
        write: () => (full.now ? Promise.reject(new Error('full')) : Promise.resolve()),
      },
      { type: 'content', id: ID },
    );
    await resolver.open();
    choose(resolver, 'mine');
    await resolver.settled();
    expect(deciding(resolver).problem).toBe('not-kept');
    full.now = false;
    resolver.decide((decision) => decision);
    await resolver.settled();
    expect(deciding(resolver).problem).toBeNull();
  });
});

describe('when something happens meanwhile', () => {
  test('a newer other side is shown instead of saved over, and the choice that fits stays', async () => {
    await conflict();
    const resolver = await opened();
    choose(resolver, 'mine');
    elsewhere('It snowed. We stayed in. Night fell.');
    await db.sync.syncNow();
    await resolver.save();
    const { decision, hasMovedOn } = deciding(resolver);
    expect([hasMovedOn, undecided(decision)]).toEqual([true, []]);
    await resolver.save();
    expect(await ended()).toEqual(Array(2).fill('It poured. We stayed in. Night fell.'));
  });

  test('a newer other side of the same words is asked again', async () => {
    await conflict();
    const resolver = await opened();
    choose(resolver, 'mine');
    elsewhere('It thundered. We stayed in.');
    await db.sync.syncNow();
    await resolver.save();
    expect(undecided(deciding(resolver).decision)).toHaveLength(1);
    await resolver.settled();
    // What is shown now is what is kept: opened again, nothing has moved on.
    expect(deciding(await opened()).hasMovedOn).toBe(false);
    expect(server.get('content', ID)?.body?.['content']).toBe('It thundered. We stayed in.');
  });

  test('words that another tab of this device wrote are not saved over', async () => {
    await conflict();
    const resolver = await opened();
    choose(resolver, 'theirs');
    await db.content.save({ id: ID, content: 'It poured. We stayed in. I wrote on.' });
    await resolver.save();
    expect(deciding(resolver).hasMovedOn).toBe(true);
    await resolver.save();
    expect(await ended()).toEqual(Array(2).fill('It snowed. We stayed in. I wrote on.'));
  });

  test('a decision of another tab leaves the words that were typed here', async () => {
    await conflict();
    const resolver = await opened();
    const part = undecided(deciding(resolver).decision)[0] ?? -1;
    resolver.decide((decision) => typed(decision, part, 'It hailed.'));
    await (await opened()).settle('theirs');
    await resolver.save();
    const now = resolver.screen.peek();
    expect(now.state === 'elsewhere' && texts(now.decision)['content']).toBe('It hailed. We stayed in.');
    await resolver.settled();
    expect((await opened()).screen.peek().state).toBe('elsewhere');
    await resolver.forget();
    expect((await opened()).screen.peek().state).toBe('none');
  });

  test('a save that fails leaves everything on the screen', async () => {
    await conflict();
    const sync = {
      conflicts: () => db.sync.conflicts(),
      resolveConflict: () => Promise.reject(new Error('The store is full')),
    };
    const keeper = { read: () => Promise.resolve(undefined), write: () => Promise.resolve() };
    const resolver = new Resolver(sync, keeper, { type: 'content', id: ID });
    await resolver.open();
    choose(resolver, 'both');
    await resolver.save();
    const { problem, decision } = deciding(resolver);
    expect([problem, texts(decision)['content']]).toEqual(['not-saved', 'It poured. It snowed. We stayed in.']);
  });
});

test('the title of a journal that two devices changed is decided like an entry', async () => {
  const journal = await db.journals.save({ title: 'Garden', createdAt: 1 });
  await db.sync.syncNow();
  server.put({ type: 'journal', id: journal.id, body: { title: 'The garden', description: '', createdAt: 1 } });
  await db.journals.save({ id: journal.id, title: 'My garden' });
  await db.sync.syncNow();
  const keeper = { read: () => Promise.resolve(undefined), write: () => Promise.resolve() };
  const resolver = new Resolver(db.sync, keeper, { type: 'journal', id: journal.id });
  await resolver.open();
  choose(resolver, 'theirs');
  await resolver.save();
  await db.sync.syncNow();
  expect((await db.journals.get(journal.id))?.title).toBe('The garden');
  expect(await readWaiting(db)).toEqual({ conflicts: [], refused: [] });
});
