import { addWords } from '../t';
import { clockWords } from '../words/clocks';

addWords(clockWords);
