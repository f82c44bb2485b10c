// What the tabs show at first: one operation for each part of the server, to be run from left to right.

/** One tab. */
export interface Example {
  query: string;
  /** JSON. */
  variables: string;
}

/** The device that the subscription of the examples is told of: it is not the one that is signed in. */
export const OTHER_DEVICE = 'another device';

/** What the page wants to know of a session. */
const SESSION = `{
    accessToken
    refreshToken
    expiresAt
    user {
      id
      username
    }
  }`;

const SIGN_UP = `
# Makes an account and signs this page in: it
# sends the token of the answer from now on.
# Then run the other tabs from left to right.
mutation SignUp($input: SignUpInput!) {
  signUp(input: $input) ${SESSION}
}
`;

const SIGN_IN = `
# The same account once more: the session
# before ends, the page takes the new token.
mutation SignIn($input: SignInInput!) {
  signIn(input: $input) ${SESSION}
}
`;

const SAVE_JOURNAL = `
# Creates a journal, or replaces it.
# The device makes the id, the server the stamp.
mutation SaveJournal($input: SaveJournalInput!) {
  saveJournal(input: $input) {
    id
    title
    serverVersion
    updatedAt
  }
}
`;

const SAVE_CONTENT = `
# Creates an entry: "absent" says there is none.
# Run it again with other words, and the answer
# is CONFLICT, with the entry as it is now.
mutation SaveContent($input: SaveContentInput!) {
  saveContent(input: $input) {
    id
    content
    serverVersion
    updatedAt
  }
}
`;

const LINK_CONTENT = `
# Puts the entry into the journal.
mutation LinkContent($input: LinkContentInput!) {
  linkContent(input: $input) {
    journalId
    contentId
    serverVersion
  }
}
`;

const PUSH = `
# The outbox of a device, with an outcome for
# each mutation. Run it again: DUPLICATE, and
# nothing is written twice.
mutation Push($input: PushInput!) {
  push(input: $input) {
    outcomes {
      mutationId
      status
      serverVersion
      code
      message
    }
    headTimestamp
    epoch
  }
}
`;

const FEED = `
# What came after a cursor. Put lastTimestamp
# into "since", and only what is newer comes.
query Feed($since: Millis!) {
  journalChanges(since: $since) {
    changes {
      id
      title
    }
    deletions {
      id
    }
    lastTimestamp
    hasMore
  }
  contentChanges(since: $since) {
    changes {
      id
      content
      media {
        fileName
        sizeBytes
        downloadUrl
      }
    }
    deletions {
      id
    }
    lastTimestamp
    hasMore
  }
  syncStatus {
    journalCount
    contentCount
    associationCount
    mediaCount
    storageBytes
  }
}
`;

const UPLOAD = `
# Sends the file chosen at the top of the page,
# or a small picture where there is none.
mutation Upload($input: UploadMediaInput!, $file: Upload!) {
  uploadMedia(input: $input, file: $file) {
    id
    fileName
    mimeType
    sizeBytes
    sha256
    status
  }
}
`;

const CHANGED = `
# Tells of each write of another device. Run it,
# then press "Write from another device".
subscription Changed {
  changed {
    deviceId
    headTimestamp
  }
}
`;

/** The examples, with ids of their own that fit together. `now` is in milliseconds since 1970. */
export function newExamples(newId: () => string, now: number): Example[] {
  const [journalId, contentId, pushedId] = [newId(), newId(), newId()];
  const account = { username: `gardener-${newId().slice(0, 8)}`, password: 'a good password', deviceId: 'playground' };
  const createdAt = now;
  const entry = { type: 'TEXT', createdAt, durationMs: 0 };
  return [
    example(SIGN_UP, { input: { ...account, deviceName: 'Playground' } }),
    example(SIGN_IN, { input: account }),
    example(SAVE_JOURNAL, { input: { id: journalId, title: 'Garden', description: 'What grows.', createdAt } }),
    example(SAVE_CONTENT, {
      input: { id: contentId, ...entry, content: 'The first beans are up.', version: { absent: true } },
    }),
    example(LINK_CONTENT, { input: { journalId, contentId, createdAt } }),
    example(PUSH, {
      input: {
        deviceId: account.deviceId,
        mutations: [
          { saveContent: { id: pushedId, ...entry, content: 'Rain at last.', mutationId: newId() } },
          { linkContent: { journalId, contentId: pushedId, createdAt, mutationId: newId() } },
        ],
      },
    }),
    example(FEED, { since: 0 }),
    example(UPLOAD, {
      input: { id: newId(), contentId, fileName: 'picture.png', mimeType: 'image/png', createdAt },
      file: null,
    }),
    example(CHANGED),
  ];
}

/** The write of another device that the subscription is told of. */
export function writeOfOtherDevice(id: string, now: number): { query: string; variables: object } {
  const words = { type: 'TEXT', content: 'Written on another device.', createdAt: now };
  return {
    query: 'mutation ($input: SaveContentInput!) { saveContent(input: $input) { id } }',
    variables: { input: { id, ...words, deviceId: OTHER_DEVICE } },
  };
}

function example(query: string, variables?: object): Example {
  return { query: query.trimStart(), variables: variables === undefined ? '' : JSON.stringify(variables, null, 2) };
}
