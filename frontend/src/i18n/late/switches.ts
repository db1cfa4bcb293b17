import { addWords } from '../t';
import { switchWords } from '../words/switches';

addWords(switchWords);
