/** `npm start`: builds if a source has changed, then runs the server in this process, so that signals reach it. */
import './build.mjs';

await import(new URL('../dist/src/main.js', import.meta.url).href);
