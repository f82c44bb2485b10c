/** Answers that every path has in common. */
import { expect } from '@jest/globals';
import type { App, Reply } from './app.js';

/** An error carries both shapes, which must agree, and no trace of the code behind it. */
export function expectError(reply: Reply, status: number, code?: string): void {
  const error = { code: code ?? expect.stringMatching(/^[A-Z][A-Z_]+$/), message: expect.stringMatching(/./) };
  expect({ status: reply.status, body: reply.body }).toEqual({
    status,
    body: expect.objectContaining({ ...error, error: expect.objectContaining(error), timestamp: expect.any(Number) }),
  });
  const { code: outer, message, error: inner } = reply.body;
  expect(inner).toMatchObject({ code: outer, message });
  expect(reply.text).not.toMatch(/node_modules|\bat [\w.]+ \(|\.[jt]s:\d/);
}

/** A conflict shows the row as it is now, so that the app can merge without another request. */
export function expectConflict(reply: Reply, current: object): void {
  expectError(reply, 409);
  expect(reply.body.current).toMatchObject(current);
}

const FEEDS = ['/sync/content/changes', '/sync/journals/changes', '/sync/associations/changes'];

/** An error that adds no row to the account, and none to a feed. */
export async function expectRefusal(
  app: App,
  request: () => Promise<Reply>,
  status: number,
  code?: string,
): Promise<void> {
  // What is refused may still have drawn a stamp, which no row carries.
  const { lastTimestamp, ...counts } = bodyOf(await app.get('/sync/status')).data;
  expectError(await request(), status, code);
  expect(bodyOf(await app.get('/sync/status')).data).toMatchObject(counts);
  for (const feed of FEEDS) {
    expect(bodyOf(await app.get(`${feed}?since=${lastTimestamp}`))).toMatchObject({ changes: [], deletions: [] });
  }
}

/** A path that answers with nothing but its status. */
export function expectEmpty(reply: Reply, status: number): void {
  expect({ status: reply.status, text: reply.text }).toEqual({ status, text: '' });
}

/** The answer of a request that must succeed. @throws Error with the refusal */
export function bodyOf<Body = any>(reply: Reply<Body>): Body {
  if (reply.status >= 300) throw new Error(`${reply.status} ${reply.text}`);
  return reply.body;
}

/** What a feed says of one live row; undefined where it is not among the changes. */
export async function changeOf(app: App, feed: string, id: string): Promise<any> {
  const { changes } = bodyOf(await app.get(`${feed}/changes`));
  return changes.find((change: { id: string }) => change.id === id);
}
