import { navigationBar, page } from './page.js';

const CSS = `
.swagger-ui .topbar, .swagger-ui .information-container .link { display: none }
.swagger-ui .info { margin: 1.6rem 0 }
.swagger-ui .scheme-container { box-shadow: none; padding: 0.6rem 0; background: none }
.swagger-ui .servers, .swagger-ui .servers-title { display: none }
#docs { background: #fff; color-scheme: light }
.dark-mode #docs { background: none; color-scheme: dark }
`;

/** Swagger UI over \`/openapi.json\`. */
export function docsPage(): string {
  return page({
    title: 'API – Portolan',
    css: CSS,
    styles: ['/assets/swagger-ui.css'],
    scripts: ['/assets/swagger-ui-bundle.js', '/docs/start.js'],
    body: `${navigationBar('/docs')}<div id="docs"></div>`,
  });
}

/** Starts Swagger UI; the token is kept for the tab only. */
export const DOCS_SCRIPT = `const dark = matchMedia('(prefers-color-scheme: dark)');
const follow = () => document.documentElement.classList.toggle('dark-mode', dark.matches);
dark.addEventListener('change', follow);
follow();

window.ui = SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#docs',
  deepLinking: true,
  docExpansion: 'none',
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  filter: true,
  tryItOutEnabled: true,
  validatorUrl: null,
  onComplete: () => {
    const token = sessionStorage.getItem('portolan-token');
    if (token) window.ui.preauthorizeApiKey('token', token);
  },
});
`;
