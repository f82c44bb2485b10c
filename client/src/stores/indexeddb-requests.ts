// IndexedDB's requests as promises. What follows one by promises alone still runs inside its transaction.

/** What a request answers, or fails with. */
export function answerOf<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** Answers once a transaction has kept its writes; fails where it kept none. */
export function endOf(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    // The error of a request comes here too, with the abort that follows it.
    transaction.onabort = () => reject(transaction.error ?? new DOMException('Aborted', 'AbortError'));
  });
}

/** What is done with a connection, from its opening to its end. */
export interface Connecting {
  /** The database is new, of version 0, or older: its tables are changed in this transaction. */
  upgrade(database: IDBDatabase, from: number, transaction: IDBTransaction): void;
  /** Another connection holds an older version open. */
  blocked(): void;
  /** Another connection wants to raise the version, or without one to destroy the database. */
  blocking(to: number | null): void;
  /** The browser ended the connection. */
  terminated(): void;
}

/** Opens the database of this name, which is made when it is missing. */
export function openDatabase(name: string, version: number, connecting: Connecting): Promise<IDBDatabase> {
  const request = indexedDB.open(name, version);
  request.onblocked = () => connecting.blocked();
  request.onupgradeneeded = ({ oldVersion }) => {
    // There is one while the version changes.
    connecting.upgrade(request.result, oldVersion, request.transaction as IDBTransaction);
  };
  return answerOf(request).then((database) => {
    database.onclose = () => connecting.terminated();
    database.onversionchange = ({ newVersion }) => connecting.blocking(newVersion);
    return database;
  });
}

/** Removes the database of this name, as soon as nobody has it open. */
export async function deleteDatabase(name: string, blocked: () => void): Promise<void> {
  const request = indexedDB.deleteDatabase(name);
  request.onblocked = blocked;
  await answerOf(request);
}
