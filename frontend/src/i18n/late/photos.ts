import { addWords } from '../t';
import { photoWords } from '../words/photos';

addWords(photoWords);
