import { addWords } from '../t';
import { bookWords } from '../words/books';

addWords(bookWords);
