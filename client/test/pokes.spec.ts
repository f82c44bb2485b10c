import { beforeEach, describe, expect, it, test } from '@jest/globals';
import { listenForPokes, type PokeSocket, type PokeSocketClass } from '../src/graphql/pokes.js';
import { LiveValue } from '../src/live.js';
import { TransportError } from '../src/transport.js';
import { settle, VirtualClock } from './virtual-clock.js';

/** A line that the test speaks for. */
class FakeSocket implements PokeSocket {
  static all: FakeSocket[] = [];
  static get last(): FakeSocket {
    const last = FakeSocket.all.at(-1);
    if (!last) throw new Error('Nobody has connected');
    return last;
  }
  onopen: ((event: never) => void) | null = null;
  onmessage: ((event: never) => void) | null = null;
  onclose: ((event: never) => void) | null = null;
  onerror: ((event: never) => void) | null = null;
  readonly sent: { type: string; payload?: unknown }[] = [];
  closedWith: number | undefined;

  constructor(
    readonly url: string,
    readonly protocol: string,
  ) {
    FakeSocket.all.push(this);
  }
  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }
  close(code?: number): void {
    this.closedWith = code;
  }
  open(): void {
    this.onopen?.({} as never);
  }
  says(message: unknown): void {
    const data = typeof message === 'string' ? message : JSON.stringify(message);
    this.onmessage?.({ data } as never);
  }
  closes(code: number): void {
    this.onclose?.({ code } as never);
  }
}

const SECOND = 1_000;
const MINUTE = 60_000;

describe('listening for pokes', () => {
  let clock: VirtualClock;
  let signedIn: LiveValue<boolean>;
  let pokes: number;
  let asked: string[];
  let failure: Error | undefined;
  beforeEach(() => {
    FakeSocket.all = [];
    clock = new VirtualClock();
    signedIn = new LiveValue(true);
    pokes = 0;
    asked = [];
    failure = undefined;
  });

  const give = async (how: string): Promise<string> => {
    asked.push(how);
    if (failure) throw failure;
    return `token ${asked.length}`;
  };
  const tokens = { accessToken: () => give('accessToken'), refresh: (used: string) => give(`refresh of ${used}`) };
  async function listen(webSocket: PokeSocketClass = FakeSocket): Promise<() => void> {
    const url = 'https://journal.example/';
    const options = { url, tokens, deviceId: 'phone', signedIn, webSocket, clock, random: () => 1 };
    const stop = listenForPokes(options, () => void (pokes += 1));
    await settle();
    return stop;
  }
  /** Connects and is acknowledged. */
  function established(): FakeSocket {
    const socket = FakeSocket.last;
    socket.open();
    socket.says({ type: 'connection_ack' });
    return socket;
  }

  test('it says who it is, subscribes, and tells each poke', async () => {
    const stop = await listen();
    const socket = FakeSocket.last;
    expect([socket.url, socket.protocol]).toEqual(['wss://journal.example/graphql', 'graphql-transport-ws']);
    expect(socket.sent).toEqual([]);
    socket.open();
    const payload = { authorization: 'Bearer token 1', 'x-device-id': 'phone' };
    expect(socket.sent).toEqual([{ type: 'connection_init', payload }]);
    expect(pokes).toBe(0);
    socket.says({ type: 'connection_ack' });
    expect(socket.sent[1]).toMatchObject({ id: '1', type: 'subscribe' });
    // Something may have been written while nobody listened.
    expect(pokes).toBe(1);
    socket.says({ id: '1', type: 'next', payload: { data: { changed: { headTimestamp: 1 } } } });
    expect(pokes).toBe(2);
    stop();
    expect(socket.closedWith).toBe(1000);
    expect(clock.waiting).toBe(0);
    socket.says({ type: 'next' });
    socket.closes(1006);
    await clock.advance(10 * MINUTE);
    expect([pokes, FakeSocket.all.length]).toEqual([2, 1]);
  });

  test('a connection is told apart from a poke to whoever asks for it', async () => {
    const told: string[] = [];
    const options = { url: 'https://journal.example', tokens, deviceId: 'phone', signedIn, clock, random: () => 1 };
    const stop = listenForPokes(
      { ...options, webSocket: FakeSocket },
      () => void told.push('poke'),
      () => void told.push('connected'),
    );
    await settle();
    established().says({ type: 'next' });
    expect(told).toEqual(['connected', 'poke']);
    stop();
  });

  test('a ping is answered, and what nobody understands is passed over', async () => {
    await listen();
    const socket = established();
    for (const message of ['', '7', 'null', '[]', { type: 'pong' }, { type: 'news' }]) socket.says(message);
    socket.says({ type: 'ping' });
    expect(socket.sent.at(-1)).toEqual({ type: 'pong' });
    expect(pokes).toBe(1);
  });

  test('a line that closes is opened again, later each time, and then at once tells that something may have come', async () => {
    const stop = await listen();
    const waits: (number | undefined)[] = [];
    for (let attempt = 0; attempt < 12; attempt++) {
      FakeSocket.last.closes(1006);
      waits.push(clock.nextIn);
      await clock.advance(clock.nextIn ?? 0);
    }
    expect(waits.slice(0, 4)).toEqual([SECOND, 2 * SECOND, 4 * SECOND, 8 * SECOND]);
    expect(waits.slice(-2)).toEqual([5 * MINUTE, 5 * MINUTE]);
    established();
    expect(pokes).toBe(1);
    stop();
    expect(clock.waiting).toBe(0);
  });

  test('after a poke the next attempt comes soon again', async () => {
    await listen();
    for (let attempt = 0; attempt < 5; attempt++) {
      FakeSocket.last.closes(1006);
      await clock.advance(clock.nextIn ?? 0);
    }
    established().says({ type: 'next' });
    FakeSocket.last.closes(1006);
    expect(clock.nextIn).toBe(SECOND);
  });

  test('a server that takes the connection and ends the subscription each time is not asked at once for ever', async () => {
    await listen();
    for (const wait of [SECOND, 2 * SECOND, 4 * SECOND]) {
      established().says({ id: '1', type: 'complete' });
      expect(clock.nextIn).toBe(wait);
      await clock.advance(wait);
    }
  });

  it.each([4401, 4403])('closed with %i it takes a new token', async (code) => {
    await listen();
    FakeSocket.last.open();
    FakeSocket.last.closes(code);
    await clock.advance(SECOND);
    expect(asked).toEqual(['accessToken', 'refresh of token 1']);
    established().closes(1006);
    await clock.advance(2 * SECOND);
    expect(asked).toEqual(['accessToken', 'refresh of token 1', 'accessToken']);
  });

  test('a subscription that is refused for its token takes a new one, for another reason the same', async () => {
    await listen();
    established().says({ id: '1', type: 'error', payload: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
    await clock.advance(SECOND);
    for (const payload of [[{ extensions: { code: 'INTERNAL' } }], undefined, 'no list', [null]]) {
      established().says({ id: '1', type: 'error', payload });
      await clock.advance(clock.nextIn ?? 0);
    }
    expect(asked.slice(0, 2)).toEqual(['accessToken', 'refresh of token 1']);
    expect(asked.slice(2)).toEqual(['accessToken', 'accessToken', 'accessToken', 'accessToken']);
  });

  test('a line that says nothing is asked once, then opened anew', async () => {
    await listen();
    const socket = established();
    await clock.advance(MINUTE);
    expect(socket.sent.at(-1)).toEqual({ type: 'ping' });
    socket.says({ type: 'pong' });
    await clock.advance(MINUTE);
    expect(socket.sent.filter(({ type }) => type === 'ping')).toHaveLength(2);
    await clock.advance(MINUTE);
    expect(socket.closedWith).toBe(1000);
    await clock.advance(SECOND);
    expect(FakeSocket.all).toHaveLength(2);
  });

  test('a connection that is never made is given up after a minute', async () => {
    await listen();
    await clock.advance(MINUTE + SECOND);
    expect(FakeSocket.all).toHaveLength(2);
  });

  test('without a token it tries again', async () => {
    failure = new TransportError('NO_ANSWER', 'offline');
    const stop = await listen();
    expect(FakeSocket.all).toHaveLength(0);
    failure = undefined;
    await clock.advance(SECOND);
    expect(FakeSocket.all).toHaveLength(1);
    stop();
  });

  test('it is connected while somebody is signed in, and no longer', async () => {
    signedIn.set(false);
    const stop = await listen();
    await clock.advance(MINUTE);
    expect([FakeSocket.all.length, clock.waiting]).toEqual([0, 0]);
    signedIn.set(true);
    await settle();
    const socket = established();
    signedIn.set(false);
    expect(socket.closedWith).toBe(1000);
    expect(clock.waiting).toBe(0);
    stop();
    signedIn.set(true);
    await settle();
    expect(FakeSocket.all).toHaveLength(1);
  });

  test('stopped while it waits for a token it connects no more', async () => {
    const stop = listenForPokes(
      {
        url: 'http://localhost:3000',
        tokens,
        deviceId: undefined,
        signedIn,
        webSocket: FakeSocket,
        clock,
        random: () => 1,
      },
      () => undefined,
    );
    stop();
    await settle();
    expect([FakeSocket.all.length, clock.waiting]).toEqual([0, 0]);
  });

  test('a socket that cannot even be made is tried again', async () => {
    let attempts = 0;
    class Impossible extends FakeSocket {
      constructor(url: string, protocol: string) {
        attempts += 1;
        if (attempts === 1) throw new SyntaxError('no such address');
        super(url, protocol);
      }
    }
    await listen(Impossible);
    await clock.advance(SECOND);
    expect(attempts).toBe(2);
  });
});
