import type { BrowserContext, ConsoleMessage } from 'playwright-core';

/** What a person never sees, and no page of the app may do. */
export interface Seen {
  /** Errors of scripts, whatever was written to the console as one, breaches of the policy, requests to other hosts. */
  problems: string[];
  /** Requests that failed, as a browser tells of them: also those of a test that is offline on purpose. */
  failedRequests: string[];
}

const FAILED_REQUEST = /^Failed to load resource|^WebSocket connection to .* failed/;
const LOCAL_SCHEMES = new Set(['about:', 'blob:', 'data:']);

/** Notes from now on what goes wrong in all tabs of a context whose pages come from `url`. */
export async function watch(context: BrowserContext, url: string): Promise<Seen> {
  const seen: Seen = { problems: [], failedRequests: [] };
  const { host } = new URL(url);
  await context.addInitScript(() => {
    addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sourceFile }) => {
      console.error(`The policy forbids ${violatedDirective} ${blockedURI}, wanted by ${sourceFile}`);
    });
  });
  context.on('weberror', (error) => seen.problems.push(`uncaught: ${error.error().stack ?? String(error.error())}`));
  context.on('console', (message) => note(seen, message));
  context.on('request', (request) => {
    const { protocol, host: asked } = new URL(request.url());
    if (asked !== host && !LOCAL_SCHEMES.has(protocol)) seen.problems.push(`request to another host: ${request.url()}`);
  });
  return seen;
}

function note(seen: Seen, message: ConsoleMessage): void {
  const text = message.text();
  if (message.type() !== 'error' && message.type() !== 'warning') return;
  if (FAILED_REQUEST.test(text)) seen.failedRequests.push(`${text} ${message.location().url}`);
  else seen.problems.push(`${message.type()}: ${text}`);
}
