/** Words of what the Owner can switch off while everything runs. */
export const switchWords = {
  'switches.title': 'Switches',
  'switches.lead': 'What is switched off here stops at once, on every screen and for everything that runs by itself. Nothing is lost.',
  'switches.loading': 'Loading the switches',
  'switch.messaging': 'Texting and email',
  'switch.messaging.on': 'Texts and emails go out.',
  'switch.messaging.detail': 'Off: nothing goes out within seconds, and what waits is kept. Replies are still taken in, and a STOP still counts.',
  'switch.off.by': 'Switched off by {name}, {when}: “{reason}”',
  'switch.off.environment': 'Switched off where Keytag is installed; it can’t be switched on here.',
  'switch.off.title': 'Switch off texting',
  'switch.off.lead': 'Nothing goes out until you switch it on again; what waits is kept. Your reason is kept too.',
  'switch.off.submit': 'Switch off',
  'switch.done.on': 'Texting is on again',
  'switch.done.off': 'Texting is off',
  'switch.failed': 'Nothing was changed',
} as const;
