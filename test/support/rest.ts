/** The REST face as an app of a device speaks to it. */
import type { Device } from './device.js';

export interface RestReply {
  status: number;
  headers: Headers;
  text: string;
  /** The JSON of the answer; undefined where there is none. */
  body: any;
}

/** One request with the device's token: forms and text go as they are, everything else as JSON. */
export async function rest(
  device: Device,
  method: string,
  path: string,
  body?: object | string,
  headers: Record<string, string> = {},
): Promise<RestReply> {
  const isForm = body instanceof FormData;
  const response = await fetch(`${device.url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${device.tokens.accessToken}`,
      ...(body !== undefined && !isForm && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: isForm || typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.startsWith('application/json') === true && text !== '';
  return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : undefined };
}
