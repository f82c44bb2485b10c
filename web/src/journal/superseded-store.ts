// What a tab of an older version meets when a newer one in another tab has changed the database under it.
import { NewerStoreError, StoreLostError, type LocalStore } from '@logdate/client';
import { signal, type ReadonlySignal } from '@preact/signals';

/** A store, and whether a newer version of the app has taken it over. */
export interface SupersedableStore {
  store: LocalStore;
  superseded: ReadonlySignal<boolean>;
}

/**
 * A store that is lost to this tab once a newer version has it: all that says so says it, and tells what to do. Until
 * its first transaction it is the app's start that fails, as NewerStoreError.
 */
export function supersedable(inner: LocalStore): SupersedableStore {
  const superseded = signal(false);
  let isOpen = false;
  const store: LocalStore = {
    async transaction(mode, tables, body) {
      try {
        const answer = await inner.transaction(mode, tables, body);
        isOpen = true;
        return answer;
      } catch (error) {
        if (!isOpen || !(error instanceof NewerStoreError)) throw error;
        superseded.value = true;
        throw new StoreLostError('A newer version of the app has the storage', { cause: error });
      }
    },
    close: () => inner.close(),
    destroy: () => inner.destroy(),
  };
  return { store, superseded };
}
