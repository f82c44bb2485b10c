import 'graphiql/setup-workers/vite';
import '@graphiql/react/style.css';
import '@graphiql/plugin-doc-explorer/style.css';
import '@graphiql/plugin-history/style.css';
import 'graphiql/graphiql.css';
import './playground.css';
import { createRoot } from 'react-dom/client';
import { Playground } from './playground.js';

const place = document.getElementById('playground');
if (place === null) throw new Error('The page has no place for the playground');
createRoot(place).render(<Playground />);
