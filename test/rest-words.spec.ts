/** What REST says in words of its own, and what each means. */
import { describe, expect, it } from '@jest/globals';
import { uuidV5 } from '../client/src/uuid-v5.js';
import { ApiError, ErrorCode } from '../src/graphql/errors.js';
import { prefersJson } from '../src/rest/accepted-answer.js';
import { restBodyOf } from '../src/rest/error-body.js';
import { InvalidParameterError } from '../src/rest/feed-query.js';
import { bytesOf } from '../src/rest/media-bodies.js';
import { mediaIdOf } from '../src/rest/media-id.js';
import { constraintOf, deviceIn, type WrittenVersion } from '../src/rest/written-version.js';
import type { Row } from '../src/sync/row.js';
import { judgeDelete, judgeSave } from '../src/sync/version-constraint.js';

const NONE = { type: 'none' } as const;
const KNOWN = { type: 'known', serverVersion: 3 } as const;

describe('the constraint of a write', () => {
  it.each<[WrittenVersion, object]>([
    [{ versionConstraint: KNOWN, clientLastKnownServerVersion: 4, syncVersion: 5 }, { known: 3 }],
    [{ versionConstraint: NONE, clientLastKnownServerVersion: 4, syncVersion: 5 }, { unlessDeleted: true }],
    [{ clientLastKnownServerVersion: 4, syncVersion: 5 }, { known: 4 }],
    [{ clientLastKnownServerVersion: 0, syncVersion: 5 }, { known: 0 }],
    [{ versionConstraint: null, clientLastKnownServerVersion: null, syncVersion: 5 }, { known: 5 }],
    [{ syncVersion: 0 }, { unlessDeleted: true }],
    [{ syncVersion: null }, { unlessDeleted: true }],
    [{}, { unlessDeleted: true }],
  ])('%j is %j', (body, constraint) => {
    expect(constraintOf(body)).toEqual(constraint);
  });

  it('that a row is not deleted lets everything through but a tombstone', () => {
    const row = (deleted: boolean): Row => ({ deleted, serverVersion: 3 }) as Row;
    const verdicts = [undefined, row(false), row(true)].map((current) =>
      judgeSave({ unlessDeleted: true }, current, () => false),
    );
    expect(verdicts).toEqual(['write', 'write', 'conflict']);
    expect(judgeDelete({ unlessDeleted: true }, row(true))).toBe('already');
  });
});

it.each([
  [{}, {}],
  [{ deviceId: null }, {}],
  [{ deviceId: 'unknown' }, {}],
  [{ deviceId: 'pixel' }, { deviceId: 'pixel' }],
])('the device of %j is %j', (body, device) => {
  expect(deviceIn(body)).toEqual(device);
});

it.each([
  [undefined, false],
  ['', false],
  ['application/json', true],
  ['APPLICATION/JSON; charset=utf-8', true],
  ['application/json;q=0', false],
  ['application/json;q=x', false],
  ['application/json, image/jpeg', false],
  ['application/json, image/jpeg;q=0.2', true],
  ['application/json, video/*', true],
  ['*/*', false],
])('Accept: %s wants a description: %p', (accept, isWanted) => {
  expect(prefersJson(accept, 'image/jpeg')).toBe(isWanted);
});

describe('the id of media', () => {
  const USER = '0d1f2a7e-63d4-4f0c-8a3c-7f1f5b0f6a21';
  const CONTENT = 'ABCDEF12-4d7b-4a3e-9c57-2f0f3f4b1a10';
  const media = { contentId: CONTENT, sha256: 'ab'.repeat(32), fileName: 'beans.jpg' };

  it('is the uuid v5 of user, entry, digest and name', () => {
    const id = uuidV5(USER, `${CONTENT.toLowerCase()} ${media.sha256} beans.jpg`);
    expect(mediaIdOf(USER, media)).toBe(id);
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('differs with each of them', () => {
    const others = [
      mediaIdOf(CONTENT, media),
      mediaIdOf(USER, { ...media, contentId: USER }),
      mediaIdOf(USER, { ...media, sha256: 'cd'.repeat(32) }),
      mediaIdOf(USER, { ...media, fileName: 'peas.jpg' }),
    ];
    expect(new Set([mediaIdOf(USER, media), ...others]).size).toBe(5);
  });
});

describe('bytes in JSON', () => {
  it.each<[unknown, number[]]>([
    ['', []],
    ['AP8=', [0, 255]],
    ['AP8', [0, 255]],
    [
      [0, -1, 127, -128, 200],
      [0, 255, 127, 128, 200],
    ],
    [[], []],
  ])('%j are %j', (data, bytes) => {
    expect([...bytesOf(data)]).toEqual(bytes);
  });

  it.each<[unknown]>([
    ['A'],
    ['AP8=='],
    ['AP 8'],
    ['data:;base64,AP8='],
    [[256]],
    [[-129]],
    [[1.5]],
    [['1']],
    [7],
    [null],
    [{}],
  ])('%j are none', (data) => {
    expect(() => bytesOf(data)).toThrow(ApiError);
  });
});

describe('an error', () => {
  it('of a parameter has a code of its own', () => {
    expect(restBodyOf(new InvalidParameterError('since', 'is none'), 5)).toEqual({
      code: 'INVALID_PARAMETER',
      message: 'since is none',
      timestamp: 5,
      error: { code: 'INVALID_PARAMETER', message: 'since is none' },
      fields: ['since'],
    });
  });

  it('of a conflict shows the row in the words of the feeds, or that there is none', () => {
    const stamp = { serverVersion: 3, updatedAt: 9, deviceId: 'a', mutationId: 'm' };
    const live = { __typename: 'Journal', id: 'j', title: 'Garden', createdAt: 1, clientUpdatedAt: 2, ...stamp };
    const currentOf = (current: object | null): unknown =>
      restBodyOf(new ApiError(ErrorCode.CONFLICT, 'changed', { current }))['current'];
    expect(currentOf(live)).toEqual({
      id: 'j',
      title: 'Garden',
      createdAt: 1,
      lastUpdated: 2,
      serverVersion: 3,
      isDeleted: false,
    });
    expect(currentOf({ __typename: 'Tombstone', id: 'j', deletedAt: 9, ...stamp })).toEqual({
      id: 'j',
      deletedAt: 9,
      serverVersion: 3,
      isDeleted: true,
    });
    expect(currentOf(null)).toBeNull();
  });
});
