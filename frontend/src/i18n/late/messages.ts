import { addWords } from '../t';
import { messageWords } from '../words/messages';

addWords(messageWords);
