import { addWords } from '../t';
import { keyWords } from '../words/keys';

addWords(keyWords);
