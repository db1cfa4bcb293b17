import { addWords } from '../t';
import { wallWords } from '../words/wall';

addWords(wallWords);
