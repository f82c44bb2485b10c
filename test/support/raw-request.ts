/** Requests past the client: any body, any header, any path. */
import type { Device, GraphQLError } from './device.js';

/** What differs from a POST of JSON to `/graphql`. */
export type RawRequest = RequestInit & { path?: string; duplex?: 'half' };

/** An answer with its text as it came. */
export interface RawReply {
  status: number;
  headers: Headers;
  text: string;
  errors?: GraphQLError[];
}

/** Sends as this device. */
export async function sendRaw(device: Device, init: RawRequest): Promise<RawReply> {
  const response = await fetch(`${device.url}${init.path ?? '/graphql'}`, {
    method: 'POST',
    ...init,
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${device.tokens.accessToken}`,
      ...(init.headers as Record<string, string>),
    },
  });
  const text = await response.text();
  const { errors } = (text.startsWith('{') ? JSON.parse(text) : {}) as { errors?: GraphQLError[] };
  return { status: response.status, headers: response.headers, text, ...(errors && { errors }) };
}
