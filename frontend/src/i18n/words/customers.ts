/** Words of the customers and vehicles pages. */
export const customerWords = {
  'customers.title': 'Customers',
} as const;
