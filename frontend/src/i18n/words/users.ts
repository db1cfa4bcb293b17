/** Words of the people and roles page. */
export const userWords = {
  'users.title': 'People',
} as const;
