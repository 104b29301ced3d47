import type { Ingress } from '../../../resources/ingress.js';

/** What annotations ask of the controller of NGINX Inc. (`internal/configs/annotations.go`, `internal/k8s/configuration.go`). */
export interface F5Annotations {
  readonly mergeable: 'master' | 'minion' | undefined;
  readonly pathRegex: 'case_sensitive' | 'case_insensitive' | 'exact' | undefined;
  readonly sslRedirect: boolean;
  readonly redirectCode: number;
  /** Service → path that takes the place of the location's. */
  readonly rewrites: ReadonlyMap<string, string>;
  /** Annotations that change the request in ways which are not evaluated. */
  readonly notEvaluated: readonly string[];
}

const MERGEABLE = ['master', 'minion'] as const;
const PATH_REGEX = ['case_sensitive', 'case_insensitive', 'exact'] as const;
const NOT_EVALUATED = ['nginx.org/rewrite-target', 'nginx.org/server-snippets', 'nginx.org/location-snippets', 'nginx.org/app-root'];

const read = new WeakMap<Annotated, F5Annotations>();
type Annotated = Pick<Ingress, 'annotations'>;

/** Reads the annotations of an Ingress, once. */
export function f5Annotations(ingress: Annotated): F5Annotations {
  let known = read.get(ingress);
  if (!known) {
    known = readAnnotations(ingress);
    read.set(ingress, known);
  }
  return known;
}

function readAnnotations({ annotations }: Annotated): F5Annotations {
  const text = (name: string) => (Object.hasOwn(annotations, name) ? (annotations[name] ?? '').trim() : '');
  const redirect = text('nginx.org/ssl-redirect') || text('ingress.kubernetes.io/ssl-redirect');
  const code = Number(text('nginx.org/http-redirect-code'));
  return {
    mergeable: MERGEABLE.find((one) => one === text('nginx.org/mergeable-ingress-type')),
    pathRegex: PATH_REGEX.find((one) => one === text('nginx.org/path-regex')),
    sslRedirect: !/^(?:false|f|0|no|off)$/i.test(redirect),
    redirectCode: [301, 302, 307, 308].includes(code) ? code : 301,
    rewrites: rewritesOf(text('nginx.org/rewrites')),
    notEvaluated: NOT_EVALUATED.filter((name) => text(name) !== ''),
  };
}

/** `serviceName=web rewrite=/v1/;serviceName=…` (`ParseRewriteList`). */
function rewritesOf(text: string): ReadonlyMap<string, string> {
  const rewrites = new Map<string, string>();
  for (const part of text.split(';')) {
    const [, service, path] = /^\s*serviceName=(\S+)\s+rewrite=(\S+)\s*$/.exec(part) ?? [];
    if (service !== undefined && path !== undefined) rewrites.set(service, path);
  }
  return rewrites;
}
