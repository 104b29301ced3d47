/** What browsers may load for a page: only what this server sends. */
export const PAGE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** The parts of a page. */
export interface PageParts {
  readonly title: string;
  readonly body: string;
  /** Style sheets and scripts of its own, by path. */
  readonly styles?: readonly string[];
  readonly scripts?: readonly string[];
  /** More rules after the common ones. */
  readonly css?: string;
}

const COMMON_CSS = `
:root { color-scheme: light dark; --ink: #14283c; --soft: #51677c; --sea: #0b6e99; --line: #d5dfe7; --paper: #fbfaf6; --card: #ffffff; --code: #eef3f6; --gold: #b07d2b }
@media (prefers-color-scheme: dark) { :root { --ink: #e4edf4; --soft: #9db2c4; --sea: #5cb8e0; --line: #263a4c; --paper: #0c1824; --card: #122231; --code: #0a1520; --gold: #d9ad62 } }
* { box-sizing: border-box }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif }
a { color: var(--sea); text-underline-offset: 0.15em }
main code, main pre { font: 0.875em/1.5 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace }
main code { background: var(--code); border-radius: 4px; padding: 0.1em 0.35em }
main pre { background: var(--code); border: 1px solid var(--line); border-radius: 8px; padding: 0.9em 1.1em; overflow-x: auto; margin: 0.6em 0 1.2em }
main pre code { background: none; padding: 0 }
.bar { display: flex; flex-wrap: wrap; align-items: center; gap: 0.4em 1.4em; padding: 0.55em 1.2em; background: var(--card); border-bottom: 1px solid var(--line) }
.bar .brand { display: inline-flex; align-items: center; gap: 0.5em; font-weight: 650; letter-spacing: 0.01em; color: var(--ink); text-decoration: none; margin-right: auto }
.bar a { text-decoration: none }
.bar a[aria-current] { color: var(--ink); font-weight: 600 }
.rose { width: 1.5em; height: 1.5em; flex: none }
`;

/** The compass rose of the sea charts the product is named after. */
export const ROSE = `<svg class="rose" viewBox="-50 -50 100 100" aria-hidden="true"><g fill="none" stroke="currentColor" stroke-width="3"><circle r="44"/></g><path d="M0-42 9-9 42 0 9 9 0 42-9 9-42 0-9-9Z" fill="currentColor"/><path d="M0-42V0L9-9ZM42 0H0L9 9ZM0 42V0L-9 9ZM-42 0H0L-9-9Z" fill="var(--gold)"/></svg>`;

const LINKS = [
  ['/', 'Start'],
  ['/playground', 'Playground'],
  ['/docs', 'API'],
] as const;

/** The bar that stands on every page; \`extra\` comes before the links. */
export function navigationBar(current: string, extra = ''): string {
  const links = LINKS.map(([path, name]) => `<a href="${path}"${path === current ? ' aria-current="page"' : ''}>${name}</a>`).join('');
  return `<nav class="bar"><a class="brand" href="/">${ROSE}Portolan</a>${extra}${links}</nav>`;
}

/** A whole page that loads nothing from elsewhere. */
export function page({ title, body, styles = [], scripts = [], css = '' }: PageParts): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='-50 -50 100 100'%3E%3Cpath d='M0-48 11-11 48 0 11 11 0 48-11 11-48 0-11-11Z' fill='%230b6e99'/%3E%3C/svg%3E">
${styles.map((path) => `<link rel="stylesheet" href="${path}">`).join('\n')}
<style>${COMMON_CSS}${css}</style>
</head>
<body>
${body}
${scripts.map((path) => `<script src="${path}"></script>`).join('\n')}
</body>
</html>
`;
}

/** Text as it stands in HTML. */
export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll("'", '&#39;');
}
