// One raw GraphQL call over HTTP, with the status beside the answer: what a stranger or an old app would send.

const ANSWER_TIMEOUT_MS = 60_000;

/** An entry as an answer shows it. */
export interface EntryAnswer {
  id: string;
  content: string | null;
  serverVersion: number;
}

/** An answer as it came: errors are data here, because the demo asks for them. */
export interface Answer<T> {
  status: number;
  data?: T | null;
  errors?: { message: string; extensions?: { code?: string; current?: Partial<EntryAnswer> | null } }[];
}

/** Somebody who talks to the server without the engine. */
export class RawCaller {
  private token: string | undefined;

  constructor(private readonly url: string) {}

  /** Makes an account, or signs in to one. */
  async enter(how: 'signUp' | 'signIn', username: string, password: string): Promise<void> {
    const type = how === 'signUp' ? 'SignUpInput' : 'SignInInput';
    const query = `mutation ($input: ${type}!) { session: ${how}(input: $input) { accessToken } }`;
    const input = { username, password, deviceId: 'raw' };
    const { data, status } = await this.ask<{ session: { accessToken: string } }>(query, { input });
    if (!data) throw new Error(`${how} was answered ${status}`);
    this.token = data.session.accessToken;
  }

  entry(id: string): Promise<Answer<{ content: EntryAnswer }>> {
    return this.ask('query ($id: ID!) { content(id: $id) { id content serverVersion } }', { id });
  }

  /** Writes an entry over the version that the caller knows. */
  save(id: string, content: string, known: number): Promise<Answer<{ saveContent: EntryAnswer }>> {
    const query = 'mutation ($input: SaveContentInput!) { saveContent(input: $input) { id content serverVersion } }';
    return this.ask(query, { input: { id, type: 'TEXT', content, createdAt: 0, version: { known } } });
  }

  private async ask<T>(query: string, variables: Record<string, unknown>): Promise<Answer<T>> {
    const response = await fetch(`${this.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(this.token && { authorization: `Bearer ${this.token}` }) },
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
}

/** `409 CONFLICT`, `200 accepted`. */
export function outcomeOf({ status, errors }: Answer<unknown>): string {
  return `${status} ${errors ? (errors[0]?.extensions?.code ?? 'without a code') : 'accepted'}`;
}
