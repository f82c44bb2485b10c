/** Faults of the REST face that were met in other servers or are easily made, and the tests that must fail for each. */
import { describePlantedFaults } from './support/describe-planted-faults.js';
import type { Fault } from './support/planted-fault.js';

const VERSION = 'src/rest/written-version.ts';
const ERRORS = 'src/rest/error-body.ts';

type Test = Fault['killedBy'][number];
/** A test of the contract, at the first mount. */
const contract = (file: string, subject: string, test: string): Test => [
  `test/contract/${file}.e2e-spec.ts`,
  `the contract: ${subject} under "" ${test}`,
];
const upload = (test: string): Test => contract('uploads', 'an upload', `to /sync/content ${test}`);
const edit = (test: string): Test => contract('updates', 'an edit of some fields', test);
const resource = (test: string): Test => contract('resources', 'a resource', `/contents/{id} ${test}`);
const feed = (test: string): Test => contract('feeds', 'a feed', test);
const media = (test: string): Test => contract('sync-media', 'a photo', test);
const matrix = (test: string): Test => ['test/rest-authorisation.e2e-spec.ts', `authorisation over REST ${test}`];
const badInput = (test: string): Test => [
  'test/bad-input/bad-input.e2e-spec.ts',
  `bad input is refused without a fault, a trace of the code or a change ${test}`,
];

const FAULTS: Fault[] = [
  {
    name: 'an edit resets the duration that it does not send',
    edits: [
      {
        file: 'src/rest/content-bodies.ts',
        find: 'durationMs: body.durationMs || row.durationMs,',
        replace: 'durationMs: body.durationMs ?? 0,',
      },
    ],
    killedBy: [edit('by PATCH keeps the duration of a recording, and changes it where it is sent')],
  },
  {
    name: 'a write that knows nothing brings a deleted row back',
    edits: [
      {
        file: VERSION,
        find: 'syncVersion };\n  return { unlessDeleted: true };',
        replace: 'syncVersion };\n  return { none: true };',
      },
    ],
    killedBy: [
      upload('of a deleted id that names no version is a conflict and does not bring it back'),
      resource('PUT of a deleted id that did not ask for it is 409 and leaves it deleted'),
      matrix('POST /sync/content under "", deleted: 409'),
    ],
  },
  {
    name: 'syncVersion says nothing of the version',
    edits: [
      {
        file: VERSION,
        find: 'syncVersion != null && syncVersion > 0',
        replace: 'syncVersion != null && syncVersion < 0',
      },
    ],
    killedBy: [
      upload('with a syncVersion that is stale is a conflict with the row as it is now'),
      edit('by POST /sync of /contents that knows another version by syncVersion is 409 with the row as it is now'),
    ],
  },
  {
    name: 'syncVersion goes before versionConstraint',
    edits: [
      {
        file: VERSION,
        find: "if (versionConstraint?.type === 'known')",
        replace: "if (syncVersion) return { known: syncVersion };\n  if (versionConstraint?.type === 'known')",
      },
    ],
    killedBy: [
      edit(
        'by PATCH of /contents goes by versionConstraint, then by clientLastKnownServerVersion, then by syncVersion',
      ),
    ],
  },
  {
    name: '"unknown" is the name of a device',
    edits: [
      {
        file: VERSION,
        find: 'deviceId == null || deviceId === NO_DEVICE',
        replace: 'deviceId == null || deviceId === NO_DEVICE.toUpperCase()',
      },
    ],
    killedBy: [contract('uploads', 'an upload', 'is of the device of the token where it names none, or "unknown"')],
  },
  {
    name: 'an upload is answered with the time of the wall clock',
    edits: [
      {
        file: 'src/rest/write-answers.ts',
        find: 'uploadedAt: updatedAt };',
        replace: 'uploadedAt: Math.max(updatedAt, Date.now()) + 1 };',
      },
    ],
    killedBy: [
      contract('both-faces', 'a row of both faces', 'a journal by REST has the same stamp and fields in GraphQL'),
      feed('is in the order of the stamps, and its cursor is the largest stamp of the page'),
    ],
  },
  {
    name: 'a page has 500 rows where no limit is said',
    edits: [{ file: 'src/rest/feed-query.ts', find: 'USUAL_ROWS = 200', replace: 'USUAL_ROWS = 500' }],
    killedBy: [feed('gives 200 rows where no limit is said')],
  },
  {
    name: 'the first page leaves tombstones out',
    edits: [
      {
        file: 'src/rest/rest-feeds.ts',
        find: 'caller.id, { ...query, withDeletions: true });\n    } catch',
        replace: 'caller.id, { ...query, withDeletions: query.since > 0 });\n    } catch',
      },
    ],
    killedBy: [
      contract(
        'deletions',
        'a delete',
        'by DELETE of /contents of an id that was never seen leaves a tombstone, which a late upload meets',
      ),
    ],
  },
  {
    name: 'the inner shape of an error is left out',
    edits: [{ file: ERRORS, find: '    error: { code, message },\n', replace: '' }],
    killedBy: [
      contract('refusals', 'every path', 'that is not there is 404 in both shapes'),
      badInput('over REST, one fault in each request'),
    ],
  },
  {
    name: 'a conflict does not show the row as it is',
    edits: [
      {
        file: ERRORS,
        find: '...(current !== undefined && {',
        replace: "...(current !== undefined && message === '' && {",
      },
    ],
    killedBy: [upload('with a syncVersion that is stale is a conflict with the row as it is now')],
  },
  {
    name: 'an error is told with its stack',
    edits: [{ file: ERRORS, find: 'const { message } = error;', replace: 'const message = String(error.stack);' }],
    killedBy: [badInput('over REST, one fault in each request'), badInput('as bytes that are hardly HTTP')],
  },
  {
    name: 'the numbers of an address are not looked at',
    edits: [
      {
        file: 'src/rest/feed-query.ts',
        find: "typeof given === 'string' && /^-?\\d{1,16}$/.test(given) ? Number(given) : NaN;\n  if (value",
        replace: 'Number(given);\n  if (Number.isNaN(value) || value',
      },
    ],
    killedBy: [badInput('over REST, one fault in each request')],
  },
  {
    name: 'the same photo gets another id each time',
    edits: [
      {
        file: 'src/rest/media-id.ts',
        find: "Buffer.from(userId.replaceAll('-', ''), 'hex')",
        replace: 'String(Math.random() + userId.length)',
      },
    ],
    killedBy: [
      media('sent as a multipart form twice makes one row'),
      media('sent as JSON with base64 twice makes one row'),
    ],
  },
  {
    name: 'a path answers without a token',
    edits: [
      { file: 'src/rest/status.controller.ts', find: "  @Get('quota')", replace: "  @Public()\n  @Get('quota')" },
    ],
    killedBy: [contract('refusals', 'every path', 'GET /quota is 401 without a valid token')],
  },
  {
    name: 'a path is new and nobody said who may use it',
    edits: [{ file: 'src/rest/status.controller.ts', find: "@Get('quota')", replace: "@Get(['quota', 'quota/all'])" }],
    killedBy: [matrix('has a row in the table for every path of the OpenAPI document, and none for another')],
  },
];

/** A fault that breaks the whole server would fail every test: this one must pass with each of them. */
const SOUND: Test = contract('status', 'the server', '/sync/status counts nothing for a new account');

describePlantedFaults(FAULTS, SOUND);
