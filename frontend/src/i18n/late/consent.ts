import { addWords } from '../t';
import { consentWords } from '../words/consent';

addWords(consentWords);
