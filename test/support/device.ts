/** A device as a test plays it: a token, and GraphQL over real HTTP. */
import { randomUUID } from 'node:crypto';
import request from 'supertest';

export interface GraphQLError {
  message: string;
  path?: (string | number)[];
  extensions: { code: string; fields?: string[]; current?: unknown; limit?: number; [key: string]: unknown };
}

/** What came back: HTTP status and headers, and GraphQL's `data` and `errors`. */
export interface Answer<Data = any> {
  status: number;
  headers: Record<string, string>;
  data: Data;
  errors?: GraphQLError[];
}

export interface Tokens {
  accessToken: string;
  refreshToken: string;
  expiresAt: number;
}

/** One request, without retries. `headers` come on top of the token's. */
export async function send<Data = any>(
  url: string,
  query: string,
  variables: Record<string, unknown> = {},
  headers: Record<string, string> = {},
): Promise<Answer<Data>> {
  const response = await request(url).post('/graphql').set(headers).send({ query, variables });
  const { data, errors } = response.body as { data: Data; errors?: GraphQLError[] };
  return {
    status: response.status,
    headers: response.headers,
    data,
    ...(errors && { errors }),
  };
}

const SESSION = 'accessToken refreshToken expiresAt user { id username createdAt }';

/** A new account with a name of its own. */
export async function signUp(url: string, deviceId = 'device-a'): Promise<Device> {
  const username = `user-${randomUUID()}`;
  const input = { username, password: 'a good password', deviceId };
  const { data } = await send(url, `mutation ($input: SignUpInput!) { signUp(input: $input) { ${SESSION} } }`, {
    input,
  });
  return new Device(url, deviceId, data.signUp.user, data.signUp);
}

export class Device {
  constructor(
    readonly url: string,
    readonly deviceId: string,
    readonly user: { id: string; username: string },
    readonly tokens: Tokens,
  ) {}

  /** Another device of the same user. */
  async another(deviceId: string): Promise<Device> {
    const input = { username: this.user.username, password: 'a good password', deviceId };
    const document = `mutation ($input: SignInInput!) { signIn(input: $input) { ${SESSION} } }`;
    const { data } = await send(this.url, document, { input });
    return new Device(this.url, deviceId, data.signIn.user, data.signIn);
  }

  /** The same device against another server process. */
  at(url: string): Device {
    return new Device(url, this.deviceId, this.user, this.tokens);
  }

  send<Data = any>(query: string, variables: Record<string, unknown> = {}): Promise<Answer<Data>> {
    return send<Data>(this.url, query, variables, { authorization: `Bearer ${this.tokens.accessToken}` });
  }

  /** As `send`, for requests that must succeed. */
  async data<Data = any>(query: string, variables: Record<string, unknown> = {}): Promise<Data> {
    const { data, errors } = await this.send<Data>(query, variables);
    if (errors !== undefined) throw new Error(errors.map(({ message }) => message).join('; '));
    return data;
  }

  /** Pushes mutations and answers their outcomes. */
  async push(mutations: object[], more: { epoch?: string } = {}): Promise<Outcome[]> {
    return (await this.pushed(mutations, more)).outcomes;
  }

  /** Pushes mutations and answers the whole result. */
  async pushed(mutations: object[], more: { epoch?: string } = {}): Promise<PushResult> {
    const data = await this.data<{ push: PushResult }>(PUSH, {
      input: { deviceId: this.deviceId, mutations, ...more },
    });
    return data.push;
  }

  /** One page of a feed. */
  async page(feed: Feed, args: { since?: number; limit?: number; withDeletions?: boolean } = {}): Promise<Page> {
    const document = `query ($since: Millis!, $limit: Int!, $withDeletions: Boolean!) {
      page: ${feed}(since: $since, limit: $limit, withDeletions: $withDeletions) { ${FEEDS[feed]} lastTimestamp hasMore remaining epoch serverTime }
    }`;
    return (await this.data<{ page: Page }>(document, { since: 0, limit: 500, withDeletions: true, ...args })).page;
  }

  /** Everything behind `since`, page by page, and each page's size. */
  async pull(feed: Feed, from: { since?: number; limit?: number } = {}): Promise<Pulled> {
    const { limit = 500 } = from;
    let { since = 0 } = from;
    const rows: FeedRow[] = [];
    for (let pages = 1; ; pages += 1) {
      const page = await this.page(feed, { since, limit });
      rows.push(...rowsOf(page));
      since = page.lastTimestamp;
      if (!page.hasMore) return { rows, since, pages };
    }
  }
}

/** What a device has after pulling a feed to its end. */
export interface Pulled {
  rows: FeedRow[];
  /** The cursor. */
  since: number;
  pages: number;
}

/** Rows and tombstones of a page, in stamp order. */
export function rowsOf(page: Page): FeedRow[] {
  return [...page.changes, ...page.deletions].sort((a, b) => a.updatedAt - b.updatedAt);
}

export interface FeedRow {
  id?: string;
  journalId?: string;
  contentId?: string;
  serverVersion: number;
  updatedAt: number;
  deletedAt?: number;
  mutationId: string;
  deviceId: string;
  [field: string]: unknown;
}

export interface Page {
  changes: FeedRow[];
  deletions: FeedRow[];
  lastTimestamp: number;
  hasMore: boolean;
  remaining: number;
  epoch: string;
  serverTime: number;
}

export interface Outcome {
  mutationId: string;
  status: 'APPLIED' | 'DUPLICATE' | 'CONFLICT' | 'REJECTED';
  serverVersion: number | null;
  updatedAt: number | null;
  code: string | null;
  message: string | null;
  current: (FeedRow & { __typename: string }) | null;
}

export interface PushResult {
  outcomes: Outcome[];
  headTimestamp: number;
  epoch: string;
  serverTime: number;
}

const STAMP = 'serverVersion updatedAt deviceId mutationId';
const COMMON = `createdAt clientUpdatedAt ${STAMP}`;
const FEEDS = {
  journalChanges: `changes { id title description ${COMMON} } deletions { id deletedAt ${STAMP} }`,
  contentChanges: `changes { id type content mediaUri durationMs ${COMMON} } deletions { id deletedAt ${STAMP} }`,
  associationChanges: `changes { journalId contentId ${COMMON} } deletions { journalId contentId deletedAt ${STAMP} }`,
  mediaChanges: `changes { id contentId fileName mimeType sizeBytes sha256 status ${COMMON} } deletions { id deletedAt ${STAMP} }`,
} as const;

export type Feed = keyof typeof FEEDS;

const PUSH = `mutation ($input: PushInput!) {
  push(input: $input) {
    headTimestamp epoch serverTime
    outcomes {
      mutationId status serverVersion updatedAt code message
      current {
        __typename
        ... on Row { serverVersion updatedAt createdAt clientUpdatedAt deviceId mutationId }
        ... on Journal { id title description }
        ... on Content { id type content mediaUri durationMs }
        ... on Association { journalId contentId }
        ... on Tombstone { id deletedAt serverVersion updatedAt deviceId mutationId }
        ... on AssociationTombstone { journalId contentId deletedAt serverVersion updatedAt deviceId mutationId }
      }
    }
  }
}`;
