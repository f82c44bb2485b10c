/** What is read of an OpenAPI document: its operations, and schemas with references followed. */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  format?: string;
  nullable?: boolean;
  enum?: unknown[];
  minimum?: number;
  maxLength?: number;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  allOf?: Schema[];
  oneOf?: Schema[];
  anyOf?: Schema[];
}

interface Operation {
  parameters?: { name: string; in: string; required?: boolean; schema?: Schema }[];
  requestBody?: { content: Record<string, { schema?: Schema }> };
}

export interface OpenApi {
  paths: Record<string, Record<string, Operation>>;
  components?: { schemas?: Record<string, Schema> };
}

/** One method of one path. */
export interface RestOperation {
  method: string;
  path: string;
  parameters: NonNullable<Operation['parameters']>;
  /** Of a JSON body; undefined where it takes none. */
  json?: Schema;
  takesForm: boolean;
}

const METHODS = new Set(['get', 'post', 'put', 'patch', 'delete']);

/** Every method of every path, in the document's order. */
export function operationsOf(document: OpenApi): RestOperation[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([method]) => METHODS.has(method))
      .map(([method, { parameters = [], requestBody }]) => {
        const json = requestBody?.content['application/json']?.schema;
        const takesForm = requestBody?.content['multipart/form-data'] !== undefined;
        return {
          method: method.toUpperCase(),
          path,
          parameters,
          takesForm,
          ...(json && { json: resolved(document, json) }),
        };
      }),
  );
}

/** The schema itself, with what it refers to in its place, all the way down. */
function resolved(document: OpenApi, schema: Schema): Schema {
  const { $ref, allOf, ...own } = schema;
  const named = $ref === undefined ? {} : document.components?.schemas?.[$ref.split('/').at(-1) ?? ''];
  if (named === undefined) throw new Error(`${$ref} is not in the document`);
  const parts = [named, ...(allOf ?? [])].map((part) => (part.$ref || part.allOf ? resolved(document, part) : part));
  const whole: Schema = Object.assign({}, ...parts, own) as Schema;
  const inner = (one: Schema): Schema => resolved(document, one);
  return {
    ...whole,
    ...(whole.properties && {
      properties: Object.fromEntries(Object.entries(whole.properties).map(([name, one]) => [name, inner(one)])),
    }),
    ...(whole.items && { items: inner(whole.items) }),
    ...(whole.oneOf && { oneOf: whole.oneOf.map(inner) }),
    ...(whole.anyOf && { anyOf: whole.anyOf.map(inner) }),
  };
}
