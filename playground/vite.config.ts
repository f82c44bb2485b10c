import { defineConfig } from 'vite';
import { compressFiles } from '../web/compress-files.js';

// Served by the server at `/graphql`; `npm run -w playground dev` shows it beside a server on port 3000.
export default defineConfig({
  base: '/graphql/',
  plugins: [compressFiles()],
  build: {
    target: 'es2022',
    // A script or font written into the page would need an exception from the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // The editor alone is larger than what Vite warns of, and there is no page without it.
    chunkSizeWarningLimit: 4000,
    // React's packages carry a directive for servers that render pages, once in each of their files.
    rolldownOptions: {
      checks: { moduleLevelDirective: false },
      // GraphiQL shows the names of its functions as titles of its icons.
      output: { keepNames: true },
    },
  },
  worker: { format: 'es' },
  optimizeDeps: {
    // It names workers, which only the bundler itself can find.
    exclude: ['graphiql/setup-workers/vite'],
  },
  server: {
    proxy: {
      '^/graphql$': { target: 'http://localhost:3000', ws: true, bypass: (request) => pageFor(request.headers.accept) },
    },
  },
});

/** The page for a person; undefined sends the request on to the server. */
function pageFor(accept: string | undefined): string | undefined {
  return accept?.includes('text/html') === true ? '/graphql/' : undefined;
}
