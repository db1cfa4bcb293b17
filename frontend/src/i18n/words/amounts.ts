import type { Catalogue } from '../en';

/** What is wrong with an amount or a number as it was typed. */
export const amountWords = {
  'amount.need': 'Enter an amount, such as 12.50.',
  'amount.digits': 'Write it in digits, such as 120 or 1,250.50.',
  'amount.places': 'Cents have two digits, such as 12.50.',
  'amount.negative': 'An amount can’t be below zero.',
  'amount.zero': 'Enter an amount above zero.',
  'amount.most': 'Too much: at most {most}.',

  'number.need': 'Enter a number, such as 1.5.',
  'number.digits': 'Write it in digits, such as 2 or 1.5.',
  'number.places': 'At most {count} digits after the point.',
  'number.negative': 'It can’t be below zero.',
  'number.zero': 'Enter a number above zero.',
  'number.most': 'Too much: at most {most}.',
} as const satisfies Catalogue;
