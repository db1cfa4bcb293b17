import { addWords } from '../t';
import { inspectionWords } from '../words/inspections';

addWords(inspectionWords);
