// Every operation that a device sends for files. schema.gql gives their types.
import { operation, type ResultOf } from '../graphql/typed-operation.js';

const MEDIA = `id contentId fileName mimeType sizeBytes sha256 status
  createdAt clientUpdatedAt serverVersion updatedAt deviceId mutationId`;

export const UPLOAD = operation(`mutation Upload($input: UploadMediaInput!, $file: Upload!) {
  media: uploadMedia(input: $input, file: $file) { ${MEDIA} }
}`);

export const BEGIN = operation(`mutation Begin($input: CreateMediaUploadInput!) {
  upload: createMediaUpload(input: $input) {
    method url partSize parts { url headers { name value } } media { ${MEDIA} }
  }
}`);

export const COMPLETE = operation(`mutation Complete($id: ID!) { media: completeMediaUpload(id: $id) { ${MEDIA} } }`);

export const ROW = operation(`query Row($id: ID!) { media(id: $id) { ${MEDIA} } }`);

/** How the server wants the bytes, as it says it. */
export type BegunUpload = ResultOf<typeof BEGIN>['upload'];
export type MediaAnswer = ResultOf<typeof ROW>;
