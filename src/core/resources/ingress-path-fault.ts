import type { IngressPath } from './ingress.js';

const FORBIDDEN = ['//', '/./', '/../', '%2f', '%2F'];

/** What every path that is refused for its text has somewhere. */
const SUSPICIOUS = /\/[/.]|%2f/i;

/** Why the API server refuses a path (`validateHTTPIngressPath`): for its type, or its text; undefined when it is valid. */
export function pathFault(path: Pick<IngressPath, 'path' | 'pathType' | 'typeFault'>): string | undefined {
  if (path.typeFault !== undefined) return path.typeFault;
  if (path.pathType === 'ImplementationSpecific') {
    return path.path === '' || path.path.startsWith('/') ? undefined : 'a path begins with `/`';
  }
  if (!path.path.startsWith('/')) return 'a path begins with `/`';
  if (!SUSPICIOUS.test(path.path)) return undefined;
  const forbidden = FORBIDDEN.find((part) => path.path.includes(part));
  if (forbidden !== undefined) return `a path of type ${path.pathType} must not contain \`${forbidden}\``;
  const ending = ['/..', '/.'].find((end) => path.path.endsWith(end));
  return ending === undefined ? undefined : `a path of type ${path.pathType} must not end in \`${ending}\``;
}
