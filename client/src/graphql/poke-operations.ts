// The operation that a device listens with. schema.gql gives its types.
import { operation } from './typed-operation.js';

/** Told when another device of the user wrote. */
export const POKES = operation('subscription Pokes { changed { headTimestamp } }');
