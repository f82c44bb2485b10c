/** Values that the examples of the API's description share, so that they tell of one journal. */
export const JOURNAL_ID = '5f0c8a52-4d7b-4a3e-9c57-2f0f3f4b1a10';
export const CONTENT_ID = '7d8f0c1e-2b3a-4c5d-8e6f-9a0b1c2d3e4f';
export const MEDIA_ID = '9a4e1c52-7c1d-5b7e-8f40-0d6f5a0c2b11';
export const CREATED_AT = 1704067200000;
export const LAST_UPDATED = 1704070800000;
export const STAMPED_AT = 1704070801234;
export const SERVER_VERSION = 7;
