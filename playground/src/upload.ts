// Variables of the type Upload, as GraphQL multipart requests send them.
import type { TypeNode } from 'graphql';
import { operationOf, type Request } from './request.js';
import { isRecord } from './session.js';

/** Names of the variables that stand for a file. */
export function uploadVariables(request: Request): string[] {
  const { variableDefinitions = [] } = operationOf(request) ?? {};
  return variableDefinitions
    .filter(({ type }) => typeName(type) === 'Upload')
    .map(({ variable }) => variable.name.value);
}

/** A request whose file stands in for the named variables. */
export function multipartBody({ variables, ...request }: Request, names: string[], file: File): FormData {
  const withoutFile = {
    ...(isRecord(variables) && variables),
    ...Object.fromEntries(names.map((name) => [name, null])),
  };
  const form = new FormData();
  // In this order: the server reads what belongs to a file before the file.
  form.append('operations', JSON.stringify({ ...request, variables: withoutFile }));
  form.append('map', JSON.stringify({ file: names.map((name) => `variables.${name}`) }));
  form.append('file', file);
  return form;
}

/** A small picture, for whoever has chosen none. */
export async function samplePicture(): Promise<File> {
  const canvas = Object.assign(document.createElement('canvas'), { width: 64, height: 64 });
  const context = canvas.getContext('2d');
  if (context !== null) {
    context.fillStyle = '#1f6153';
    context.fillRect(0, 0, 64, 64);
  }
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  if (blob === null) throw new Error('This browser draws no picture: choose a file for the upload');
  return new File([blob], 'picture.png', { type: blob.type });
}

function typeName(type: TypeNode): string {
  return type.kind === 'NamedType' ? type.name.value : typeName(type.type);
}
