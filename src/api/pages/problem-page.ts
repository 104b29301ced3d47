import { PROBLEM_KIND_NAMES, PROBLEM_KINDS, type ProblemKind } from '../../core/kernel/problem.js';
import { PROBLEM_TITLES } from '../http/problem-titles.js';
import { escapeHtml, navigationBar, page } from './page.js';

const CSS =
  'main { max-width: 46rem; margin: 2rem auto; padding: 0 1.2rem } td, th { text-align: left; padding: 0.25em 1.2em 0.25em 0; vertical-align: top }';

/** The page that the `type` of a problem document leads to; undefined for what is no kind. */
export function problemPage(name: string): string | undefined {
  const kind = PROBLEM_KIND_NAMES.find((known) => known === name);
  if (kind === undefined) return undefined;
  return withTable(
    kind,
    `<h1>${escapeHtml(PROBLEM_TITLES[kind])}</h1>
<p><code>${kind}</code> is answered with status ${PROBLEM_KINDS[kind]}: over REST as the <code>code</code> of a problem document (RFC 9457), over GraphQL in the <code>extensions</code> of the error.</p>`,
  );
}

/** All kinds of problems. */
export function problemIndexPage(): string {
  return withTable('Problems', '<h1>Problems</h1>');
}

function withTable(title: string, head: string): string {
  return page({
    title: `${title} – Portolan`,
    css: CSS,
    body: `${navigationBar('')}<main>${head}
<p><code>detail</code> says what is wrong with this request, <code>hint</code> names the nearest right thing, and <code>errors</code> has one entry for each place, with a JSON pointer.
Quote <code>requestId</code> when you report a problem: the log has it too.</p>
<table>${PROBLEM_KIND_NAMES.map(row).join('')}</table></main>`,
  });
}

function row(kind: ProblemKind): string {
  return `<tr><td><a href="/docs/problems/${kind}">${kind}</a></td><td>${PROBLEM_KINDS[kind]}</td><td>${escapeHtml(PROBLEM_TITLES[kind])}</td></tr>`;
}
