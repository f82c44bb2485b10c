import type { ApolloServerPlugin } from '@apollo/server';
import {
  getNullableType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type FieldNode,
  type GraphQLField,
  type GraphQLLeafType,
  type GraphQLResolveInfo,
} from 'graphql';
import type { RequestContext } from './http-status.plugin.js';

/** One selected field of a row. */
interface Selected {
  key: string;
  field: GraphQLField<unknown, RequestContext>;
  /** Undefined for an object: it is only known what becomes of a missing one. */
  leaf: GraphQLLeafType | undefined;
  isNullable: boolean;
}

/** What is selected of the rows of a list; null where GraphQL has to look itself. */
const selections = new WeakMap<FieldNode, Selected[] | null>();

/**
 * Completes the rows of long lists itself: GraphQL makes several objects for each field of each row, and there are 3,000
 * fields in the outcomes of a push. It gets an empty list, and the rows are put in its place before the answer leaves.
 * Where a selection or a value is more than plain it does nothing, and GraphQL completes the list.
 *
 * @param lists for each object type the names of its list fields; the rows' fields are read at once, so no promises
 */
export function compiledLists(lists: Record<string, string[]>): ApolloServerPlugin<RequestContext> {
  return {
    async serverWillStart({ schema }) {
      for (const [typeName, names] of Object.entries(lists)) {
        const type = schema.getType(typeName);
        if (!isObjectType(type)) continue;
        for (const name of names) {
          const field = type.getFields()[name];
          if (field !== undefined) complete(field);
        }
      }
    },
    async requestDidStart({ contextValue }) {
      contextValue.completedLists = [];
      return {
        async willSendResponse({ response: { body } }) {
          if (body.kind !== 'single' || !body.singleResult.data) return;
          for (const { path, rows } of contextValue.completedLists ?? []) put(body.singleResult.data, path, rows);
        },
      };
    },
  };
}

function complete(field: GraphQLField<unknown, RequestContext>): void {
  const { resolve } = field;
  field.resolve = (source, args, context, info) => {
    const rows: unknown = resolve
      ? resolve(source, args, context, info)
      : (source as Record<string, unknown>)[field.name];
    const selected = selectedOf(info);
    if (!Array.isArray(rows) || selected === null || context.completedLists === undefined) return rows;
    try {
      const completed = rows.map((row: unknown) => completeRow(row, selected, context, info));
      context.completedLists.push({ path: info.path, rows: completed });
      return [];
    } catch {
      return rows;
    }
  };
}

function selectedOf({ fieldNodes, returnType }: GraphQLResolveInfo): Selected[] | null {
  const [node] = fieldNodes as [FieldNode];
  if (fieldNodes.length > 1) return null;
  let selected = selections.get(node);
  if (selected === undefined) selections.set(node, (selected = select(node, returnType)));
  return selected;
}

/** The fields of a selection that names nothing but fields, without arguments or directives. */
function select(node: FieldNode, type: GraphQLResolveInfo['returnType']): Selected[] | null {
  const list = getNullableType(type);
  const rowType = isListType(list) ? getNullableType(list.ofType) : undefined;
  if (!isObjectType(rowType)) return null;
  const selected: Selected[] = [];
  for (const selection of node.selectionSet?.selections ?? []) {
    const isPlain = selection.kind === Kind.FIELD && !selection.directives?.length && !selection.arguments?.length;
    const field = isPlain ? rowType.getFields()[selection.name.value] : undefined;
    if (!isPlain || field === undefined) return null;
    const fieldType = getNullableType(field.type);
    const key = selection.alias?.value ?? field.name;
    const leaf = isLeafType(fieldType) ? fieldType : undefined;
    selected.push({ key, field, leaf, isNullable: !isNonNullType(field.type) });
  }
  return selected;
}

/** @throws for what GraphQL would have more to do about than this */
function completeRow(
  row: unknown,
  selected: Selected[],
  context: RequestContext,
  info: GraphQLResolveInfo,
): Record<string, unknown> {
  const completed: Record<string, unknown> = {};
  for (const { key, field, leaf, isNullable } of selected) {
    const value = field.resolve ? field.resolve(row, {}, context, info) : (row as Record<string, unknown>)[field.name];
    const isMissing = value === null || value === undefined;
    const serialized: unknown = isMissing ? null : (leaf?.serialize(value) ?? undefined);
    if (serialized === undefined || (isMissing && !isNullable)) throw new Error('left to GraphQL');
    completed[key] = serialized;
  }
  return completed;
}

/** A place that an error beside it has made null stays null. */
function put(data: Record<string, unknown>, path: GraphQLResolveInfo['path'], rows: object[]): void {
  const keys: (string | number)[] = [];
  for (let at = path.prev; at !== undefined; at = at.prev) keys.unshift(at.key);
  let parent: unknown = data;
  for (const key of keys) parent = (parent as Record<string | number, unknown> | null)?.[key] ?? null;
  if (parent !== null) (parent as Record<string | number, unknown>)[path.key] = rows;
}
