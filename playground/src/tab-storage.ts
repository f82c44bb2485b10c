// Everything that the playground keeps, kept for as long as its tab: what is typed there, examples and their ids, tokens.

/** What GraphiQL wants of a storage. */
export interface TabStorage {
  readonly length: number;
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
  clear(): void;
}

/** GraphiQL's part of a storage: the rest, tokens among it, is not seen and not cleared. */
export function graphiqlStorage(storage: Storage): TabStorage {
  const own = (): string[] => Object.keys(storage).filter((key) => key.startsWith('graphiql:'));
  return {
    get length() {
      return own().length;
    },
    getItem: (key) => storage.getItem(key),
    setItem: (key, value) => storage.setItem(key, value),
    removeItem: (key) => storage.removeItem(key),
    clear: () => own().forEach((key) => storage.removeItem(key)),
  };
}
