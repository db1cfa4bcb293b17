import { addWords } from '../t';
import { amountWords } from '../words/amounts';

addWords(amountWords);
