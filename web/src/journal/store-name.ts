/** The name of an account's database in this browser; null: of what was written before any sign-in. */
export function storeNameOf(account: { id: string } | null): string {
  return `logdate-${account?.id ?? 'nobody'}`;
}
