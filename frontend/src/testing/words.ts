/** Every word: the pages bring those of their own. */
import '@/i18n/late/calendar';
import '@/i18n/late/consent';
import '@/i18n/late/inbox';
import '@/i18n/late/messages';
import '@/i18n/late/people';
import '@/i18n/late/texts';
