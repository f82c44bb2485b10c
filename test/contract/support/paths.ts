/** Every path of the contract, as OpenAPI writes them. */
export interface Path {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path: string;
  /** Whether the request has a body. */
  takesBody?: true;
}

const withBody = (method: Path['method'], path: string): Path => ({ method, path, takesBody: true });
const without = (method: Path['method'], path: string): Path => ({ method, path });

const PLAN = ['content', 'journals'].flatMap((kind) => [
  withBody('POST', `/sync/${kind}`),
  withBody('POST', `/sync/${kind}/{id}`),
  without('POST', `/sync/${kind}/{id}/delete`),
  without('GET', `/sync/${kind}/changes`),
]);

const RESOURCES = ['contents', 'journals'].flatMap((kind) => [
  without('GET', `/${kind}`),
  withBody('PUT', `/${kind}/{id}`),
  without('GET', `/${kind}/{id}`),
  withBody('PATCH', `/${kind}/{id}`),
  without('DELETE', `/${kind}/{id}`),
]);

/** All paths that need a token. */
export const GUARDED_PATHS: readonly Path[] = [
  ...PLAN,
  withBody('POST', '/sync/associations'),
  withBody('POST', '/sync/associations/delete'),
  without('GET', '/sync/associations/changes'),
  withBody('POST', '/sync/media'),
  without('GET', '/sync/media/{mediaId}'),
  without('GET', '/sync/status'),
  ...RESOURCES,
  withBody('POST', '/associations'),
  without('GET', '/associations'),
  withBody('DELETE', '/associations'),
  withBody('PUT', '/associations/{journalId}/{contentId}'),
  without('DELETE', '/associations/{journalId}/{contentId}'),
  withBody('POST', '/media'),
  without('GET', '/media/{id}'),
  without('GET', '/media/{id}/binary'),
  without('DELETE', '/media/{id}'),
  without('GET', '/quota'),
  without('GET', '/ops/sync/status'),
];

/** The one that answers everybody. */
export const OPEN_PATHS: readonly Path[] = [without('GET', '/server/info')];
