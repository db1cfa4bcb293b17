import { addWords } from '../t';
import { historyWords } from '../words/history';

addWords(historyWords);
