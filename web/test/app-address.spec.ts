/** The worker knows the screens of the app: each opens without a network, and no other address is taken from the server. */
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { isAppAddress } from '../src/service-worker/app-address.js';

const screens = [...readFileSync('web/src/app.tsx', 'utf8').matchAll(/<Route path="([^"]+)"/g)].map(([, path]) => path);

test('every screen opens without a network', () => {
  expect(screens.length).toBeGreaterThan(5);
  expect(screens.filter((path) => !isAppAddress(path ?? ''))).toEqual([]);
});

test('what is not a screen is left to the server', () => {
  const others = [
    '/graphql',
    '/journals',
    '/sync/changes',
    '/media/uploads/1',
    '/health',
    '/openapi.json',
    '/api',
    '/contents/1',
  ];
  expect(others.filter(isAppAddress)).toEqual([]);
});
