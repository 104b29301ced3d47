import { parseGoBool } from '../../../kernel/go-bool.js';
import { inMap } from '../../../kernel/in-map.js';
import type { Ingress } from '../../../resources/ingress.js';
import type { NginxPolicyReference } from '../../../resources/nginx-policy.js';

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
  /** Policies that are named, each once; those of `nginx.com/policies` come last. */
  readonly policies: readonly NginxPolicyReference[];
  /** Undefined: no `Strict-Transport-Security` is said. */
  readonly hsts: { readonly maxAge: string; readonly includesSubdomains: boolean; readonly behindProxy: boolean } | undefined;
  /** Headers are added to answers: those of the server are not, then (`add_header` of nginx). */
  readonly addsHeaders: boolean;
  /** Configuration in the words of nginx, which is not evaluated. */
  readonly serverSnippets: boolean;
  readonly locationSnippets: boolean;
}

const MERGEABLE = ['master', 'minion'] as const;
const PATH_REGEX = ['case_sensitive', 'case_insensitive', 'exact'] as const;
const FALSE = /^(?:false|f|0|no|off)$/i;
const TRUE = /^(?:true|t|1)$/i;

type Annotated = Pick<Ingress, 'annotations' | 'namespace'>;
type Texts = Annotated['annotations'];

const NO_DEFAULTS: Texts = {};
const read = new WeakMap<Texts, WeakMap<Annotated, F5Annotations>>();

/** Reads the annotations of an Ingress, once; `defaults`: what holds where it says nothing. */
export function f5Annotations(ingress: Annotated, defaults: Texts = NO_DEFAULTS): F5Annotations {
  const own = inMap(read, defaults, () => new WeakMap<Annotated, F5Annotations>());
  return inMap(own, ingress, () => readAnnotations({ ...ingress, annotations: withDefaults(ingress.annotations, defaults) }));
}

/** The former name of `nginx.org/ssl-redirect` goes before a default of that. */
function withDefaults(annotations: Texts, defaults: Texts): Texts {
  const { [SSL_REDIRECT]: redirect, ...others } = defaults;
  const isSaid = redirect === undefined || Object.hasOwn(annotations, FORMER_REDIRECT);
  return { ...others, ...(isSaid ? {} : { [SSL_REDIRECT]: redirect }), ...annotations };
}

const SSL_REDIRECT = 'nginx.org/ssl-redirect';
const FORMER_REDIRECT = 'ingress.kubernetes.io/ssl-redirect';

function readAnnotations({ annotations, namespace }: Annotated): F5Annotations {
  const text = (name: string) => (Object.hasOwn(annotations, name) ? (annotations[name] ?? '').trim() : '');
  const redirect = text(SSL_REDIRECT) || text(FORMER_REDIRECT);
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
    policies: policiesOf(namespace, text(POLICIES), text(POLICIES_OF_PLUS)),
    hsts: parseGoBool(text('nginx.org/hsts'))
      ? {
          maxAge: text('nginx.org/hsts-max-age') || '2592000',
          includesSubdomains: parseGoBool(text('nginx.org/hsts-include-subdomains')) ?? false,
          behindProxy: parseGoBool(text('nginx.org/hsts-behind-proxy')) ?? false,
        }
      : undefined,
    addsHeaders: text('nginx.org/add-header') !== '',
    serverSnippets: text('nginx.org/server-snippets') !== '',
    locationSnippets: text('nginx.org/location-snippets') !== '',
  };
}

export const POLICIES = 'nginx.org/policies';
export const POLICIES_OF_PLUS = 'nginx.com/policies';

/** Whether a policy stands in the annotation that firewalls cannot (`filterIngressPolicyRefs` of `internal/configs/ingress.go`). */
export const isOfPlainAnnotation = ({ pointer }: NginxPolicyReference) => pointer === pointerOf(POLICIES);

const pointerOf = (name: string) => `/metadata/annotations/${name.replace('/', '~1')}`;

/** `name` or `namespace/name`, divided by commas; what stands in both annotations counts where it stands first (`getIngressPolicyRefs`). */
function policiesOf(namespace: string, ...texts: readonly [plain: string, ofPlus: string]): readonly NginxPolicyReference[] {
  const found = new Map<string, NginxPolicyReference>();
  for (const [place, text] of texts.entries())
    for (const part of text === '' ? [] : text.split(',')) {
      const [first = '', second] = part.trim().split('/');
      const reference = second === undefined ? { name: first, namespace } : { name: second, namespace: first };
      const key = `${reference.namespace}/${reference.name}`;
      if (!found.has(key)) found.set(key, { ...reference, pointer: pointerOf(place === 0 ? POLICIES : POLICIES_OF_PLUS) });
    }
  return [...found.values()];
}

/** Services that a list of an annotation names (`ParseServiceList`). */
export function servicesListed({ annotations }: Pick<Ingress, 'annotations'>, name: string): readonly string[] {
  return Object.hasOwn(annotations, name) ? (annotations[name] ?? '').split(',') : [];
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
