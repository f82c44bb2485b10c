/** Who is asking: everything here comes from a verified access token, the device possibly from `X-Device-Id`. */
export interface Caller {
  /** The user's id. */
  id: string;
  deviceId: string;
  sessionId: string;
  /** When the access token ends, milliseconds. */
  expiresAt: number;
}
