import {
  isInputObjectType,
  isListType,
  isNonNullType,
  type GraphQLInputObjectType,
  type GraphQLInputType,
} from 'graphql';

/** What GraphQL makes of a variable's value; throws for a value that GraphQL refuses, without saying why. */
export type Coerce = (value: unknown) => unknown;

interface CompiledField {
  name: string;
  coerce: Coerce;
  isRequired: boolean;
  /** What a missing field is; undefined means that it stays missing. */
  defaultValue: unknown;
}

/**
 * Makes a function that does what GraphQL's `coerceInputValue` does with sound values, at a fraction of its time: it
 * looks at the type once and not with every value, keeps no paths, and its objects are of the engine's fast kind.
 */
export function compileInput(type: GraphQLInputType): Coerce {
  if (isNonNullType(type)) {
    const coerce = compilePresent(type.ofType);
    return (value) => (value === null || value === undefined ? refuse() : coerce(value));
  }
  const coerce = compilePresent(type);
  return (value) => (value === null || value === undefined ? null : coerce(value));
}

/** As `compileInput`, for values that are neither null nor missing. */
function compilePresent(type: GraphQLInputType): Coerce {
  if (isListType(type)) {
    const coerce = compileInput(type.ofType);
    // GraphQL also takes one value for a list of one: left to it.
    return (value) => (Array.isArray(value) ? value.map((item) => coerce(item)) : refuse());
  }
  if (isInputObjectType(type)) return compileObject(type);
  if (isNonNullType(type)) return compileInput(type);
  return (value) => {
    const parsed = type.parseValue(value);
    return parsed === undefined ? refuse() : parsed;
  };
}

function compileObject(type: GraphQLInputObjectType): Coerce {
  // Made at the first value: a type may hold itself.
  let fields: CompiledField[] | undefined;
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) refuse();
    fields ??= compileFields(type);
    const given = value as Record<string, unknown>;
    const coerced: Record<string, unknown> = {};
    let known = 0;
    for (const { name, coerce, isRequired, defaultValue } of fields) {
      const fieldValue = given[name];
      if (fieldValue !== undefined) {
        known += 1;
        coerced[name] = coerce(fieldValue);
      } else if (defaultValue !== undefined) coerced[name] = defaultValue;
      else if (isRequired) refuse();
    }
    if (known !== Object.keys(given).length) refuse();
    if (type.isOneOf && (known !== 1 || Object.values(coerced)[0] === null)) refuse();
    return coerced;
  };
}

function compileFields(type: GraphQLInputObjectType): CompiledField[] {
  return Object.values(type.getFields()).map((field) => ({
    name: field.name,
    coerce: compileInput(field.type),
    isRequired: isNonNullType(field.type),
    defaultValue: field.defaultValue,
  }));
}

function refuse(): never {
  throw new Error('GraphQL refuses this value');
}
