import type { BlobStore } from '../blobs/blob-store.js';
import type { Config } from '../config.js';

/** What the app uses of the device; of what else Chromium knows, nothing may be asked for by a script that got in. */
const ALLOWED_FEATURES = ['camera', 'microphone'];
const DENIED_FEATURES = [
  'accelerometer',
  'display-capture',
  'geolocation',
  'gyroscope',
  'hid',
  'idle-detection',
  'local-fonts',
  'magnetometer',
  'midi',
  'payment',
  'serial',
  'usb',
  'xr-spatial-tracking',
];

/** The headers that keep a page of the app to this server, and to the store that signed URLs lead to. */
export async function securityHeaders(
  store: BlobStore,
  { publicUrl }: Pick<Config, 'publicUrl'>,
): Promise<Record<string, string>> {
  return headersOf(
    {
      'default-src': ["'none'"],
      'script-src': ["'self'"],
      'style-src': ["'self'"],
      'img-src': ["'self'", 'blob:'],
      'media-src': ["'self'", 'blob:'],
      'font-src': ["'self'"],
      'connect-src': ["'self'", ...webSocketOf(publicUrl), ...(await signedOrigins(store))],
      'worker-src': ["'self'"],
      'manifest-src': ["'self'"],
      'base-uri': ["'none'"],
      'form-action': ["'none'"],
      'frame-ancestors': ["'none'"],
    },
    ALLOWED_FEATURES,
  );
}

/** The headers that keep the playground to this server. Its editor writes styles into the page. */
export function playgroundHeaders({ publicUrl }: Pick<Config, 'publicUrl'>): Record<string, string> {
  return headersOf(
    {
      'default-src': ["'none'"],
      'script-src': ["'self'"],
      'style-src': ["'self'", "'unsafe-inline'"],
      'img-src': ["'self'", 'data:'],
      'font-src': ["'self'"],
      'connect-src': ["'self'", ...webSocketOf(publicUrl)],
      'worker-src': ["'self'"],
      'base-uri': ["'none'"],
      'form-action': ["'none'"],
      'frame-ancestors': ["'none'"],
    },
    [],
  );
}

function headersOf(policy: Record<string, string[]>, allowedFeatures: string[]): Record<string, string> {
  const features = [...ALLOWED_FEATURES, ...DENIED_FEATURES].map(
    (feature) => `${feature}=${allowedFeatures.includes(feature) ? '(self)' : '()'}`,
  );
  return {
    'content-security-policy': Object.entries(policy)
      .map(([directive, sources]) => [directive, ...sources].join(' '))
      .join('; '),
    'permissions-policy': features.join(', '),
  };
}

/** 'self' means the WebSocket too, but not to every browser in use: where our own name is known, it is said. */
function webSocketOf(publicUrl: string): string[] {
  return URL.canParse(publicUrl) ? [new URL(publicUrl).origin.replace(/^http/, 'ws')] : [];
}

/** A signed URL says it best: some stores put the bucket into the host's name. */
async function signedOrigins(store: BlobStore): Promise<string[]> {
  const url = await store.signedDownload('any', 1, {});
  return url === undefined ? [] : [new URL(url).origin];
}
