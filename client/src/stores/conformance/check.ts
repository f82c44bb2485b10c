// One check of what a store must do, and the storage that it is run over.
import type { LocalStore } from '../../store.js';

/** A storage that was empty when the check began; all that it opens are over the same rows. */
export interface StorageUnderTest {
  open(): LocalStore | Promise<LocalStore>;
  /** Leaves room for less than 1 MiB; without it the checks of a full device are passed over. */
  fill?(): void | Promise<void>;
  /** Makes room again. */
  makeRoom?(): void | Promise<void>;
}

/** One thing that a store must do; `run` throws where it does not. */
export interface StoreCheck {
  name: string;
  run(storage: StorageUnderTest): Promise<void>;
}

/** A check over two openings of one storage; it may close them itself. */
export function checked(
  name: string,
  body: (store: LocalStore, other: LocalStore, storage: StorageUnderTest) => Promise<void>,
): StoreCheck {
  return {
    name,
    async run(storage) {
      const [store, other] = [await storage.open(), await storage.open()];
      try {
        await body(store, other, storage);
      } finally {
        await store.close();
        await other.close();
      }
    },
  };
}
