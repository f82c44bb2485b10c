// What every store must do, as checks that run under any test runner and in a browser: for those who write their own.
import type { StorageUnderTest, StoreCheck } from './conformance/check.js';
import { keyAndRangeChecks } from './conformance/keys-and-ranges.js';
import { lifetimeChecks } from './conformance/lifetime.js';
import { openingChecks } from './conformance/openings.js';
import { transactionChecks } from './conformance/transactions.js';
import { valueChecks } from './conformance/values.js';

export type { StorageUnderTest, StoreCheck };

/** All checks; each closes what it opened. */
export const storeChecks: readonly StoreCheck[] = [
  ...transactionChecks,
  ...openingChecks,
  ...keyAndRangeChecks,
  ...valueChecks,
  ...lifetimeChecks,
];

/** Runs all checks, each over a storage of its own, and answers what failed. */
export async function failedChecks(
  newStorage: () => StorageUnderTest | Promise<StorageUnderTest>,
): Promise<{ name: string; error: unknown }[]> {
  const failed: { name: string; error: unknown }[] = [];
  for (const check of storeChecks) {
    try {
      await check.run(await newStorage());
    } catch (error) {
      failed.push({ name: check.name, error });
    }
  }
  return failed;
}
