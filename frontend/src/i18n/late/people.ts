import { addWords } from '../t';
import { peopleWords } from '../words/people';

addWords(peopleWords);
