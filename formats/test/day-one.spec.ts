// A Day One export read from a ZIP as a browser has it: a Blob that a person chose.
import { describe, expect, it } from '@jest/globals';
import { strToU8, zipSync } from 'fflate';
import { countMedia, countUnmappedFields, readDayOne, type DayOneJournal } from '../src/day-one/day-one.js';
import { openZip } from '../src/zip/zip-files.js';
import { zipOf } from './support/zips.js';

const ENTRY = { uuid: 'A1', creationDate: '1660-01-11T21:00:00Z', text: 'Supped at home.' };

describe('reading a Day One export', () => {
  it('makes a journal of each JSON file, and keeps every character and time', async () => {
    const text = 'Cafe\u0301 \u{1F469}\u200D\u{1F33E} \u0646\u0639\u0646\u0627\u0639\r\n\t"\\" \u2028';
    const zip = zipOf({
      'Diary.json': journalOf({ ...ENTRY, text, modifiedDate: '2024-02-29T00:00:00.5+01:00' }),
      'Garden 🌱.json': journalOf({ ...ENTRY, uuid: 'B2' }, { ...ENTRY, uuid: 'B3', text: undefined }),
    });
    const [diary, garden] = await read(zip);
    expect(diary).toEqual({
      title: 'Diary',
      entries: [{ uuid: 'A1', createdAt: -9_781_700_400_000, modifiedAt: 1_709_161_200_500, text, otherFields: {} }],
    });
    expect(garden?.title).toBe('Garden 🌱');
    expect(garden?.entries.map((entry) => entry.text)).toEqual(['Supped at home.', '']);
    expect(garden?.entries[0]?.modifiedAt).toBe(garden?.entries[0]?.createdAt);
  });

  it('passes over what is no journal', async () => {
    const zip = zipOf({
      'Diary.json': journalOf(ENTRY),
      '._Diary.json': 'not a journal',
      '__MACOSX/._Diary.json': 'not a journal',
      'photos/0.jpeg': 'not a photo',
    });
    expect((await read(zip)).map(({ title }) => title)).toEqual(['Diary']);
  });

  it('reads files that are stored without compression, and a comment at the end', async () => {
    const bytes = zipSync({ 'Diary.json': strToU8(journalOf(ENTRY)) }, { level: 0 });
    const comment = 'PK\x05\x06 is what an end looks like, which this is not';
    const withComment = Buffer.concat([bytes, Buffer.from(comment)]);
    withComment.writeUInt16LE(comment.length, bytes.length - 2);
    expect(await read(withComment)).toHaveLength(1);
  });

  it('counts what has no place in the model, and only where it says something', async () => {
    const photo = { identifier: 'P1', md5: '0', type: 'jpeg' };
    const journals = await read(
      zipOf({
        'Diary.json': journalOf(
          { ...ENTRY, starred: true, tags: [], photos: [photo, photo] },
          { ...ENTRY, uuid: 'A2', starred: false, tags: ['river', 'boat'], location: {}, photos: [photo] },
          { ...ENTRY, uuid: 'A3', tags: ['boat'] },
        ),
      }),
    );
    expect(countMedia(journals)).toEqual([{ field: 'photos', items: 3, entries: 2 }]);
    expect(countUnmappedFields(journals)).toEqual([
      { field: 'tags', items: 3, entries: 2 },
      { field: 'starred', items: 1, entries: 1 },
    ]);
  });
});

describe('an export that cannot be read is refused with its reason', () => {
  it.each<[string, () => Uint8Array, RegExp]>([
    ['a file that is not a ZIP', () => Buffer.from('%PDF-1.7'), /\.zip: not a ZIP file/],
    ['an empty file', () => Buffer.alloc(0), /\.zip: not a ZIP file/],
    ['a ZIP without its end', () => truncatedZip(-30), /\.zip: the ZIP is cut off/],
    ['a ZIP without its beginning', () => truncatedZip(30), /\.zip: not a ZIP file/],
    ['a ZIP that holds no JSON', () => zipOf({ 'photos/0.jpeg': 'x' }), /\.zip: no \.json file inside/],
    ['a name that points outside', () => zipOf({ '../x.json': '{}' }), /names a file outside itself: \.\.\/x\.json/],
    ['broken JSON', () => zipOf({ 'Diary.json': '{"entries":[' }), /^Diary\.json: not valid JSON/],
    ['text that is not UTF-8', () => zipOf({ 'Diary.json': Buffer.from([0x22, 0xff, 0x22]) }), /^Diary\.json: not/],
    ['JSON that is no journal', () => zipOf({ 'a.json': '[1]' }), /^a\.json: not a Day One journal/],
    ['an entry that is no object', () => zipOf({ 'Diary.json': '{"entries":[7]}' }), /Diary\.json, entry 1: not an/],
    ['an entry without uuid', () => diaryOf(ENTRY, { ...ENTRY, uuid: undefined }), /Diary\.json, entry 2: no uuid/],
    [
      'an entry without date',
      () => diaryOf({ ...ENTRY, creationDate: undefined }),
      /1 \(A1\): creationDate is missing/,
    ],
    ['a day that does not exist', () => diaryOf({ ...ENTRY, creationDate: '2023-02-29T00:00:00Z' }), /is not a date/],
    ['a date in words', () => diaryOf({ ...ENTRY, creationDate: 'May 1, 2020' }), /is not a date: "May 1, 2020"/],
    ['a date in a number', () => diaryOf({ ...ENTRY, modifiedDate: 17 }), /\(A1\): modifiedDate is not a date: 17/],
    ['text that is no text', () => diaryOf({ ...ENTRY, text: { html: '' } }), /entry 1 \(A1\): text is not a text/],
    ['the same uuid twice', () => diaryOf(ENTRY, ENTRY), /entry 2 \(A1\): the same as Diary\.json, entry 1 \(A1\)/],
  ])('%s', async (_, make, reason) => {
    await expect(read(make())).rejects.toThrow(reason);
  });

  it('one flipped bit in the archive', async () => {
    const bytes = Buffer.from(zipSync({ 'Diary.json': strToU8(journalOf(ENTRY)) }, { level: 0 }));
    const at = bytes.indexOf('Supped');
    bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
    await expect(read(bytes)).rejects.toThrow(/Diary\.json is damaged/);
  });

  it('more than 256 MiB of JSON, before any of it is unpacked', async () => {
    const bytes = Buffer.from(zipSync({ 'Diary.json': strToU8(journalOf(ENTRY)) }));
    bytes.writeUInt32LE(300 * 1024 * 1024, bytes.indexOf('PK\x01\x02') + 24);
    await expect(read(bytes)).rejects.toThrow(/Diary\.json: the JSON of one export is limited/);
  });

  it('a bomb that declares a hundred bytes and unpacks to forty million', async () => {
    const bytes = Buffer.from(zipSync({ 'Diary.json': new Uint8Array(40_000_000) }));
    bytes.writeUInt32LE(100, bytes.indexOf('PK\x01\x02') + 24);
    const before = process.memoryUsage().arrayBuffers;
    await expect(read(bytes)).rejects.toThrow(/does not unpack to the size it declares/);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20_000_000);
  });
});

function journalOf(...entries: Record<string, unknown>[]): string {
  return JSON.stringify({ metadata: { version: '1.0' }, entries });
}

function diaryOf(...entries: Record<string, unknown>[]): Uint8Array {
  return zipOf({ 'Diary.json': journalOf(...entries) });
}

/** A ZIP with its first bytes gone, or, below zero, its last. */
function truncatedZip(bytes: number): Uint8Array {
  const whole = zipSync({ 'Diary.json': strToU8(journalOf(ENTRY)) });
  return bytes < 0 ? whole.slice(0, bytes) : whole.slice(bytes);
}

async function read(zip: Uint8Array): Promise<DayOneJournal[]> {
  return readDayOne(await openZip('my.zip', new Blob([new Uint8Array(zip)])));
}
