import { addWords } from '../t';
import { serviceWords } from '../words/services';

addWords(serviceWords);
