import type { Severity } from '../kernel/diagnostic.js';

/** What one code says, how grave it is, and where the rule stands. */
interface RouteLintCode {
  readonly severity: Severity;
  readonly means: string;
  readonly source: string;
}

const VALIDATION = 'kubernetes pkg/apis/networking/validation; gateway-api CRD validation';
const INGRESS = 'KEP-1453; kubernetes/api networking/v1/types.go';
const GATEWAY = 'gateway-api apis/v1/gateway_types.go, shared_types.go';
const ROUTES = 'gateway-api apis/v1/httproute_types.go, shared_types.go';

/** Every code of `route-lint`: a closed list. */
export const ROUTE_LINT_CODES = {
  'ING-INVALID': { severity: 'error', means: 'the API server or the controller refuses this part: it matches nothing', source: VALIDATION },
  'ING-CONFIGURATION-REJECTED': {
    severity: 'error',
    means: 'nginx refuses the configuration that the controller makes: no change of any Ingress takes effect',
    source: 'kubernetes/ingress-nginx internal/ingress/controller/controller.go, nginx.go; rule B6',
  },
  'ING-REFUSED': {
    severity: 'error',
    means: 'the API server does not take the object at all',
    source: 'kubernetes pkg/apis/networking/validation, ValidateIngressCreate; rule A1; kubernetes-sigs/gateway-api config/crd',
  },
  'ING-DEFAULT-CLASSES': {
    severity: 'warning',
    means:
      'several classes are marked as default: which one an Ingress without class gets, or whether it is refused, depends on the version of the API server',
    source: 'kubernetes plugin/pkg/admission/network/defaultingressclass, CHANGELOG-1.25; rule A2',
  },
  'ING-WEBHOOK-REFUSES': {
    severity: 'warning',
    means: 'the webhook of the controller refuses the Ingress the next time that it is written',
    source:
      'kubernetes/ingress-nginx internal/ingress/inspector/inspector.go, ValidatePathType, internal/ingress/controller/controller.go, checkOverlap; rules B6, B24',
  },
  'ING-CLASS-NOT-HANDLED': {
    severity: 'warning',
    means: 'no controller handles the class: its rules serve nobody',
    source: `${INGRESS}; ${GATEWAY}`,
  },
  'ING-NOT-ATTACHED': { severity: 'error', means: 'the route is attached to no listener of the Gateway', source: ROUTES },
  'ING-LISTENER-NOT-SERVED': { severity: 'error', means: 'the listener is not served: routes on it get no request', source: GATEWAY },
  'ING-RULE-IGNORED': { severity: 'warning', means: 'the dialect makes nothing of the rule', source: 'rules A9, A12, B22' },
  'ING-SHADOWED': {
    severity: 'warning',
    means: 'every request that the rule matches is taken by others that rank before it',
    source: `${INGRESS}; ${ROUTES}, precedence`,
  },
  'ING-UNDECIDED': {
    severity: 'info',
    means: 'no request was found that the rule takes for certain, and no proof that there is none',
    source: 'what a specification leaves open is not guessed',
  },
  'ING-CONFLICT': {
    severity: 'warning',
    means: 'several objects claim the same host, path and conditions, and one of them gets the requests',
    source: 'rules A14, B6; 6.3, keys 8 and 9',
  },
  'ING-CONFLICT-UNDEFINED': {
    severity: 'error',
    means: 'several objects claim the same host and path, and the rules do not say who gets the requests',
    source: 'KEP-1453 is silent (rule A14)',
  },
  'ING-SERVICE-MISSING': { severity: 'error', means: 'a backend names a Service that does not exist', source: `${INGRESS}; ${ROUTES}` },
  'ING-PORT-MISSING': {
    severity: 'error',
    means: 'a backend names a port that its Service does not have',
    source: `${INGRESS}; ${ROUTES}`,
  },
  'ING-NO-ENDPOINTS': { severity: 'warning', means: 'the Service of a backend has no ready endpoint', source: 'rule A15; rule G26' },
  'ING-BACKEND-REFUSED': {
    severity: 'error',
    means: 'a backend is of a kind that cannot be used, or no ReferenceGrant lets the route use it',
    source: 'gateway-api apis/v1/referencegrant_types.go, rules G27 and G28',
  },
  'ING-MIDDLEWARE-MISSING': {
    severity: 'error',
    means: 'a router of Traefik names a middleware that does not exist, or is broken: Traefik makes no router of it',
    source: 'traefik/traefik pkg/server/middleware/middlewares.go',
  },
  'ING-TLS-OPTION-MISSING': {
    severity: 'error',
    means: 'a router of Traefik names a TLSOption that does not exist, or is broken: connections for its host are closed',
    source: 'traefik/traefik pkg/server/router/tcp/manager.go',
  },
  'ING-SECRET-MISSING': { severity: 'error', means: 'a `spec.tls` entry names a Secret that does not exist', source: 'rules A13, B21' },
  'ING-SECRET-WITHOUT-CERTIFICATE': {
    severity: 'error',
    means: 'the Secret of a `spec.tls` entry holds no `tls.crt`',
    source: 'rules A13, B21',
  },
  'ING-ANNOTATION-NOT-MODELLED': {
    severity: 'info',
    means: 'annotations of the Ingress may change what its rules do, and are not modelled',
    source: 'kubernetes/ingress-nginx docs/user-guide/nginx-configuration/annotations.md',
  },
  'ING-ANNOTATION-UNSUPPORTED': {
    severity: 'warning',
    means: 'annotations of ingress-nginx that Traefik does not read: they have no effect',
    source: 'doc.traefik.io, Traefik & Ingresses with NGINX Annotations, "Unsupported Annotations"',
  },
  'ING-PATTERN-UNSUPPORTED': {
    severity: 'warning',
    means: 'a regular expression that cannot be evaluated in bounded time: nothing is said of requests that it decides',
    source: 'google/re2 doc/syntax.txt',
  },
  'ING-PATTERN-BACKTRACKS': {
    severity: 'warning',
    means: 'a regular expression for which nginx may take time that doubles with each character of a path',
    source: 'PCRE2 `pcre2matching(3)`, the standard matching algorithm; nginx `ngx_regex_exec`',
  },
} as const satisfies Record<string, RouteLintCode>;

/** A code of `route-lint`. */
export type RouteLintCodeName = keyof typeof ROUTE_LINT_CODES;

/** All codes, in the order of {@link ROUTE_LINT_CODES}. */
export const ROUTE_LINT_CODE_NAMES: readonly RouteLintCodeName[] = Object.keys(ROUTE_LINT_CODES).filter(
  (text): text is RouteLintCodeName => text in ROUTE_LINT_CODES,
);
