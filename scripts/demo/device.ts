// A scripted device: what LogDate's apps do, reduced to the calls. It keeps an outbox, its copy of the rows and a
// cursor for each feed, and knows the server only by its GraphQL schema.
import { randomUUID } from 'node:crypto';
import { callGraphql, type Answer } from './graphql.js';
import { keyOf, type Body, type Mutation, type Row, type Verb } from './rows.js';

const MOST_MUTATIONS = 500;
/** Of a request's 4 MiB, what remains for the mutations beside the query itself. */
const MOST_BYTES = 4 * 1024 * 1024 - 8 * 1024;

/** What became of one mutation of a push. */
export interface Outcome {
  mutationId: string;
  status: 'APPLIED' | 'DUPLICATE' | 'CONFLICT' | 'REJECTED';
  serverVersion: number | null;
  code: string | null;
  message: string | null;
}

/** What a pull brought: pages, keys of rows that came live, keys of rows that came as tombstones. */
export interface Pulled {
  pages: number;
  changed: string[];
  deleted: string[];
}

/** A photo and the row that it gets. */
export interface PhotoInput {
  id: string;
  contentId: string;
  /** Name inside the export. */
  file: string;
  createdAt: number;
  mutationId: string;
  sha256: string;
  sizeBytes: number;
}

/** A photo as the feed delivers it. */
export interface MediaRow {
  id: string;
  sha256: string;
  downloadUrl: string;
}

interface Page {
  changes: Row[];
  deletions: Pick<Row, 'id' | 'journalId' | 'contentId'>[];
  lastTimestamp: number;
  hasMore: boolean;
  remaining: number;
  epoch: string;
}

const FEEDS: { verb: Verb; feed: string; id: string; fields: string }[] = [
  { verb: 'saveJournal', feed: 'journalChanges', id: 'id', fields: 'title description' },
  { verb: 'saveContent', feed: 'contentChanges', id: 'id', fields: 'type content' },
  { verb: 'linkContent', feed: 'associationChanges', id: 'journalId contentId', fields: '' },
];
const COMMON = 'createdAt clientUpdatedAt serverVersion updatedAt deviceId mutationId';
const CONTENT = `id type content ${COMMON}`;

/** One installation of one user. */
export class Device {
  /** This device's copy of the live rows. */
  readonly rows = new Map<string, Row>();
  /** What is not acknowledged yet, in order. A mutation leaves only when its outcome has been read. */
  readonly outbox: Mutation[] = [];
  userId = '';
  private readonly id = randomUUID();
  private readonly cursors = new Map<Verb, number>();
  private epoch: string | undefined;
  private token: string | undefined;

  constructor(
    readonly url: string,
    readonly name: string,
  ) {}

  async signUp(username: string, password: string): Promise<void> {
    await this.openSession('signUp(input: $input)', 'SignUpInput', { username, password });
  }

  async signIn(username: string, password: string): Promise<void> {
    await this.openSession('signIn(input: $input)', 'SignInInput', { username, password });
  }

  /** The next mutations to send, behind the first `skip` of the outbox: at most `most`, and within a request's size. */
  nextBatch(most: number, skip = 0): Mutation[] {
    const batch: Mutation[] = [];
    let room = MOST_BYTES;
    for (const mutation of this.outbox.slice(skip, skip + Math.min(most, MOST_MUTATIONS))) {
      room -= Buffer.byteLength(JSON.stringify(toInput(mutation))) + 1;
      // One that is too large alone goes alone: the server says what is wrong with it.
      if (room < 0 && batch.length > 0) break;
      batch.push(mutation);
    }
    return batch;
  }

  /** Sends mutations and returns their outcomes in order. The outbox keeps them. */
  async send(batch: Mutation[]): Promise<Outcome[]> {
    const query = `mutation ($input: PushInput!) {
      push(input: $input) { outcomes { mutationId status serverVersion code message } epoch }
    }`;
    const input = { deviceId: this.id, epoch: this.epoch, mutations: batch.map(toInput) };
    const data = await this.ask<{ push: { outcomes: Outcome[]; epoch: string } }>(query, { input });
    const { outcomes } = data.push;
    if (outcomes.some(({ mutationId }, index) => mutationId !== batch[index]?.mutationId)) {
      throw new Error('The outcomes of a push are not in the order of its mutations');
    }
    return outcomes;
  }

  /** Sends the next mutations; they leave the outbox once their outcomes are here. */
  async push(most: number): Promise<Outcome[]> {
    const outcomes = await this.send(this.nextBatch(most));
    this.outbox.splice(0, outcomes.length);
    return outcomes;
  }

  /** Fetches what is new, all feeds in one request, `limit` rows of each a page, until no feed has more. */
  async pull(limit: number, onPage: (received: number, total: number) => void = () => {}): Promise<Pulled> {
    const pulled: Pulled = { pages: 0, changed: [], deleted: [] };
    let hasMore = true;
    while (hasMore) {
      const feeds = FEEDS.map(({ verb, feed, id, fields }) => {
        return `${feed}(since: ${this.cursors.get(verb) ?? 0}, limit: ${limit}) {
          changes { ${id} ${fields} ${COMMON} } deletions { ${id} deletedAt }
          lastTimestamp hasMore remaining epoch
        }`;
      });
      const data = await this.ask<Record<string, Page>>(`{ ${feeds.join('\n')} }`);
      const pages = FEEDS.map(({ verb, feed }) => ({ verb, page: data[feed] as Page }));
      for (const { verb, page } of pages) this.apply(verb, page, pulled);
      hasMore = pages.some(({ page }) => page.hasMore);
      pulled.pages += 1;
      const received = pulled.changed.length + pulled.deleted.length;
      onPage(
        received,
        pages.reduce((sum, { page }) => sum + page.remaining, received),
      );
    }
    return pulled;
  }

  /** Saves one entry as a small client does, in a call of its own. */
  async saveContent(body: Partial<Body>, known: number): Promise<Answer<{ saveContent: Row }>> {
    const query = `mutation ($input: SaveContentInput!) { saveContent(input: $input) { ${CONTENT} } }`;
    return this.call(query, { input: { ...pick(body), version: { known }, mutationId: randomUUID() } });
  }

  /** Deletes one entry in a call of its own. */
  async deleteContent(id: string, known: number): Promise<Answer<{ deleteContent: { id: string } }>> {
    const query = 'mutation ($input: DeleteInput!) { deleteContent(input: $input) { id deletedAt } }';
    return this.call(query, { input: { id, version: { known }, mutationId: randomUUID() } });
  }

  /** Reads one entry by its id. */
  async content(id: string): Promise<Answer<{ content: Row }>> {
    return this.call(`query ($id: ID!) { content(id: $id) { ${CONTENT} } }`, { id });
  }

  /** The server's own count of this user's live rows. */
  async counts(): Promise<{ journalCount: number; contentCount: number; associationCount: number }> {
    const query = '{ syncStatus { journalCount contentCount associationCount } }';
    const data = await this.ask<{ syncStatus: Awaited<ReturnType<Device['counts']>> }>(query);
    return data.syncStatus;
  }

  /** Sends a photo together with its row, as GraphQL multipart. */
  async uploadMedia(photo: PhotoInput, bytes: Uint8Array): Promise<void> {
    const { id, contentId, file, createdAt, mutationId, sha256, sizeBytes } = photo;
    const query = `mutation ($input: UploadMediaInput!, $file: Upload!) {
      uploadMedia(input: $input, file: $file) { id status }
    }`;
    const fileName = file.slice(file.lastIndexOf('/') + 1);
    const input = { id, contentId, fileName, mimeType: 'image/*', createdAt, mutationId, sha256, sizeBytes };
    const form = new FormData();
    form.append('operations', JSON.stringify({ query, variables: { input, file: null } }));
    form.append('map', JSON.stringify({ 0: ['variables.file'] }));
    form.append('0', new Blob([bytes]), fileName);
    const headers = { ...this.headers(), 'apollo-require-preflight': 'true' };
    const response = await fetch(`${this.url}/graphql`, { method: 'POST', headers, body: form });
    if (!response.ok) throw new Error(`${file} was answered ${response.status}: ${await response.text()}`);
  }

  /** Every photo of the user, by the media feed. */
  async media(): Promise<MediaRow[]> {
    const query = '{ mediaChanges(limit: 1000) { changes { id sha256 downloadUrl } } }';
    const data = await this.ask<{ mediaChanges: { changes: MediaRow[] } }>(query);
    return data.mediaChanges.changes;
  }

  /** The bytes behind a `downloadUrl`. */
  async download(url: string): Promise<Uint8Array> {
    const response = await fetch(url, { headers: this.headers() });
    if (!response.ok) throw new Error(`${url} was answered ${response.status}`);
    return new Uint8Array(await response.arrayBuffer());
  }

  /** The server's own sum of the bytes of this user. */
  async storageBytes(): Promise<number> {
    const data = await this.ask<{ syncStatus: { storageBytes: number } }>('{ syncStatus { storageBytes } }');
    return data.syncStatus.storageBytes;
  }

  private async openSession(field: string, type: string, input: Record<string, string>): Promise<void> {
    const query = `mutation ($input: ${type}!) { session: ${field} { accessToken user { id } } }`;
    const device = { deviceId: this.id, deviceName: this.name };
    const data = await this.ask<{ session: { accessToken: string; user: { id: string } } }>(query, {
      input: { ...input, ...device },
    });
    this.token = data.session.accessToken;
    this.userId = data.session.user.id;
  }

  private apply(verb: Verb, page: Page, pulled: Pulled): void {
    this.epoch ??= page.epoch;
    if (page.epoch !== this.epoch) throw new Error('The epoch changed: the server says that it lost history');
    for (const row of page.changes) {
      this.rows.set(keyOf(verb, row), row);
      pulled.changed.push(keyOf(verb, row));
    }
    for (const tombstone of page.deletions) {
      this.rows.delete(keyOf(verb, tombstone));
      pulled.deleted.push(keyOf(verb, tombstone));
    }
    const standsStill = page.hasMore && page.lastTimestamp === (this.cursors.get(verb) ?? 0);
    if (standsStill) throw new Error('A feed has more, but its cursor stands still');
    this.cursors.set(verb, page.lastTimestamp);
  }

  /** For calls that must succeed. */
  private async ask<T>(query: string, variables: Record<string, unknown> = {}): Promise<T> {
    const answer = await this.call<T>(query, variables);
    if (answer.data && !answer.errors) return answer.data;
    const reasons = answer.errors?.map(({ message, extensions }) => `${extensions?.code}: ${message}`);
    throw new Error(`${this.name} was answered ${answer.status}. ${reasons?.join('; ') ?? ''}`);
  }

  private call<T>(query: string, variables: Record<string, unknown>): Promise<Answer<T>> {
    return callGraphql(this.url, this.headers(), query, variables);
  }

  private headers(): Record<string, string> {
    return { 'x-device-id': this.id, ...(this.token && { authorization: `Bearer ${this.token}` }) };
  }
}

function toInput({ verb, body, mutationId }: Mutation): Record<string, unknown> {
  return { [verb]: { ...body, version: { absent: true }, mutationId } };
}

// A row that came from the server carries more than an input may.
function pick({ id, type, content, createdAt, clientUpdatedAt }: Partial<Body>): Partial<Body> {
  return { id, type, content, createdAt, clientUpdatedAt };
}
