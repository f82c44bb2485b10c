import { expect, test } from '@jest/globals';
import { LiveValue } from '../src/live.js';
import { Triggers } from '../src/triggers.js';
import type { Trigger } from '../src/triggers.js';
import { PlayedSurroundings } from './played-surroundings.js';
import { VirtualClock } from './virtual-clock.js';

function scene() {
  const clock = new VirtualClock();
  const surroundings = new PlayedSurroundings();
  const signedIn = new LiveValue(true);
  const seen: [Trigger, number][] = [];
  const begun = clock.now();
  let poke: (() => void) | undefined;
  const listen = (onPoke: () => void) => {
    poke = onPoke;
    return () => {
      poke = undefined;
    };
  };
  const triggers = new Triggers({ clock, surroundings, signedIn, listen }, (trigger) => {
    seen.push([trigger, clock.now() - begun]);
  });
  triggers.start();
  return { clock, surroundings, signedIn, seen, triggers, poke: () => poke?.(), listening: () => poke !== undefined };
}

test('a save starts a run one second after the last of several', async () => {
  const { clock, seen, triggers } = scene();
  triggers.saved();
  await clock.advance(900);
  triggers.saved();
  await clock.advance(999);
  expect(seen).toEqual([]);
  await clock.advance(1);
  expect(seen).toEqual([['save', 1_900]]);
});

test('somebody who never stops typing is backed up five seconds after the first save', async () => {
  const { clock, seen, triggers } = scene();
  for (let i = 0; i < 24; i++) {
    triggers.saved();
    await clock.advance(500);
  }
  expect(seen).toEqual([
    ['save', 5_000],
    ['save', 10_000],
  ]);
});

test('what was saved goes at once when the page is hidden', async () => {
  const { clock, surroundings, seen, triggers } = scene();
  triggers.saved();
  await clock.advance(10);
  surroundings.happen('background');
  await clock.advance(2_000);
  expect(seen).toEqual([['save', 10]]);
});

test('hiding the page starts nothing when nothing was saved', async () => {
  const { clock, surroundings, seen } = scene();
  surroundings.happen('background');
  await clock.advance(2_000);
  expect(seen).toEqual([]);
});

test('the foreground and a network that is back start a run', () => {
  const { surroundings, seen } = scene();
  surroundings.happen('foreground');
  surroundings.happen('online');
  expect(seen.map(([trigger]) => trigger)).toEqual(['foreground', 'connectivity']);
});

test('the timer looks every 60 seconds while a person looks, every 5 minutes while nobody does', async () => {
  const { clock, surroundings, seen } = scene();
  await clock.advance(120_000);
  expect(seen).toEqual([
    ['timer', 60_000],
    ['timer', 120_000],
  ]);
  surroundings.isVisible = false;
  surroundings.happen('background');
  await clock.advance(299_999);
  expect(seen).toHaveLength(2);
  await clock.advance(1);
  expect(seen.at(-1)).toEqual(['timer', 420_000]);
});

test('pokes are heard while somebody is signed in', () => {
  const { signedIn, seen, poke, listening } = scene();
  poke();
  expect(seen).toEqual([['poke', 0]]);
  signedIn.set(false);
  expect(listening()).toBe(false);
  signedIn.set(true);
  expect(listening()).toBe(true);
});

test('a sign-in starts a run, being signed in does not', () => {
  const { signedIn, seen } = scene();
  expect(seen).toEqual([]);
  signedIn.set(false);
  signedIn.set(true);
  expect(seen).toEqual([['sign-in', 0]]);
});

test('nothing is left after stop: no timer, no listener, no poke', () => {
  const { clock, surroundings, signedIn, seen, triggers, listening } = scene();
  triggers.saved();
  triggers.stop();
  expect(clock.waiting).toBe(0);
  expect(surroundings.listening).toBe(0);
  expect(listening()).toBe(false);
  signedIn.set(false);
  signedIn.set(true);
  expect(seen).toEqual([]);
});
