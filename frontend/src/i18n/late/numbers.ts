import { addWords } from '../t';
import { numbersWords } from '../words/numbers';

addWords(numbersWords);
