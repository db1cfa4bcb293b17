import { addWords } from '../t';
import { textWords } from '../words/texts';

addWords(textWords);
