import { addWords } from '../t';
import { estimateWords } from '../words/estimates';

addWords(estimateWords);
