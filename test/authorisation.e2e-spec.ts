/**
 * Who may do what: every operation of the schema, asked without a token and about a row of one's own, of another user,
 * of nobody and a deleted one. The operations are read from the schema the server serves, so a new one without a row
 * in the tables below fails.
 */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { buildClientSchema, getIntrospectionQuery, isInputObjectType, type GraphQLSchema } from 'graphql';
import { send, type Answer, type Device, type Feed, type FeedRow } from './support/device.js';
import {
  deleteContent,
  deleteJournal,
  linkContent,
  saveContent,
  saveJournal,
  unlinkContent,
} from './support/factories.js';
import { OF_THE_CALLER, rowsOfCase, type Case, type Expected, type Ids } from './support/rows-of-case.js';
import { digestOf } from './support/stored.js';
import { startTestServer, type TestServer } from './support/test-server.js';
import { bearer, patch, pending, pngOf, upload, uploadInput } from './support/uploads.js';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

/** A write that needs no row to be there: a create, or a delete that leaves a tombstone. */
const WRITE = { noToken: 401, own: 200, others: 403, missing: 200, deleted: 200 };
const READ = { noToken: 401, own: 200, others: 403, missing: 404, deleted: 404 };
/** Of a live row it is applied and changes nothing. */
const RESTORE = { noToken: 401, own: 200, others: 403, missing: 404, deleted: 200 };

const EXPECTED: Record<string, Expected> = {
  'Query.me': OF_THE_CALLER,
  'Query.syncStatus': OF_THE_CALLER,
  'Query.journal': READ,
  'Query.content': READ,
  'Query.media': READ,
  'Query.journalChanges': OF_THE_CALLER,
  'Query.contentChanges': OF_THE_CALLER,
  'Query.associationChanges': OF_THE_CALLER,
  'Query.mediaChanges': OF_THE_CALLER,
  'Query.verifyMedia': OF_THE_CALLER,
  'Mutation.signUp': { noToken: 200, own: 200, others: null, missing: null, deleted: null },
  // "Another's" is their name with a wrong password, "missing" a name that nobody has: not to be told apart.
  'Mutation.signIn': { noToken: 200, own: 200, others: 401, missing: 401, deleted: null },
  // The refresh token alone says who asks; "deleted" is one whose session was signed out.
  'Mutation.refreshSession': { noToken: 200, own: 200, others: null, missing: 401, deleted: 401 },
  // "Deleted" is a session that was signed out already.
  'Mutation.signOut': { noToken: 401, own: 200, others: null, missing: null, deleted: 401 },
  'Mutation.saveJournal': WRITE,
  'Mutation.deleteJournal': WRITE,
  'Mutation.restoreJournal': RESTORE,
  'Mutation.saveContent': WRITE,
  'Mutation.deleteContent': WRITE,
  'Mutation.restoreContent': RESTORE,
  'Mutation.linkContent': WRITE,
  'Mutation.unlinkContent': WRITE,
  // Bytes are only taken in for a new row, or for the one that waits for them: a tombstone conflicts.
  'Mutation.uploadMedia': { ...WRITE, deleted: 409 },
  'Mutation.createMediaUpload': { ...WRITE, deleted: 409 },
  'Mutation.completeMediaUpload': READ,
  'Mutation.deleteMedia': WRITE,
  // As a whole; its items have outcomes of their own, see PUSHED.
  'Mutation.push': { noToken: 401, own: 200, others: 200, missing: 200, deleted: 200 },
  // It is served over a WebSocket, see subscription.e2e-spec.ts; a POST is told so, whoever sends it.
  'Subscription.changed': { noToken: 400, own: 400, others: null, missing: null, deleted: null },
};

/** What becomes of each item of a push: a status, or the code of a rejection. */
const PUSHED: Record<string, Record<Exclude<Case, 'noToken'>, string>> = Object.fromEntries(
  ['saveJournal', 'deleteJournal', 'saveContent', 'deleteContent', 'linkContent', 'unlinkContent', 'deleteMedia'].map(
    (name) => [name, { own: 'APPLIED', others: 'FORBIDDEN', missing: 'APPLIED', deleted: 'APPLIED' }],
  ),
);

/** The input of an item that names one row, by the name of the mutation. */
const INPUTS: Record<string, (ids: Ids) => Record<string, unknown>> = {
  saveJournal: ({ journalId }) => saveJournal({ id: journalId, title: 'mine now' }).saveJournal,
  deleteJournal: ({ journalId }) => deleteJournal(journalId).deleteJournal,
  restoreJournal: ({ journalId }) => ({ id: journalId }),
  saveContent: ({ contentId }) => saveContent({ id: contentId, content: 'mine now' }).saveContent,
  deleteContent: ({ contentId }) => deleteContent(contentId).deleteContent,
  restoreContent: ({ contentId }) => ({ id: contentId }),
  linkContent: ({ journalId, contentId }) => linkContent({ journalId, contentId }).linkContent,
  unlinkContent: ({ journalId, contentId }) => unlinkContent(journalId, contentId).unlinkContent,
  createMediaUpload: ({ contentId, mediaId }) => uploadInput(bytesOf(mediaId), { id: mediaId, contentId }),
  deleteMedia: ({ mediaId }) => ({ id: mediaId }),
};

/** The bytes that a photo of this test has, or waits for. */
const bytesOf = (mediaId: string): Buffer => pngOf(100, mediaId);

const POINTS: Record<string, (ids: Ids) => string> = {
  journal: ({ journalId }) => journalId,
  content: ({ contentId }) => contentId,
  media: ({ mediaId }) => mediaId,
};

describe('authorisation', () => {
  let schema: GraphQLSchema;
  let me: Device;
  let other: Device;
  beforeAll(async () => {
    me = await server.signUp('mine');
    other = await server.signUp('theirs');
    schema = buildClientSchema(await me.data(getIntrospectionQuery({ descriptions: false })));
  });

  const rowsFor = (kind: Case): Promise<Ids> =>
    rowsOfCase(kind, { me, other }, (owner, { contentId, mediaId }) =>
      pending(owner, bytesOf(mediaId), { id: mediaId, contentId }),
    );

  /** One request for an operation of the schema, about those rows. */
  async function ask(operation: string, kind: Case, ids: Ids): Promise<Answer> {
    const [type = '', name = ''] = operation.split('.');
    const sendIt = (document: string, variables: Record<string, unknown> = {}, device = me): Promise<Answer> =>
      kind === 'noToken' ? send(server.url, document, variables) : device.send(document, variables);

    const special = SPECIAL[operation];
    if (special !== undefined) return special(kind, sendIt, ids);
    if (type === 'Query') {
      const point = POINTS[name];
      if (point === undefined) return sendIt(`{ ${name} { __typename } }`);
      return sendIt(`query ($id: ID!) { ${name}(id: $id) { __typename } }`, { id: point(ids) });
    }
    const inputType = schema.getMutationType()?.getFields()[name]?.args[0]?.type;
    const document = `mutation ($input: ${String(inputType)}) { ${name}(input: $input) { __typename } }`;
    return sendIt(document, { input: INPUTS[name]!(ids) });
  }

  /** Operations that are not about a row. */
  const SPECIAL: Record<
    string,
    (
      kind: Case,
      sendIt: (document: string, variables?: Record<string, unknown>, device?: Device) => Promise<Answer>,
      ids: Ids,
    ) => Promise<Answer>
  > = {
    'Mutation.signUp': (_, sendIt) => {
      const input = { username: `user-${randomUUID()}`, password: 'a good password', deviceId: 'new' };
      return sendIt('mutation ($input: SignUpInput!) { signUp(input: $input) { expiresAt } }', { input });
    },
    'Mutation.signIn': (kind, sendIt) => {
      const username =
        { others: other.user.username, missing: `user-${randomUUID()}` }[kind as string] ?? me.user.username;
      const password = kind === 'others' ? 'a guessed password' : 'a good password';
      const input = { username, password, deviceId: 'new' };
      return sendIt('mutation ($input: SignInInput!) { signIn(input: $input) { expiresAt } }', { input });
    },
    'Mutation.refreshSession': async (kind, sendIt) => {
      const device = await me.another(`device-${randomUUID()}`);
      if (kind === 'deleted') await device.data('mutation { signOut }');
      const token = kind === 'missing' ? `${randomUUID()}.${'a'.repeat(43)}` : device.tokens.refreshToken;
      return sendIt('mutation ($token: String!) { refreshSession(refreshToken: $token) { expiresAt } }', { token });
    },
    'Mutation.signOut': async (kind, sendIt) => {
      const device = await me.another(`device-${randomUUID()}`);
      if (kind === 'deleted') await device.data('mutation { signOut }');
      return sendIt('mutation { signOut }', {}, device);
    },
    'Mutation.push': (_, sendIt) =>
      sendIt('mutation ($input: PushInput!) { push(input: $input) { epoch } }', {
        input: { deviceId: 'mine', mutations: [] },
      }),
    'Mutation.uploadMedia': (kind, _, ids) => {
      const input = uploadInput(bytesOf(ids.mediaId), { id: ids.mediaId, contentId: ids.contentId });
      return upload(me, bytesOf(ids.mediaId), input, kind === 'noToken' ? {} : bearer(me));
    },
    'Mutation.completeMediaUpload': async (kind, sendIt, { mediaId }) => {
      const owner = kind === 'others' ? other : me;
      if (kind !== 'missing' && kind !== 'deleted') await patch(owner, mediaId, bytesOf(mediaId));
      return sendIt('mutation ($id: ID!) { completeMediaUpload(id: $id) { status } }', { id: mediaId });
    },
    'Subscription.changed': (_, sendIt) => sendIt('subscription { changed { headTimestamp } }'),
  };

  it('has a row in the table for every operation of the schema, and none for another', () => {
    const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
    const operations = roots.flatMap((root) => Object.keys(root!.getFields()).map((field) => `${root!.name}.${field}`));
    expect(Object.keys(EXPECTED).toSorted()).toEqual(operations.toSorted());
  });

  it('has a row in the table for every alternative of a push, and none for another', () => {
    const input = schema.getType('MutationInput');
    if (!isInputObjectType(input)) throw new Error('MutationInput is no input');
    expect(Object.keys(PUSHED).toSorted()).toEqual(Object.keys(input.getFields()).toSorted());
  });

  const cases = Object.entries(EXPECTED).flatMap(([operation, expected]) =>
    (Object.entries(expected) as [Case, number | null][])
      .filter(([, status]) => status !== null)
      .map(([kind, status]) => ({ operation, kind, status })),
  );

  it.each(cases)('$operation, $kind: $status', async ({ operation, kind, status }) => {
    const ids = await rowsFor(kind);
    const [everyone, theirs] = [await digestOf(server), await digestOf(server, other.user.id)];
    const answer = await ask(operation, kind, ids);
    expect({ status: answer.status, code: answer.errors?.[0]?.extensions.code }).toEqual({
      status,
      code: {
        200: undefined,
        400: 'BAD_USER_INPUT',
        401: 'UNAUTHENTICATED',
        403: 'FORBIDDEN',
        404: 'NOT_FOUND',
        409: 'CONFLICT',
      }[status!],
    });
    // What is refused tells and writes nothing; what is allowed writes nothing of another user.
    if (status !== 200) {
      expect(Object.values(answer.data ?? {}).filter((value) => value !== null)).toEqual([]);
      expect(await digestOf(server)).toBe(everyone);
    }
    expect(await digestOf(server, other.user.id)).toBe(theirs);
  });

  const pushedCases = Object.entries(PUSHED).flatMap(([name, expected]) =>
    (Object.entries(expected) as [Exclude<Case, 'noToken'>, string][]).map(([kind, outcome]) => ({
      name,
      kind,
      outcome,
    })),
  );

  it.each(pushedCases)('push of $name, $kind: $outcome', async ({ name, kind, outcome }) => {
    const ids = await rowsFor(kind);
    const [everyone, theirs] = [await digestOf(server), await digestOf(server, other.user.id)];
    const [result] = await me.push([{ [name]: INPUTS[name]!(ids) }]);
    const { status, code, current } = result!;
    expect(status === 'REJECTED' ? code : status).toBe(outcome);
    if (outcome !== 'APPLIED') {
      expect(current).toBeNull();
      expect(await digestOf(server)).toBe(everyone);
    }
    expect(await digestOf(server, other.user.id)).toBe(theirs);
  });

  it('a refused item of a push stops none of the others', async () => {
    const ids = await rowsFor('others');
    const [first, last] = [saveJournal(), saveContent()];
    const refused = Object.keys(PUSHED).map((name) => ({ [name]: INPUTS[name]!(ids) }));
    const outcomes = await me.push([first, ...refused, last]);
    expect(outcomes.map(({ status }) => status)).toEqual(['APPLIED', ...refused.map(() => 'REJECTED'), 'APPLIED']);
  });

  describe('a link', () => {
    const ends = [
      { journal: 'own', content: 'others', status: 403 },
      { journal: 'others', content: 'own', status: 403 },
      { journal: 'missing', content: 'others', status: 403 },
      { journal: 'others', content: 'missing', status: 403 },
      { journal: 'deleted', content: 'others', status: 403 },
      { journal: 'own', content: 'missing', status: 200 },
      { journal: 'missing', content: 'own', status: 200 },
      { journal: 'deleted', content: 'deleted', status: 200 },
    ] as const;

    it.each(ends)(
      'from the journal ($journal) to the entry ($content): $status',
      async ({ journal, content, status }) => {
        const { journalId } = await rowsFor(journal);
        const { contentId } = await rowsFor(content);
        const before = await digestOf(server);
        for (const name of ['linkContent', 'unlinkContent']) {
          const input = INPUTS[name]!({ journalId, contentId, mediaId: '' });
          const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`;
          const document = `mutation ($input: ${type}!) { ${name}(input: $input) { journalId } }`;
          expect((await me.send(document, { input })).status).toBe(status);
          const [outcome] = await me.push([{ [name]: { ...input, mutationId: randomUUID() } }]);
          expect(outcome).toMatchObject(
            status === 200 ? { status: 'APPLIED' } : { status: 'REJECTED', code: 'FORBIDDEN' },
          );
        }
        if (status === 403) expect(await digestOf(server)).toBe(before);
      },
    );
  });

  it('who asks is said by the token alone: no argument, input field or header names a user', async () => {
    const named: string[] = [];
    for (const type of Object.values(schema.getTypeMap())) {
      if (isInputObjectType(type)) named.push(...Object.keys(type.getFields()).map((field) => `${type.name}.${field}`));
    }
    for (const root of [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]) {
      for (const field of Object.values(root!.getFields()))
        named.push(...field.args.map((arg) => `${field.name}.${arg.name}`));
    }
    expect(named.filter((name) => /user|owner|account/i.test(name))).toEqual([
      'SignUpInput.username',
      'SignInInput.username',
    ]);

    const theirs = await digestOf(server, other.user.id);
    for (const name of ['userId', 'user_id', 'ownerId']) {
      const { saveJournal: input } = saveJournal({ [name]: other.user.id });
      const document = 'mutation ($input: SaveJournalInput!) { saveJournal(input: $input) { id } }';
      expect(await me.send(document, { input })).toMatchObject({
        status: 400,
        errors: [{ extensions: { code: 'BAD_USER_INPUT', fields: [name] } }],
      });
      expect((await me.send(`{ journalChanges(${name}: "${other.user.id}") { hasMore } }`)).status).toBe(400);
    }
    const headers = { authorization: `Bearer ${me.tokens.accessToken}`, 'x-user-id': other.user.id };
    expect(await send(server.url, '{ me { id } }', {}, headers)).toMatchObject({ data: { me: { id: me.user.id } } });
    expect(await digestOf(server, other.user.id)).toBe(theirs);
  });

  it('feeds, counts and the account are those of the caller, whatever the other one did', async () => {
    for (const [device, stranger] of [
      [me, other],
      [other, me],
    ] as const) {
      for (const [feed, table, key] of FEEDS) {
        const { rows } = await device.pull(feed, { limit: 1000 });
        const keysOf = async (userId: string): Promise<string[]> =>
          (
            await server.sql<{ key: string }>(
              `SELECT ${key} AS key FROM ${table} WHERE user_id = $1 ORDER BY updated_at`,
              [userId],
            )
          ).map((row) => row.key);
        const own = await keysOf(device.user.id);
        expect(own.length).toBeGreaterThan(0);
        expect(rows.map(keyOf)).toEqual(own);
        // The two tried to write the same ids, so that this says something.
        const strangers = new Set(await keysOf(stranger.user.id));
        expect(rows.map(keyOf).filter((one) => strangers.has(one))).toEqual([]);
      }
      const { me: account, syncStatus } = await device.data('{ me { id } syncStatus { journalCount contentCount } }');
      const [counted] = await server.sql(
        `SELECT (SELECT count(*)::int FROM journals WHERE user_id = $1 AND NOT deleted) AS "journalCount",
                (SELECT count(*)::int FROM content WHERE user_id = $1 AND NOT deleted) AS "contentCount"`,
        [device.user.id],
      );
      expect({ id: account.id, ...syncStatus }).toEqual({ id: device.user.id, ...counted });
    }
  });
});

const FEEDS: [Feed, table: string, key: string][] = [
  ['journalChanges', 'journals', 'id::text'],
  ['contentChanges', 'content', 'id::text'],
  ['associationChanges', 'associations', `journal_id || ' ' || content_id`],
  ['mediaChanges', 'media', 'media_id::text'],
];

const keyOf = ({ id, journalId, contentId }: FeedRow): string => id ?? `${journalId} ${contentId}`;
