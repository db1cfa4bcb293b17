/** A key tag is what fits on one: longer ones the server refuses. */
export const KEY_TAG_LENGTH = 10;
/** A kind of visit is a word or two, as templates of inspections name it. */
export const VISIT_TYPE_LENGTH = 40;
