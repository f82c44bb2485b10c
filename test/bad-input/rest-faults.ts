/** Requests to the REST paths with one fault each, made from the OpenAPI document that the server serves. */
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import type { BadRequest } from './bad-request.js';
import { operationsOf, type OpenApi, type RestOperation, type Schema } from './openapi.js';
import { noInteger, noText, noUuid, otherThan, type JsonKind } from './wrong-values.js';

/** What is answered to everybody has nothing that could be wrong. */
const OPEN = /\/server\/info$|\/openapi\.json$|\/health$/;

/** Any method of any path, with a wrong parameter, header, body or form. */
export function restFaults(document: OpenApi): fc.Arbitrary<BadRequest> {
  const operations = operationsOf(document).filter(({ path }) => !OPEN.test(path));
  return fc.oneof(...operations.map(faultsOf));
}

function faultsOf(operation: RestOperation): fc.Arbitrary<BadRequest> {
  const { json, takesForm, parameters } = operation;
  const sites: fc.WeightedArbitrary<Partial<BadRequest>>[] = [{ weight: 1, arbitrary: wrongHeaders }];
  if (parameters.some((one) => one.in === 'path')) sites.push({ weight: 4, arbitrary: wrongIds(operation) });
  if (parameters.some(isCursor)) sites.push({ weight: 9, arbitrary: wrongQuery(operation) });
  if (json !== undefined)
    sites.push({ weight: 12, arbitrary: faultyOf(json).map(asJson) }, { weight: 1, arbitrary: noJson });
  if (takesForm) sites.push({ weight: 9, arbitrary: wrongForms });
  return fc.oneof(...sites).map((wrong) => ({
    name: `${operation.method} ${operation.path}`,
    method: operation.method,
    path: soundPath(operation),
    headers: {},
    ...wrong,
  }));
}

const soundPath = ({ path }: RestOperation): string => path.replace(/\{\w+\}/g, () => randomUUID());

const asJson = (body: unknown): Partial<BadRequest> => ({
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

const wrongHeaders: fc.Arbitrary<Partial<BadRequest>> = fc
  .constantFrom<Record<string, string>[]>(
    { authorization: 'Bearer nonsense' },
    { authorization: '' },
    { authorization: 'Basic eDp5' },
    { 'x-device-id': 'x'.repeat(129) },
  )
  .map((headers) => ({ headers }));

function wrongIds(operation: RestOperation): fc.Arbitrary<Partial<BadRequest>> {
  const soundBody = operation.json === undefined ? {} : asJson({});
  return noUuid
    .filter((id) => id !== '.' && id !== '..')
    .map((id) => ({ ...soundBody, path: operation.path.replace(/\{\w+\}/g, () => encodeURIComponent(id)) }));
}

function wrongQuery(operation: RestOperation): fc.Arbitrary<Partial<BadRequest>> {
  const names = operation.parameters.filter(isCursor).map(({ name }) => name);
  const wrong = fc.constantFrom(
    'x',
    '1.5',
    'NaN',
    'Infinity',
    '1e400',
    '1;DROP',
    '\0',
    'a'.repeat(5_000),
    '{}',
    'true',
  );
  return fc
    .tuple(fc.constantFrom(...names), wrong)
    .map(([name, value]) => ({ path: `${soundPath(operation)}?${name}=${encodeURIComponent(value)}` }));
}

/** The numbers of a query; what else may stand there is not refused. */
const isCursor = ({ name, in: place }: RestOperation['parameters'][number]): boolean =>
  place === 'query' && /^(since|limit)$/.test(name);

/** Not an empty one: where every field may be missing, that is a sound body. */
const noJson: fc.Arbitrary<Partial<BadRequest>> = fc
  .tuple(
    fc.constantFrom('application/json', 'application/json; charset=utf-16', 'text/plain', 'application/xml', 'x'),
    fc.constantFrom('{', '{"id":', '[[[[', '\u0000', '{"a":1}}', '<x/>', '{"id":"\\ud800', '{'.repeat(50_000)),
  )
  .map(([type, body]) => ({ headers: { 'content-type': type }, body }));

const BOUNDARY = 'the-boundary';
const field = (name: string, value: string, file = ''): string =>
  `--${BOUNDARY}\r\ncontent-disposition: form-data; name="${name}"${file && `; filename="${file}"`}\r\n\r\n${value}\r\n`;

const wrongForms: fc.Arbitrary<Partial<BadRequest>> = fc
  .constantFrom<[contentId: string, sizeBytes: string, data: string, type?: string]>(
    [field('contentId', 'x'), field('sizeBytes', '3'), field('data', 'abc', 'a.png')],
    ['', field('sizeBytes', '3'), field('data', 'abc', 'a.png')],
    [field('contentId', randomUUID()), field('sizeBytes', 'x'), field('data', 'abc', 'a.png')],
    [field('contentId', randomUUID()), field('sizeBytes', '4'), field('data', 'abc', 'a.png')],
    [field('contentId', randomUUID()), field('sizeBytes', '-1'), field('data', 'abc', 'a.png')],
    [field('contentId', randomUUID()), field('sizeBytes', '3'), ''],
    [field('contentId', randomUUID()), field('sizeBytes', '3'), '', 'multipart/form-data'],
    [field('contentId', '\0'), field('sizeBytes', '3'), field('data', 'abc', 'a.png')],
  )
  .map(([contentId, sizeBytes, data, type = `multipart/form-data; boundary=${BOUNDARY}`]) => ({
    headers: { 'content-type': type },
    body: `${contentId}${field('fileName', 'a.png')}${field('mimeType', 'image/png')}${sizeBytes}${data}--${BOUNDARY}--\r\n`,
  }));

/** A sound value, with nothing in it that could be left out. */
function soundOf(schema: Schema): unknown {
  const { enum: values, properties = {}, required = [] } = schema;
  const [first] = schema.oneOf ?? schema.anyOf ?? [];
  if (first !== undefined) return soundOf(first);
  // The constraint "none" has no version that could be wrong: what stands beside it is a key that nobody knows.
  if (values !== undefined) return values.find((value) => value !== 'none');
  const [kind] = kindsOf(schema);
  if (kind === 'object') return Object.fromEntries(required.map((name) => [name, soundOf(properties[name] ?? {})]));
  if (kind === 'list') return [soundOf(schema.items ?? {})];
  if (kind === 'integer') return Math.max(1, schema.minimum ?? 1);
  if (kind === 'boolean') return false;
  return schema.format === 'uuid' ? randomUUID() : 'a good word';
}

function faultyOf(schema: Schema): fc.Arbitrary<unknown> {
  const kinds = kindsOf(schema);
  const wrong: fc.WeightedArbitrary<unknown>[] = [{ weight: 1, arbitrary: otherThan(...kinds) }];
  if (schema.oneOf !== undefined || schema.anyOf !== undefined) return fc.oneof(...wrong);
  if (kinds.includes('object')) wrong.push(...faultyMembers(schema));
  if (kinds.includes('list') && schema.items)
    wrong.push({ weight: 9, arbitrary: faultyOf(schema.items).map((one) => [one]) });
  if (kinds.includes('integer')) wrong.push({ weight: 1, arbitrary: noInteger });
  if (kinds.includes('text')) wrong.push({ weight: 1, arbitrary: noText });
  if (schema.format === 'uuid') wrong.push({ weight: 1, arbitrary: noUuid });
  return fc.oneof(...wrong);
}

function faultyMembers(schema: Schema): fc.WeightedArbitrary<unknown>[] {
  const { properties = {}, required = [] } = schema;
  const sound = fc.constant(null).map(() => soundOf(schema) as Record<string, unknown>);
  const missing = required.map((name) => sound.map(({ [name]: _, ...rest }) => rest));
  const wrong = Object.entries(properties).map(([name, property]) =>
    fc.tuple(sound, faultyOf(property)).map(([value, one]) => ({ ...value, [name]: one })),
  );
  return [
    ...(missing.length > 0 ? [{ weight: 2, arbitrary: fc.oneof(...missing) }] : []),
    ...(wrong.length > 0 ? [{ weight: 9, arbitrary: fc.oneof(...wrong) }] : []),
  ];
}

const KINDS: Record<string, JsonKind> = {
  string: 'text',
  integer: 'integer',
  number: 'integer',
  boolean: 'boolean',
  object: 'object',
  array: 'list',
};

/** The kinds of JSON that a schema takes. */
function kindsOf({ type, oneOf, anyOf, properties }: Schema): JsonKind[] {
  const alternatives = oneOf ?? anyOf;
  if (alternatives !== undefined) return alternatives.flatMap(kindsOf);
  const types = [type ?? (properties ? 'object' : [])].flat();
  return types.map((one) => KINDS[one]).filter((kind) => kind !== undefined);
}
