/** What a person calls a field. */
export const FIELD_NAMES: Readonly<Record<string, string>> = {
  content: 'Entry',
  title: 'Title',
  description: 'Description',
  type: 'Kind of entry',
  mediaUri: 'Address of the recording',
  durationMs: 'Length of the recording in milliseconds',
};
