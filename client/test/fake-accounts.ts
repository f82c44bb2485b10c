/** The accounts of a server, behind `fetch`: refresh tokens as the real one gives them, and answers that get lost. */
import type { Clock } from '../src/clock.js';
import type { Fetch } from '../src/graphql/request.js';

type Asked = 'SignUp' | 'SignIn' | 'Refresh' | 'SignOut' | 'Totals';

interface Variables {
  input?: { username: string };
  refreshToken?: string;
}

export class FakeAccounts {
  readonly asked: Asked[] = [];
  /** How many tokens were made. */
  private made = 0;
  private refreshToken = '';
  private predecessor = '';
  /** Access tokens that are taken. */
  private readonly sound = new Set<string>();
  private readonly holds: (() => Promise<void>)[] = [];
  /** What happens to the next answers, one each. */
  readonly line: ('lost' | 'unreachable' | 'answered')[] = [];
  lifetimeMs = 900_000;
  /** How far the server's clock is ahead of the device's. */
  skewMs = 0;

  constructor(private readonly clock: Clock) {}

  /** Each access token is refused from now on. */
  expire(): void {
    this.sound.clear();
  }

  /** The session is ended by somebody else. */
  revoke(): void {
    this.expire();
    this.refreshToken = this.predecessor = 'none';
  }

  /** The next request waits until the answer is called. */
  hold(): () => void {
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    this.holds.push(() => held);
    return release;
  }

  countOf(asked: Asked): number {
    return this.asked.filter((one) => one === asked).length;
  }

  readonly fetch: Fetch = async (_url, init) => {
    const { query, variables } = JSON.parse(init?.body as string) as { query: string; variables: Variables };
    const name = /(?:mutation|query) (\w+)/.exec(query)?.[1] as Asked;
    this.asked.push(name);
    await this.holds.shift()?.();
    const fate = this.line.shift() ?? 'answered';
    if (fate === 'unreachable') throw new TypeError('fetch failed');
    const token = new Headers(init?.headers).get('authorization')?.slice('Bearer '.length) ?? '';
    const answer = this.answer(name, variables, token);
    if (fate === 'lost') throw new TypeError('terminated');
    return answer;
  };

  private answer(name: Asked, variables: Variables, token: string): Response {
    switch (name) {
      case 'SignUp':
      case 'SignIn':
        return this.session(variables.input?.username ?? '');
      case 'Refresh':
        return this.refresh(variables.refreshToken ?? '');
      case 'SignOut':
        if (!this.sound.has(token)) return refused();
        this.revoke();
        return answered({ signOut: true });
      case 'Totals':
        return this.sound.has(token) ? answered({ syncStatus: { token } }) : refused();
    }
  }

  private refresh(token: string): Response {
    if (token !== this.refreshToken && token !== this.predecessor) return refused();
    // The predecessor gives the same successor again.
    if (token === this.refreshToken) this.predecessor = token;
    else this.made -= 1;
    return this.session('ada');
  }

  private session(username: string): Response {
    this.made += 1;
    this.refreshToken = `refresh ${this.made}`;
    const now = this.clock.now() + this.skewMs;
    const claims = btoa(
      JSON.stringify({ iat: now / 1000, exp: (now + this.lifetimeMs) / 1000, jti: this.asked.length }),
    );
    const accessToken = `header.${claims}.signature`;
    this.sound.add(accessToken);
    return answered({
      session: {
        accessToken,
        refreshToken: this.refreshToken,
        expiresAt: now + this.lifetimeMs,
        user: { id: `id of ${username}`, username },
      },
    });
  }
}

function answered(data: unknown): Response {
  return Response.json({ data });
}

function refused(): Response {
  return Response.json(
    { errors: [{ message: 'Sign in again', path: ['x'], extensions: { code: 'UNAUTHENTICATED' } }] },
    { status: 401 },
  );
}
