/** The language of words, dates and numbers. */
export const LOCALE = 'en-US';
