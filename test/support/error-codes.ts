/** What an answer says that went wrong. */
import type { Answer, GraphQLError } from './device.js';

/** The code of each error, in order; undefined where there is none. */
export const codesOf = (errors?: GraphQLError[]): string[] | undefined =>
  errors?.map(({ extensions }) => extensions.code);

/** The status of an answer and the code of its first error. */
export const codeOf = ({ status, errors }: Answer): [status: number, code: string | undefined] => [
  status,
  errors?.[0]?.extensions.code,
];
