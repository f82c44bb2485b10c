import { defineConfig } from 'vite';
import { compressFiles } from './compress-files.js';
import { serviceWorkerFile } from './service-worker-file.js';

// Served by the server at `/`; `npm run dev` shows it beside a server on port 3000.
export default defineConfig({
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  plugins: [serviceWorkerFile(), compressFiles()],
  build: {
    target: 'es2022',
    // A script or style written into the page would need an exception from the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // What every screen needs comes in one file: it compresses better, and changes less often than ours.
    rolldownOptions: {
      output: { codeSplitting: { groups: [{ name: 'preact', test: /node_modules.(preact|preact-iso|@preact)./ }] } },
    },
  },
  // As the page has it: what a module of ours imports is bundled into the worker.
  worker: { format: 'es' },
  server: {
    proxy: {
      '/graphql': { target: 'http://localhost:3000', ws: true },
      '/sync': 'http://localhost:3000',
      '/media': 'http://localhost:3000',
      '/health': 'http://localhost:3000',
    },
  },
});
