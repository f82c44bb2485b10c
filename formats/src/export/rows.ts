// logdate.json: every live row with every field of the protocol, so that nothing is lost that Markdown has no place for.
import type { LiveRow, Snapshot } from '../snapshot.js';

/** The name of that file in an export. */
export const ROWS_FILE = 'logdate.json';
/** How it says what it is. */
export const ROWS_FORMAT = { format: 'logdate-export', formatVersion: 1 } as const;

/**
 * Writes it, ordered by creation and id. Rows that wait to be sent say so.
 * @param paths where each file lies in the export, by the id of its row
 */
export function writeRows(snapshot: Snapshot, account: string, paths: ReadonlyMap<string, string>): string {
  const document = {
    ...ROWS_FORMAT,
    account,
    journals: snapshot.journals.map(fieldsOf),
    content: snapshot.entries.map(fieldsOf),
    associations: snapshot.links.map(fieldsOf),
    media: snapshot.media.map((row) => ({ ...fieldsOf(row), file: paths.get(row.id) ?? null })),
  };
  return `${JSON.stringify(document, null, 1)}\n`;
}

function fieldsOf({ id, body, row }: LiveRow<object>): Record<string, unknown> {
  const { base } = row;
  const isSent =
    base !== null && base.status === 'live' && JSON.stringify(sorted(base.body ?? {})) === JSON.stringify(sorted(body));
  return {
    id,
    ...sorted(body),
    clientUpdatedAt: row.clientUpdatedAt,
    serverVersion: base?.version ?? null,
    updatedAt: base?.updatedAt ?? null,
    deviceId: base?.deviceId ?? null,
    mutationId: base?.mutationId ?? null,
    ...(isSent ? {} : { waitsToBeSent: true }),
  };
}

// Devices make their rows in different ways: the order of fields must not depend on that.
function sorted(body: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(body).sort(([one], [other]) => (one < other ? -1 : 1)));
}
