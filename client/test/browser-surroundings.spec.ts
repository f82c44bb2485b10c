import { expect, test } from '@jest/globals';
import { broadcastBell, silentBell } from '../src/bell.js';
import { browserSurroundings } from '../src/browser-surroundings.js';
import type { SurroundingsEvent } from '../src/surroundings.js';
import { plainSurroundings } from '../src/surroundings.js';

function page() {
  const document = Object.assign(new EventTarget(), { visibilityState: 'visible' });
  const scope = Object.assign(new EventTarget(), { document, navigator: { onLine: true } });
  const surroundings = browserSurroundings(scope);
  const seen: SurroundingsEvent[] = [];
  const events = ['foreground', 'background', 'online'] as const;
  const stops = events.map((event) => surroundings.on(event, () => void seen.push(event)));
  return { document, scope, surroundings, seen, stop: () => stops.forEach((stop) => stop()) };
}

test('a page that is looked at again, restored, or focused is in the foreground', () => {
  const { document, scope, seen } = page();
  document.dispatchEvent(new Event('visibilitychange'));
  scope.dispatchEvent(new Event('pageshow'));
  scope.dispatchEvent(new Event('focus'));
  expect(seen).toEqual(['foreground', 'foreground', 'foreground']);
});

test('a page that is hidden or left is in the background', () => {
  const { document, scope, surroundings, seen } = page();
  document.visibilityState = 'hidden';
  document.dispatchEvent(new Event('visibilitychange'));
  scope.dispatchEvent(new Event('pagehide'));
  expect(seen).toEqual(['background', 'background']);
  expect(surroundings.visible()).toBe(false);
});

test('a network that is back is told, and offline is known', () => {
  const { scope, surroundings, seen } = page();
  scope.navigator.onLine = false;
  expect(surroundings.online()).toBe(false);
  scope.navigator.onLine = true;
  scope.dispatchEvent(new Event('online'));
  expect([surroundings.online(), seen]).toEqual([true, ['online']]);
});

test('nothing is heard after it was stopped', () => {
  const { document, scope, seen, stop } = page();
  stop();
  document.dispatchEvent(new Event('visibilitychange'));
  for (const name of ['pageshow', 'pagehide', 'focus', 'online']) scope.dispatchEvent(new Event(name));
  expect(seen).toEqual([]);
});

test('a worker without a page, and Node without either, are surroundings too', () => {
  const worker = browserSurroundings(new EventTarget());
  expect([worker.online(), worker.visible()]).toEqual([true, true]);
  const node = browserSurroundings();
  node.on('foreground', () => undefined)();
  expect(node.visible()).toBe(true);
  plainSurroundings.on('online', () => undefined)();
  expect([plainSurroundings.online(), plainSurroundings.visible()]).toEqual([true, true]);
});

test('a bell is heard by the other tabs of the same journal, not by the one that rings', async () => {
  const [own, other, stranger] = [broadcastBell('journal'), broadcastBell('journal'), broadcastBell('another')];
  const heard: string[] = [];
  own.onRing(() => void heard.push('own'));
  stranger.onRing(() => void heard.push('stranger'));
  await new Promise<void>((resolve) => {
    other.onRing(() => {
      heard.push('other');
      resolve();
    });
    own.ring();
  });
  expect(heard).toEqual(['other']);
  for (const bell of [own, other, stranger, silentBell]) bell.close();
});
