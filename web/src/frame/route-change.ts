let isFirst = true;

/** Once another screen is shown: its heading names the tab, and who came by keyboard or ear goes on from its top. */
export function arrived(): void {
  const heading = document.querySelector('#main h1')?.textContent;
  document.title = heading ? `${heading} · LogDate` : 'LogDate';
  // What had the focus went with the screen before; at the start nothing had it, and the page begins at its head.
  if (!isFirst && document.activeElement === document.body) document.getElementById('main')?.focus();
  isFirst = false;
}
