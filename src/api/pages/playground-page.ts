import { parse, print } from 'graphql';
import { navigationBar, page } from './page.js';

const CSS = `
html, body { height: 100% }
body { display: flex; flex-direction: column }
#playground { flex: 1; min-height: 0 }
.token { display: flex; align-items: center; gap: 0.5em; font-size: 0.9rem }
.token input { width: 22em; max-width: 60vw; font: inherit; padding: 0.3em 0.6em; border: 1px solid var(--line); border-radius: 6px; background: var(--paper); color: var(--ink) }
.token output { color: var(--soft); min-width: 6em }
.token output.refused { color: #c2410c; font-weight: 600 }
@media (max-width: 44rem) {
  .bar .token { order: 1; width: 100% } .token input { flex: 1; min-width: 0 }
  /* the answer below the question: beside it neither has room; GraphiQL writes its sizes into the elements */
  .graphiql-container .graphiql-session { flex-direction: column }
  .graphiql-container .graphiql-session > div { flex: 1 !important; min-height: 0 }
  .graphiql-container .graphiql-session > .graphiql-horizontal-drag-bar { display: none !important }
}
`;

/** GraphiQL with a place for the token. */
export function playgroundPage(): string {
  const token = `<form class="token"><label for="token">Token</label><input id="token" type="password" autocomplete="off" spellcheck="false" placeholder="the one that npm start printed"><output id="state"></output></form>`;
  return page({
    title: 'Playground – Portolan',
    css: CSS,
    styles: ['/assets/graphiql.min.css'],
    scripts: ['/assets/react.production.min.js', '/assets/react-dom.production.min.js', '/assets/graphiql.min.js', '/playground/start.js'],
    body: `${navigationBar('/playground', token)}<div id="playground"></div>`,
  });
}

/** A document that the playground opens with. */
export interface ExampleTab {
  readonly title: string;
  readonly query: string;
}

/** Starts GraphiQL with a tab for each example. The token is kept for the tab of the browser only and goes along with every request. */
export function playgroundScript(tabs: readonly ExampleTab[]): string {
  const shown = tabs.map(({ title, query }) => ({ query: `# ${title}\n${print(parse(query))}\n` }));
  return `const tabs = ${JSON.stringify(shown)};
const field = document.getElementById('token');
const state = document.getElementById('state');
field.value = sessionStorage.getItem('portolan-token') ?? '';
field.form.addEventListener('submit', (event) => event.preventDefault());

async function tryToken() {
  const token = field.value.trim();
  sessionStorage.setItem('portolan-token', token);
  const answer = token === '' ? undefined : await fetch('/api/v1/clusters?limit=1', { headers: { authorization: 'Bearer ' + token } });
  state.className = answer?.status === 401 ? 'refused' : '';
  state.textContent = answer === undefined ? 'needed to run' : answer.status === 401 ? 'not known' : 'accepted';
}
field.addEventListener('change', tryToken);
tryToken();

let made = { token: undefined, fetcher: undefined };
function fetcher(request, options) {
  const token = field.value.trim();
  if (made.token !== token) {
    const headers = token === '' ? {} : { authorization: 'Bearer ' + token };
    made = { token, fetcher: GraphiQL.createFetcher({ url: '/graphql', headers, subscriptionUrl: location.origin.replace('http', 'ws') + '/graphql', wsConnectionParams: headers }) };
  }
  return made.fetcher(request, options);
}

ReactDOM.createRoot(document.getElementById('playground')).render(
  React.createElement(GraphiQL, { fetcher, defaultTabs: tabs, shouldPersistHeaders: false, isHeadersEditorEnabled: false, defaultEditorToolsVisibility: false }),
);
`;
}
