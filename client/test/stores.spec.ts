import 'fake-indexeddb/auto';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, describe, test } from '@jest/globals';
import { storeChecks } from '../src/stores/conformance.js';
import type { StorageUnderTest } from '../src/stores/conformance.js';
import {
  indexedDbUnderTest,
  memoryUnderTest,
  nodeSqliteUnderTest,
  scratchFolder,
  sqliteUnderTest,
} from './support/store-storages.js';

const folder = scratchFolder();
afterAll(folder.remove);

const storages: Record<string, () => StorageUnderTest> = {
  memory: memoryUnderTest,
  libsql: () => sqliteUnderTest(join(folder.path, randomUUID())),
  'IndexedDB (a fake one)': () => indexedDbUnderTest(randomUUID()),
};
if (process.getBuiltinModule?.('node:sqlite')) {
  storages['node:sqlite'] = () => nodeSqliteUnderTest(join(folder.path, randomUUID()));
} else console.info('Not checked over node:sqlite, which this Node does not have');

for (const [storage, newStorage] of Object.entries(storages)) {
  describe(`a store over ${storage}`, () => {
    for (const check of storeChecks) test(check.name, () => check.run(newStorage()));
  });
}
