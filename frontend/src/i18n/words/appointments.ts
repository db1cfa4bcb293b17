/** Words of the appointment drawer and the new-appointment form. */
export const appointmentWords = {
  'new.title': 'New appointment',
} as const;
