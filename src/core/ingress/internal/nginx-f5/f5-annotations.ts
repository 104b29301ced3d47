import type { Ingress } from '../../../resources/ingress.js';

/** What annotations ask of the controller of NGINX Inc. (`internal/configs/annotations.go`, `internal/k8s/configuration.go`). */
export interface F5Annotations {
  readonly mergeable: 'master' | 'minion' | undefined;
  readonly pathRegex: 'case_sensitive' | 'case_insensitive' | 'exact' | undefined;
  readonly sslRedirect: boolean;
  /** Whether requests whose `X-Forwarded-Proto` is `http` are sent to https. */
  readonly redirectToHttps: boolean;
  readonly redirectCode: number;
  /** Where `/` is sent; undefined: nowhere. */
  readonly appRoot: string | undefined;
  /** What each location rewrites paths to; undefined where `rewrites` is there, which goes before it. */
  readonly rewriteTarget: string | undefined;
  /** Service → path that takes the place of the location's. */
  readonly rewrites: ReadonlyMap<string, string>;
  /** Configuration in the words of nginx, which is not evaluated. */
  readonly serverSnippets: boolean;
  readonly locationSnippets: boolean;
}

const MERGEABLE = ['master', 'minion'] as const;
const PATH_REGEX = ['case_sensitive', 'case_insensitive', 'exact'] as const;
const FALSE = /^(?:false|f|0|no|off)$/i;
const TRUE = /^(?:true|t|1)$/i;

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
    sslRedirect: !FALSE.test(redirect),
    redirectToHttps: TRUE.test(text('nginx.org/redirect-to-https')),
    redirectCode: [301, 302, 307, 308].includes(code) ? code : 301,
    rewrites: rewritesOf(text('nginx.org/rewrites')),
    appRoot: text('nginx.org/app-root') || undefined,
    rewriteTarget: Object.hasOwn(annotations, 'nginx.org/rewrites') ? undefined : text('nginx.org/rewrite-target') || undefined,
    serverSnippets: text('nginx.org/server-snippets') !== '',
    locationSnippets: text('nginx.org/location-snippets') !== '',
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
