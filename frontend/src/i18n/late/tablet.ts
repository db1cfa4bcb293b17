import { addWords } from '../t';
import { tabletWords } from '../words/tablet';

addWords(tabletWords);
