import type { Page } from 'playwright-core';

/** What of a trace of Chromium is read here. */
interface TraceEvent {
  name: string;
  ph: string;
  pid: number;
  tid: number;
  args?: { name?: string };
  /** Microseconds by the clock. */
  dur?: number;
  /** Microseconds that the thread worked: other programs on the machine do not count. */
  tdur?: number;
}

/** In milliseconds. */
export interface LongestTask {
  worked: number;
  byTheClock: number;
}

/** The longest task of the page's main thread during `work`: so long it answers to nothing that the person does. */
export async function longestTask(page: Page, work: () => Promise<void>): Promise<LongestTask> {
  const browser = page.context().browser();
  if (browser === null) throw new Error('The page has no browser to trace');
  await browser.startTracing(page, { categories: ['toplevel', 'disabled-by-default-devtools.timeline'] });
  await work();
  const trace = await browser.stopTracing();
  const { traceEvents } = JSON.parse(trace.toString()) as { traceEvents: TraceEvent[] };
  const threadOf = ({ pid, tid }: TraceEvent): string => `${pid} ${tid}`;
  const pages = new Set(
    traceEvents.filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain').map(threadOf),
  );
  const tasks = traceEvents.filter(
    (event) => event.ph === 'X' && event.name.endsWith('RunTask') && pages.has(threadOf(event)),
  );
  const longest = (length: (task: TraceEvent) => number | undefined): number =>
    tasks.reduce((most, task) => Math.max(most, length(task) ?? 0), 0) / 1000;
  return { worked: longest(({ tdur }) => tdur), byTheClock: longest(({ dur }) => dur) };
}
