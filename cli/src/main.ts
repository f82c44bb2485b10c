// The `logdate` command.
export {};
