import { addWords } from '../t';
import { calendarWords } from '../words/calendar';

addWords(calendarWords);
