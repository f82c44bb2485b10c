/** A row is one row, whichever face wrote it: the same fields and the same stamp on the other. */
import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { pngOf } from '../support/uploads.js';
import { DEVICE, type App } from './support/app.js';
import { entry, journal, link, photo } from './support/bodies.js';
import { describeContract } from './support/contract-server.js';
import { bodyOf, changeOf, expectConflict } from './support/expected.js';

const STAMP = 'serverVersion updatedAt';
const COMMON = `${STAMP} createdAt clientUpdatedAt deviceId`;
const JOURNAL = `id title description ${COMMON}`;
const CONTENT = `id type content mediaUri durationMs media { id } ${COMMON}`;
const LINK = `journalId contentId ${COMMON}`;
const MEDIA = `id contentId fileName mimeType sizeBytes downloadUrl ${COMMON}`;

/** The feed of the other face, from a cursor. */
async function graphqlFeed(app: App, feed: string, fields: string, since = 0): Promise<any> {
  const document = `query ($since: Millis!) { page: ${feed}(since: $since) {
    changes { ${fields} } lastTimestamp
    deletions { ${fields.startsWith('journalId') ? 'journalId contentId' : 'id'} deletedAt ${STAMP} } } }`;
  return (await app.graphql(document, { since })).page;
}

/** A write of the other face. */
async function mutate(app: App, mutation: string, type: string, input: object): Promise<any> {
  const fields = {
    SaveJournalInput: JOURNAL,
    SaveContentInput: CONTENT,
    LinkContentInput: LINK,
    UnlinkContentInput: `journalId contentId deletedAt ${STAMP}`,
  };
  const selected = fields[type as keyof typeof fields] ?? `id deletedAt ${STAMP}`;
  const document = `mutation ($input: ${type}!) { row: ${mutation}(input: $input) { ${selected} } }`;
  return (await app.graphql(document, { input })).row;
}

describeContract('a row of both faces', (contract) => {
  test('an entry by REST has the same stamp and fields in GraphQL', async () => {
    const app = await contract.signUp();
    const sent = entry({ type: 'VIDEO', mediaUri: 'file:///film', durationMs: 77, deviceId: 'camera' });
    const { serverVersion, uploadedAt } = bodyOf(await app.post('/sync/content', sent));
    const { lastUpdated, ...fields } = sent;
    const row = { ...fields, clientUpdatedAt: lastUpdated, media: [], serverVersion, updatedAt: uploadedAt };
    expect(await graphqlFeed(app, 'contentChanges', CONTENT)).toMatchObject({
      changes: [row],
      lastTimestamp: uploadedAt,
    });
    const edited = bodyOf(await app.post(`/sync/content/${sent.id}`, { content: 'edited', lastUpdated: 3_000 }));
    const after = {
      ...row,
      content: 'edited',
      // Who edits is the device of the token, where none is named.
      deviceId: DEVICE,
      clientUpdatedAt: 3_000,
      serverVersion: edited.serverVersion,
      updatedAt: edited.updatedAt,
    };
    expect((await graphqlFeed(app, 'contentChanges', CONTENT)).changes).toMatchObject([after]);
  });

  test('an entry by GraphQL has the same stamp and fields over REST', async () => {
    const app = await contract.signUp();
    const input = {
      id: randomUUID(),
      type: 'AUDIO',
      content: null,
      mediaUri: 'file:///song',
      durationMs: 9,
      createdAt: -5,
      clientUpdatedAt: -4,
    };
    const row = await mutate(app, 'saveContent', 'SaveContentInput', input);
    const page = bodyOf(await app.get('/sync/content/changes'));
    const { clientUpdatedAt: lastUpdated, ...fields } = input;
    expect(page).toMatchObject({
      changes: [{ ...fields, lastUpdated, serverVersion: row.serverVersion }],
      lastTimestamp: row.updatedAt,
    });
    expect(bodyOf(await app.get('/contents'))).toEqual(page);
  });

  test('a journal by REST has the same stamp and fields in GraphQL', async () => {
    const app = await contract.signUp();
    const sent = journal({ deviceId: 'tablet' });
    const { serverVersion, uploadedAt } = bodyOf(await app.post('/sync/journals', sent));
    const { lastUpdated, ...fields } = sent;
    const row = { ...fields, clientUpdatedAt: lastUpdated, serverVersion, updatedAt: uploadedAt };
    expect((await graphqlFeed(app, 'journalChanges', JOURNAL)).changes).toEqual([row]);
  });

  test('a journal by GraphQL has the same stamp and fields over REST', async () => {
    const app = await contract.signUp();
    const input = { id: randomUUID(), title: 'Sea', description: 'Tides', createdAt: 1, clientUpdatedAt: 2 };
    const row = await mutate(app, 'saveJournal', 'SaveJournalInput', input);
    const { clientUpdatedAt: lastUpdated, ...fields } = input;
    expect(bodyOf(await app.get('/sync/journals/changes'))).toMatchObject({
      changes: [{ ...fields, lastUpdated, serverVersion: row.serverVersion }],
      lastTimestamp: row.updatedAt,
    });
  });

  test('a link by REST has the same stamp in GraphQL', async () => {
    const app = await contract.signUp();
    const one = link();
    const { uploadedAt } = bodyOf(await app.post('/sync/associations', { associations: [one] }));
    const [{ serverVersion }] = bodyOf(await app.get('/sync/associations/changes')).changes;
    const row = { ...one, serverVersion, updatedAt: uploadedAt };
    expect((await graphqlFeed(app, 'associationChanges', LINK)).changes).toMatchObject([row]);
  });

  test('a link by GraphQL has the same stamp over REST, also when it is taken away', async () => {
    const app = await contract.signUp();
    const key = { journalId: randomUUID(), contentId: randomUUID() };
    const row = await mutate(app, 'linkContent', 'LinkContentInput', { ...key, createdAt: 5 });
    const change = { ...key, createdAt: 5, serverVersion: row.serverVersion };
    expect(bodyOf(await app.get('/sync/associations/changes'))).toMatchObject({
      changes: [change],
      lastTimestamp: row.updatedAt,
    });
    const tombstone = await mutate(app, 'unlinkContent', 'UnlinkContentInput', key);
    expect(bodyOf(await app.get('/sync/associations/changes'))).toMatchObject({
      deletions: [{ ...key, deletedAt: tombstone.deletedAt }],
      lastTimestamp: tombstone.updatedAt,
    });
  });

  test('a photo by REST has the same id, stamp and fields in GraphQL', async () => {
    const app = await contract.signUp();
    const sent = photo(pngOf(300));
    const { mediaId, downloadUrl, uploadedAt } = bodyOf(await app.post('/sync/media', sent));
    const { contentId, fileName, sizeBytes, deviceId } = sent;
    const row = { id: mediaId, contentId, fileName, mimeType: 'image/png', sizeBytes, deviceId, downloadUrl };
    expect((await graphqlFeed(app, 'mediaChanges', MEDIA)).changes).toMatchObject([{ ...row, updatedAt: uploadedAt }]);
  });

  test('a photo by GraphQL has the same id and fields over REST', async () => {
    const app = await contract.signUp();
    const bytes = pngOf(300);
    const input = {
      id: randomUUID(),
      contentId: randomUUID(),
      fileName: 'sea.png',
      mimeType: 'image/png',
      createdAt: 5,
    };
    const document = `mutation ($input: UploadMediaInput!, $file: Upload!) { row: uploadMedia(input: $input, file: $file) { ${MEDIA} } }`;
    const { row } = await app.graphqlWithFile(document, input, bytes);
    const { id: mediaId, contentId, fileName } = input;
    const metadata = {
      mediaId,
      contentId,
      fileName,
      mimeType: 'image/png',
      sizeBytes: 300,
      downloadUrl: row.downloadUrl,
    };
    expect(bodyOf(await app.get(`/media/${mediaId}`))).toMatchObject(metadata);
    expect((await app.get(`/sync/media/${mediaId}`)).bytes.equals(bytes)).toBe(true);
  });

  test.each([
    ['/sync/content', entry, 'deleteContent', 'contentChanges', CONTENT],
    ['/sync/journals', journal, 'deleteJournal', 'journalChanges', JOURNAL],
  ] as const)(
    'a tombstone of %s has the same stamp, whichever face deleted',
    async (sync, body, mutation, feed, fields) => {
      const app = await contract.signUp();
      const [one, other] = [body(), body()];
      for (const sent of [one, other]) bodyOf(await app.post(sync, sent));
      bodyOf(await app.post(`${sync}/${one.id}/delete`));
      const { deletions } = await graphqlFeed(app, feed, fields);
      expect(deletions).toMatchObject([{ id: one.id }]);
      const tombstone = await mutate(app, mutation, 'DeleteInput', { id: other.id });
      expect(bodyOf(await app.get(`${sync}/changes`))).toMatchObject({
        deletions: [one.id, other.id].map((id, index) => ({
          id,
          deletedAt: [deletions[0].deletedAt, tombstone.deletedAt][index],
        })),
        lastTimestamp: tombstone.updatedAt,
      });
    },
  );

  test('the version that one face gave is known to the other, and stale there after the next write', async () => {
    const app = await contract.signUp();
    const sent = entry();
    const { serverVersion } = bodyOf(await app.post('/sync/content', sent));
    const input = { id: sent.id, type: 'TEXT', content: 'by GraphQL', createdAt: 1, version: { known: serverVersion } };
    const row = await mutate(app, 'saveContent', 'SaveContentInput', input);
    expectConflict(await app.post('/sync/content', { ...sent, syncVersion: serverVersion }), {
      id: sent.id,
      content: 'by GraphQL',
      serverVersion: row.serverVersion,
    });
    bodyOf(await app.post('/sync/content', { ...sent, content: 'by REST', syncVersion: row.serverVersion }));
    expect(await changeOf(app, '/sync/content', sent.id)).toMatchObject({ content: 'by REST' });
  });
});
