import { addWords } from '../t';
import { catalogWords } from '../words/catalog';

addWords(catalogWords);
