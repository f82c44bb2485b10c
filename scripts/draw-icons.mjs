/**
 * Draws the pictures of web/public that systems want as PNG from the two SVG files there. Run it after changing those.
 * Usage: node scripts/draw-icons.mjs [path of Chromium]
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const folder = fileURLToPath(new URL('../web/public', import.meta.url));
const PICTURES = [
  { name: 'icon-192.png', from: 'icon.svg', size: 192 },
  { name: 'icon-512.png', from: 'icon.svg', size: 512 },
  { name: 'icon-maskable-512.png', from: 'icon-maskable.svg', size: 512 },
  // iOS rounds the corners itself, and paints what is transparent black.
  { name: 'apple-touch-icon.png', from: 'icon-maskable.svg', size: 180 },
];

const browser = await chromium.launch({
  executablePath: process.argv[2] ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});
const page = await browser.newPage();
for (const { name, from, size } of PICTURES) {
  const svg = readFileSync(join(folder, from), 'utf8');
  await page.setViewportSize({ width: size, height: size });
  await page.setContent(`<style>body { margin: 0 } svg { display: block; width: ${size}px }</style>${svg}`);
  writeFileSync(join(folder, name), await page.screenshot({ omitBackground: true }));
}
await browser.close();
