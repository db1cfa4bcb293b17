import { addWords } from '../t';
import { auditWords } from '../words/audit';

addWords(auditWords);
