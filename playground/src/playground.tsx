import { GraphiQL } from 'graphiql';
import { useRef, useState, type JSX } from 'react';
import { AccountLine } from './account-line.js';
import { newExamples, writeOfOtherDevice } from './examples.js';
import { fetcherOf } from './fetcher.js';
import { FollowSystemTheme } from './follow-system-theme.js';
import { serverOf, type Server } from './server.js';
import { sessionIn } from './session.js';
import { graphiqlStorage } from './tab-storage.js';

/** What variables may hold, as JSON Schema, for the editor to know; the page itself puts a file where `null` is. */
const SCALARS = {
  Millis: { type: 'integer' },
  Version: { type: 'integer', minimum: 1 },
  Upload: { type: 'null' },
};

/** GraphiQL, under the line that says who is signed in. */
export function Playground(): JSX.Element {
  const chosenFile = useRef<File>(undefined);
  const [listening, setListening] = useState(0);
  // Once: with another fetcher GraphiQL would read the schema again, with other tabs it would begin anew.
  const [parts] = useState(() => {
    const session = sessionIn(sessionStorage);
    const server = serverOf(session, () => chosenFile.current);
    const fetcher = fetcherOf(server, (change) => setListening((count) => count + change));
    const examples = newExamples(() => crypto.randomUUID(), Date.now());
    const storage = graphiqlStorage(sessionStorage);
    // GraphiQL takes them from the first tab itself only where the tabs are those of an earlier visit.
    const initialVariables = storage.length === 0 ? examples[0]?.variables : undefined;
    return { session, server, fetcher, examples, storage, initialVariables };
  });
  return (
    <>
      <AccountLine
        session={parts.session}
        isListening={listening > 0}
        onSignOut={() => parts.server.signOut()}
        onWrite={() => writeFromOtherDevice(parts.server)}
        onFile={(file) => (chosenFile.current = file)}
      />
      <main>
        <GraphiQL
          fetcher={parts.fetcher}
          storage={parts.storage}
          customScalarSchemas={SCALARS}
          defaultTabs={parts.examples}
          initialVariables={parts.initialVariables}
          defaultEditorToolsVisibility="variables"
        >
          <FollowSystemTheme />
        </GraphiQL>
      </main>
    </>
  );
}

async function writeFromOtherDevice(server: Server): Promise<void> {
  const { errors } = await server.ask(writeOfOtherDevice(crypto.randomUUID(), Date.now()));
  if (errors?.[0] !== undefined) throw new Error(errors[0].message);
}
