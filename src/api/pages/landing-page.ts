import { QUESTIONS } from '../../application/questions/registry.js';
import { compareBy } from '../../core/kernel/compare.js';
import { pascal } from '../docs/openapi-questions.js';
import { escapeHtml, navigationBar, page, ROSE } from './page.js';

const CSS = `
main { max-width: 62rem; margin: 0 auto; padding: 0 1.2rem 4rem }
.hero { position: relative; overflow: hidden; background: linear-gradient(160deg, #0b2036 0%, #0d3a55 60%, #0b6e99 130%); color: #f3f7fa }
.hero .chart { position: absolute; inset: 0; width: 100%; height: 100%; opacity: 0.28 }
.hero .text { position: relative; max-width: 62rem; margin: 0 auto; padding: 3.6rem 1.2rem 3.4rem }
.hero h1 { font-size: clamp(2rem, 5vw, 3.1rem); line-height: 1.12; letter-spacing: -0.02em; margin: 0 0 0.5em; max-width: 21ch; text-wrap: balance }
.hero p { font-size: 1.12rem; max-width: 58ch; margin: 0 0 1.6em; color: #d3e2ec }
.actions { display: flex; flex-wrap: wrap; gap: 0.7rem }
.actions a { padding: 0.6em 1.15em; border-radius: 8px; text-decoration: none; font-weight: 600; border: 1px solid #ffffff55; color: #fff }
.actions a.first { background: #f2c879; border-color: #f2c879; color: #16283a }
h2 { margin: 2.6rem 0 0.5rem; font-size: 1.3rem; letter-spacing: -0.01em }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(17rem, 1fr)); gap: 0.9rem; padding: 0; list-style: none; margin: 1rem 0 }
.cards a { display: block; height: 100%; background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 0.9rem 1.05rem; color: inherit; text-decoration: none }
.cards a:hover, .cards a:focus-visible { border-color: var(--sea) }
.cards b { display: block; font-size: 0.8rem; color: var(--gold); text-transform: uppercase; letter-spacing: 0.07em; margin-bottom: 0.25rem }
.cards code { overflow-wrap: anywhere }
footer .rose { width: 1.1em; height: 1.1em; vertical-align: -0.2em }
.soft { color: var(--soft) }
footer { color: var(--soft); font-size: 0.9rem; margin-top: 3rem; border-top: 1px solid var(--line); padding-top: 1rem; display: flex; gap: 1.2rem; flex-wrap: wrap }
`;

/** Rhumb lines from two wind roses, as on a portolan chart. */
function chart(): string {
  const rose = (x: number, y: number): string =>
    Array.from({ length: 32 }, (_, index) => {
      const angle = (index * Math.PI) / 16;
      return `M${x} ${y}L${(x + 1800 * Math.cos(angle)).toFixed(0)} ${(y + 1800 * Math.sin(angle)).toFixed(0)}`;
    }).join('');
  return `<svg class="chart" viewBox="0 0 1200 420" preserveAspectRatio="xMidYMid slice" aria-hidden="true"><path d="${rose(930, 210)}${rose(180, 380)}" stroke="#f2c879" stroke-width="0.7" fill="none"/><circle cx="930" cy="210" r="96" fill="none" stroke="#f2c879" stroke-width="1.2"/><circle cx="930" cy="210" r="84" fill="none" stroke="#f2c879" stroke-width="0.6"/></svg>`;
}

/** The questions, the one about a whole way first, then room by room; each leads to where it can be tried. */
function questionCards(): string {
  const byRoom = QUESTIONS.toSorted(
    compareBy(
      ({ name }) => (name === 'trace' ? 0 : 1),
      ({ room }) => room,
      ({ name }) => name,
    ),
  );
  return byRoom
    .map(({ name, room, title }) => {
      const place = `/docs#/${room}/ask${pascal(name)}`;
      return `<li><a href="${escapeHtml(place)}"><b>${escapeHtml(room)}</b>${escapeHtml(title)}?<br><code>${escapeHtml(name)}</code></a></li>`;
    })
    .join('\n');
}

/** The page at `/`: what this is, how to begin. Works without scripts and without a token, and so shows no data. */
export function landingPage(origin: string, version: string): string {
  const url = escapeHtml(origin);
  return page({
    title: 'Portolan',
    css: CSS,
    body: `${navigationBar('/')}
<header class="hero">${chart()}<div class="text">
<h1>Ask how your cluster networks behave.</h1>
<p>Portolan keeps the topology of Kubernetes clusters and answers what an address belongs to, what a name resolves to, which backend a request reaches
and whether a policy lets two workloads talk — at any revision, and with the reason.</p>
<div class="actions"><a class="first" href="/playground">Open the playground</a><a href="/docs">Browse the API</a></div>
</div></header>
<main>
<h2>First steps</h2>
<p>Everything but this page, the docs and the health checks needs a token. The first one was printed when the server was started for the first time; <code>npm run token</code> issues another.</p>
<pre><code>export PORTOLAN_TOKEN=…

# which clusters are there?
curl -fsS -H "Authorization: Bearer $PORTOLAN_TOKEN" ${url}/api/v1/clusters

# may the web shop reach its database, and if not, why?
curl -fsS -H "Authorization: Bearer $PORTOLAN_TOKEN" \\
  "${url}/api/v1/clusters/harbor/queries/policy-verdict?from=deploy/shop/web&amp;to=sts/data/postgres&amp;port=5432"

# make a cluster of your own, and send it what kubectl, helm or kustomize print
curl -fsS -X POST -H "Authorization: Bearer $PORTOLAN_TOKEN" -H "Content-Type: application/json" \\
  -d '{"name": "mine"}' ${url}/api/v1/clusters
# (add what else decides, of what your cluster has: gatewayclasses,gateways,httproutes,grpcroutes,tlsroutes,
#  referencegrants,backendtlspolicies, adminnetworkpolicies, ciliumnetworkpolicies,
#  globalnetworkpolicies.projectcalico.org, ingressroutes.traefik.io, …)
kubectl get all,networkpolicies,ingresses,ingressclasses,endpointslices,nodes,namespaces,configmaps -A -o yaml |
  curl -fsS -X POST -H "Authorization: Bearer $PORTOLAN_TOKEN" -H "Content-Type: application/yaml" \\
    --data-binary @- ${url}/api/v1/clusters/mine/snapshots</code></pre>
<h2>Questions</h2>
<p class="soft">Each over REST, as a link or a batch, and over GraphQL, with the same answer; also of a state as it would be, with manifests applied (<code>apply</code>) or objects gone (<code>delete</code>).</p>
<ul class="cards">
${questionCards()}
</ul>
<footer><span>${ROSE} Portolan ${escapeHtml(version)}</span><a href="/openapi.json">openapi.json</a><a href="/schema.graphql">schema.graphql</a><a href="/readyz">readyz</a><a href="/version">version</a></footer>
</main>`,
  });
}
