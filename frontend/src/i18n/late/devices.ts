import { addWords } from '../t';
import { deviceWords } from '../words/devices';

addWords(deviceWords);
