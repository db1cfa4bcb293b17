import { addWords } from '../t';
import { paymentWords } from '../words/payments';

addWords(paymentWords);
