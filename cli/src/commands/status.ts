import { openDevice } from '../device.js';
import { EXIT } from '../exit-codes.js';
import { count, when } from '../terminal.js';
import type { Command } from './context.js';

/** Says what is on this device and what waits, without asking the server. */
export const status: Command<object> = async ({ settings, terminal, signal }) => {
  const device = await openDevice(settings, { signal });
  try {
    const now = device.db.sync.status.get();
    const refused = await device.db.sync.refused();
    const document = {
      server: device.server,
      username: device.username,
      deviceId: device.db.deviceId,
      dataFolder: settings.dataFolder,
      signedIn: device.signedIn(),
      journals: await device.db.journals.count(),
      entries: await device.db.content.count(),
      ...now,
      refusedChanges: refused,
    };
    terminal.result(document, [
      `${device.username} at ${device.server}${document.signedIn ? '' : ' (the session has ended: logdate sign-in)'}`,
      `${count(document.journals, 'journal')}, ${count(document.entries, 'entry', 'entries')} in ${settings.dataFolder}`,
      now.unsynced + now.media.waiting === 0
        ? 'Everything is on the server'
        : `${count(now.unsynced, 'change')} and ${count(now.media.waiting, 'file')} not yet on the server`,
      `Last synced: ${now.lastCompletedAt === null ? 'never' : when(now.lastCompletedAt)}`,
      ...(now.conflicts > 0 ? [`${count(now.conflicts, 'conflict')} to decide: logdate conflicts`] : []),
      ...refused.map(({ type, id, code, message }) => `Refused: ${type} ${id}: ${code}: ${message}`),
      ...(now.lastError ? [`Last error: ${now.lastError.code}: ${now.lastError.message}`] : []),
    ]);
    return now.conflicts + now.refused > 0 ? EXIT.differs : EXIT.good;
  } finally {
    await device.close();
  }
};
