import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { histories, type History } from './commands.js';
import { play } from './history.js';
import { onModel } from './stages.js';

test('three devices', async () => {
  const seed = Number(process.env['MODEL_SEED'] ?? 1);
  const started = Date.now();
  await fc.assert(fc.asyncProperty(histories, (history) => play(history, onModel())), { seed, numRuns: Number(process.env['RUNS'] ?? 100), ...(process.env['MODEL_PATH'] && {path: process.env['MODEL_PATH']}) });
  console.log(Date.now() - started);
});
