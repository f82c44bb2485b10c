/** One installed app as the contract sees it: an address, a token, and HTTP. It knows nothing of how a server is made. */
import { randomUUID } from 'node:crypto';

/** What came back. `body` is the JSON of the answer, undefined where it has none. */
export interface Reply<Body = any> {
  status: number;
  headers: Headers;
  bytes: Buffer;
  text: string;
  body: Body;
}

type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
type Sent = object | string | undefined;

const SIGN_UP = `mutation ($input: SignUpInput!) { signUp(input: $input) { accessToken user { id } } }`;

/** The device whose token a new app has. */
export const DEVICE = 'phone';

/** A new account on a server, for paths under `mount`: `` or `/api/v1`. */
export async function signUpApp(url: string, mount: string): Promise<App> {
  const nobody = new App(url, mount, '');
  const input = { username: `user-${randomUUID()}`, password: 'a good password', deviceId: DEVICE };
  const { signUp } = await nobody.graphql<{ signUp: { accessToken: string } }>(SIGN_UP, { input });
  return new App(url, mount, signUp.accessToken);
}

export class App {
  constructor(
    readonly url: string,
    readonly mount: string,
    readonly token: string,
  ) {}

  /** The same account with other words for a token; empty for none. */
  withToken(token: string): App {
    return new App(this.url, this.mount, token);
  }

  get = (path: string, headers?: Record<string, string>): Promise<Reply> => this.send('GET', path, undefined, headers);
  post = (path: string, body?: Sent): Promise<Reply> => this.send('POST', path, body);
  put = (path: string, body?: Sent): Promise<Reply> => this.send('PUT', path, body);
  patch = (path: string, body?: Sent): Promise<Reply> => this.send('PATCH', path, body);
  delete = (path: string, body?: Sent): Promise<Reply> => this.send('DELETE', path, body);

  /** One request: text and forms go as they are, everything else as JSON. */
  async send(method: Method, path: string, body?: Sent, headers: Record<string, string> = {}): Promise<Reply> {
    const isJson = typeof body === 'string' || (body !== undefined && !(body instanceof FormData));
    const response = await fetch(`${this.url}${this.mount}${path}`, {
      method,
      headers: {
        ...(isJson && { 'content-type': 'application/json' }),
        ...(this.token !== '' && { authorization: `Bearer ${this.token}` }),
        ...headers,
      },
      ...(body !== undefined && {
        body: body instanceof FormData || typeof body === 'string' ? body : JSON.stringify(body),
      }),
    });
    return replyOf(response);
  }

  /** A document of the other face that must succeed. @throws Error with what was refused */
  async graphql<Data = any>(query: string, variables: Record<string, unknown> = {}): Promise<Data> {
    return dataOf(await new App(this.url, '', this.token).post('/graphql', { query, variables }));
  }

  /** The same with bytes for its variable `file`. */
  async graphqlWithFile<Data = any>(query: string, input: object, bytes: Uint8Array): Promise<Data> {
    const form = new FormData();
    form.append('operations', JSON.stringify({ query, variables: { input, file: null } }));
    form.append('map', JSON.stringify({ file: ['variables.file'] }));
    form.append('file', new Blob([bytes]), 'a');
    const headers = { 'apollo-require-preflight': '1' };
    return dataOf(await new App(this.url, '', this.token).send('POST', '/graphql', form, headers));
  }
}

function dataOf<Data>({ body }: Reply): Data {
  if (body.errors !== undefined) throw new Error(JSON.stringify(body.errors));
  return body.data as Data;
}

async function replyOf(response: Response): Promise<Reply> {
  const bytes = Buffer.from(await response.arrayBuffer());
  const text = bytes.toString();
  const isJson = response.headers.get('content-type')?.includes('json') === true && text !== '';
  return {
    status: response.status,
    headers: response.headers,
    bytes,
    text,
    body: isJson ? JSON.parse(text) : undefined,
  };
}
