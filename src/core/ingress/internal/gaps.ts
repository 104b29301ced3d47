/** What the specification leaves open, each with the sentence that does. */
export const GAPS = {
  PATH_CONFLICT: 'several paths rank first, and the specification names no winner: conflicts between Ingresses are left to the controller',
  PATH_TYPE_UNSPECIFIED:
    'a path of type ImplementationSpecific comes into question: whether it matches and which path is preferred is up to the class (KEP-1453, "Path matching semantics")',
  HOST_FALLTHROUGH_UNSPECIFIED:
    'no path of the most specific host matches, one of a wider host does: the specification does not say whether a request falls through to it',
  DEFAULT_BACKEND_CONFLICT:
    'it is up to the controller to resolve conflicts between the default backends of several Ingresses (KEP-1453, "backend to defaultBackend")',
  PATH_NORMALISATION_UNSPECIFIED:
    'the specification does not say whether a path is normalised (percent-encodings, `//`, dot segments) before it is compared',
  CLASS_AMBIGUOUS: 'several classes serve this host, each at addresses of its own: say which one with `class`',
} as const;

/** A gap of the specification that admits more than one outcome. */
export type GapCode = keyof typeof GAPS;

/** What is not known of a request through a controller that configures nginx, each with the reason. */
export const NGINX_GAPS = {
  CLIENT_ADDRESS_UNKNOWN: 'lists of source addresses decide, and the address of the client is not known: say `clientAddress`',
  SNIPPET_NOT_EVALUATED: 'a snippet runs directives of its own, which are not evaluated',
  PATTERN_UNSUPPORTED: 'an expression that cannot be evaluated comes into question',
  VARIABLE_UNKNOWN: 'a variable of nginx whose value is not known decides',
  NOT_EVALUATED: 'a part of the object that the request comes to is not evaluated',
  REWRITE_UNKNOWN: 'what the rewrite makes of the path is not known',
  CONFIGURATION_REJECTED: 'nginx refuses the configuration as a whole, and the controller keeps the last one it took',
  HOST_OWNER_UNKNOWN: 'several objects of one age claim the host, path or listener, and their UIDs, which decide, are not known',
} as const;

/** The code of one of them. */
export type NginxGapCode = keyof typeof NGINX_GAPS;

/** What is not known of a request through Traefik, each with the reason. */
export const TRAEFIK_GAPS = {
  PRIORITY_TIE:
    'several routers of the same priority match, or several streams have one port, and the order in which the controller takes them is not stable',
  RULE_UNDECIDED: 'whether a rule matches that comes before every other one cannot be told',
  ENTRY_POINT_UNKNOWN: 'a router listens on entry points whose ports are not known',
  SERVICE_NOT_KNOWN: 'a router leads to a service that no object describes',
  MIDDLEWARE_NOT_EVALUATED: 'what a middleware makes of the request is not known',
} as const;

/** The code of one of them. */
export type TraefikGapCode = keyof typeof TRAEFIK_GAPS;

/** Whatever admits more than one outcome, or leaves it unknown. */
export type AnyGapCode = GapCode | NginxGapCode | TraefikGapCode;
