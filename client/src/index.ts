// The public face of the core.
export type { LogDate, LogDateOptions } from './log-date.js';
