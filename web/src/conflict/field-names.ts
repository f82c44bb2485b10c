/** What a person calls a field; nothing where it needs no name: the words of an entry. */
export const FIELD_NAMES: Readonly<Record<string, string>> = {
  title: 'Title',
  description: 'Description',
  type: 'Kind of entry',
  mediaUri: 'Address of the recording',
  durationMs: 'Length of the recording in milliseconds',
};
