import type { Auth } from '@logdate/client';

/** For a journal of which nothing goes to the server: nobody has signed in, or it is open to be read and written only. */
export const nobody: Auth = {
  signedIn: {
    get: () => false,
    subscribe(listener) {
      listener(false);
      return () => undefined;
    },
  },
  signOut: async () => undefined,
};
