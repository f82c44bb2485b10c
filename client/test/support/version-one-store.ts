import { copyFileSync, readFileSync } from 'node:fs';
import type { Schema } from '../../src/stores/migrations.js';
import type { StoreDump } from '../../src/stores/memory.js';
import type { TableName, TableSchema } from '../../src/tables.js';

/** The tests run in the folder of the repository. */
const FIXTURES = 'client/test/fixtures';

interface Fixture extends StoreDump {
  tables: Record<TableName, TableSchema>;
}

const fixture = JSON.parse(readFileSync(`${FIXTURES}/store-v1.json`, 'utf8')) as Fixture;

/** What version 1 kept, as it wrote it; in JSON the bytes are base64. */
export const versionOne: StoreDump = {
  version: 1,
  rows: { ...fixture.rows, blobs: fixture.rows.blobs?.map((part) => ({ ...part, bytes: bytesOf(part) })) },
};

/** The tables and indexes of version 1. */
export const schemaOne: Schema = { version: 1, tables: fixture.tables, migrations: [] };

/** A SQLite file with the same rows, written by version 1. */
export function copyVersionOne(path: string): void {
  copyFileSync(`${FIXTURES}/store-v1.sqlite`, path);
}

function bytesOf(part: object): Uint8Array {
  return Uint8Array.from(Buffer.from((part as { bytes: string }).bytes, 'base64'));
}
