import { addWords } from '../t';
import { inboxWords } from '../words/inbox';

addWords(inboxWords);
