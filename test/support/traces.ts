/** What an upload leaves: rows, receipts, blobs and what lies staged. */
import { expect } from '@jest/globals';
import type { Answer, Device } from './device.js';
import { digestOf } from './stored.js';
import type { TestServer } from './test-server.js';
import { filesIn } from './uploads.js';

/** All that the server holds for the user of a device, and the files of everybody: equal where nothing was left. */
export const tracesOf = async (server: TestServer, device: Device): Promise<[digest: string, files: string[]]> => [
  await digestOf(server, device.user.id),
  await filesIn(server.dataDir, 'blobs', 'uploads'),
];

/** Runs what must be refused, and looks that it left neither a row nor a file. */
export async function leavesNothing(server: TestServer, device: Device, work: () => Promise<Answer>): Promise<Answer> {
  const before = await tracesOf(server, device);
  const answer = await work();
  expect(await tracesOf(server, device)).toEqual(before);
  return answer;
}
