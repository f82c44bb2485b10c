import { describeOneWinner } from './support/one-winner-contract.js';

describeOneWinner(500);
