/** Faults of the sync mechanism that were met or are easily made, and the tests that must fail for each. */
import { CONSTRAINT_FAULTS } from './planted-faults/constraint-faults.js';
import { FEED_FAULTS } from './planted-faults/feed-faults.js';
import { ORDER_FAULTS } from './planted-faults/order-faults.js';
import { OWNERSHIP_FAULTS } from './planted-faults/ownership-faults.js';
import { RECEIPT_FAULTS } from './planted-faults/receipt-faults.js';
import { push } from './planted-faults/tests.js';
import { describePlantedFaults } from './support/describe-planted-faults.js';

const FAULTS = [...ORDER_FAULTS, ...RECEIPT_FAULTS, ...CONSTRAINT_FAULTS, ...FEED_FAULTS, ...OWNERSHIP_FAULTS];

/** A fault that breaks the whole server would fail every test: this one must pass with each of them. */
const SOUND = push('a mutation sent again two users may use the same mutation id');

describePlantedFaults(FAULTS, SOUND);
