import {
  coerceInputValue,
  getNamedType,
  getNullableType,
  isInputObjectType,
  isInputType,
  isListType,
  isRequiredInputField,
  typeFromAST,
  type GraphQLInputType,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';

/**
 * The paths of the variables' values that GraphQL refuses, such as `mutations.3.saveJournal.title`. The name of a
 * variable that holds a whole input is left out: it is the client's own.
 */
export function pathsOfBadVariables(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): string[] {
  const paths = new Set<string>();
  for (const { variable, type: node, defaultValue } of operation.variableDefinitions ?? []) {
    const name = variable.name.value;
    const type = typeFromAST(schema, node);
    if (type === undefined || !isInputType(type) || (!(name in variables) && defaultValue !== undefined)) continue;
    coerceInputValue(variables[name], type, (path, value) => {
      const wrong = wrongFieldsOf(typeAt(type, path), value);
      for (const field of wrong.length > 0 ? wrong : [undefined]) {
        const parts = field === undefined ? path : [...path, field];
        paths.add(parts.length > 0 ? parts.join('.') : name);
      }
    });
  }
  return [...paths];
}

/** Fields of an input object that are missing or that the schema does not know; none for any other value. */
function wrongFieldsOf(type: GraphQLInputType, value: unknown): string[] {
  const named = getNamedType(type);
  if (!isInputObjectType(named) || typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  const fields = named.getFields();
  const missing = Object.values(fields).filter((field) => isRequiredInputField(field) && !(field.name in value));
  const unknown = Object.keys(value).filter((name) => !(name in fields));
  return [...missing.map((field) => field.name), ...unknown];
}

function typeAt(type: GraphQLInputType, path: readonly (string | number)[]): GraphQLInputType {
  let at = getNullableType(type);
  for (const part of path) {
    if (isListType(at)) at = at.ofType;
    else if (isInputObjectType(at)) at = at.getFields()[part]?.type ?? at;
    at = getNullableType(at);
  }
  return at;
}
