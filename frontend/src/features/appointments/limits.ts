/** A key tag is what fits on one: longer ones the server refuses. */
export const KEY_TAG_LENGTH = 10;
