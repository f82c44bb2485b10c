import type { VNode } from 'preact';
import { ExportSection } from './export-section.js';
import { ImportSection } from './import-section.js';
import './data.css';

/** Brings a journal in, and takes it along. */
export function DataPage(): VNode {
  return (
    <>
      <h1>Import and export</h1>
      <ImportSection />
      <ExportSection />
      <section class="data-section" aria-labelledby="data-deleted">
        <h2 id="data-deleted">Deleted entries</h2>
        <p>
          <a href="/deleted">Recently deleted</a> <span class="soft">Bring an entry back</span>
        </p>
      </section>
    </>
  );
}
