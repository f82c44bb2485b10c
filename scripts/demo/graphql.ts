// One GraphQL call over HTTP, with the status beside the answer.
import type { Row } from './rows.js';

const ANSWER_TIMEOUT_MS = 60_000;

/** An answer as it came: errors are data here, because the demo asks for some of them. */
export interface Answer<T> {
  status: number;
  data?: T | null;
  errors?: { message: string; extensions?: { code?: string; current?: Partial<Row> | null } }[];
}

/** Sends one operation to the server at `url`. Throws when no answer comes, or one that is not JSON. */
export async function callGraphql<T>(
  url: string,
  headers: Record<string, string>,
  query: string,
  variables: Record<string, unknown>,
): Promise<Answer<T>> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query, variables }),
    signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
  });
  const text = await response.text();
  try {
    return { ...(JSON.parse(text) as Answer<T>), status: response.status };
  } catch {
    throw new Error(`The server answered ${response.status}, not in JSON: ${text.slice(0, 200)}`);
  }
}
