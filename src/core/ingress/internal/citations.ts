import type { Citation } from '../../kernel/evidence.js';
import { inMap } from '../../kernel/in-map.js';
import type { DialectName } from '../route-request.js';
import type { ROUTE_REASONS } from '../route-reasons.js';
import { RULE_SOURCES, type RuleNumber } from './rule-sources.js';

/** Dialects that go by the same rules. */
type Family = 'v1' | 'nginx' | 'traefik' | 'f5' | 'gateway';

const FAMILY: Readonly<Record<DialectName, Family>> = {
  'ingress-v1': 'v1',
  'ingress-nginx': 'nginx',
  traefik: 'traefik',
  'traefik-strict': 'traefik',
  'traefik-ingress-nginx': 'traefik',
  'nginx-f5': 'f5',
  'gateway-api': 'gateway',
  'traefik-gateway': 'gateway',
  'envoy-gateway': 'gateway',
};

/** The rule that a reason goes by: one, or that of each family that goes by one of its own, and `v1` for all others. */
export type Cited = RuleNumber | ({ readonly v1: RuleNumber } & Partial<Record<Family, RuleNumber>>);

/** Those that several answers go by. */
export const CLASS = { v1: 'A1', nginx: 'B2', traefik: 'T6', f5: 'F' } as const;
const HOST = { v1: 'A5', nginx: 'B3', traefik: 'T3', f5: 'F', gateway: 'G18' } as const;
const PATH = { v1: 'A8', nginx: 'B8', traefik: 'T1', f5: 'F-configuration', gateway: 'G17' } as const;
export const CONFLICT = { v1: 'A14', nginx: 'B6', traefik: 'T2', f5: 'F' } as const;
export const SERVICE = { v1: 'A12', nginx: 'B23', traefik: 'T6', f5: 'F-configuration', gateway: 'G28' } as const;
export const ENDPOINTS = { v1: 'A15', nginx: 'B23', traefik: 'T6', f5: 'F-configuration', gateway: 'G26' } as const;
export const CERTIFICATE = { v1: 'A13', nginx: 'B21', traefik: 'T7', f5: 'F-configuration', gateway: 'G11' } as const;
const ACCESS = { v1: 'B17', traefik: 'T7', f5: 'F-policy' } as const;
const STREAM = { v1: 'T7', nginx: 'B-streams', f5: 'F-transport-server' } as const;
export const PATTERN = { v1: 'B9', traefik: 'T4', f5: 'F-configuration', gateway: 'G17' } as const;
const DEFAULT = { v1: 'A10', nginx: 'B4', traefik: 'T6', f5: 'F-configuration' } as const;

/** Which rule each reason of `route` goes by. */
const CITED = {
  CLASS_ASKED: CLASS,
  CLASS_ONLY: CLASS,
  CLASS_BY_HOST: CLASS,
  CLASS_AMBIGUOUS: CLASS,
  CLASS_DIFFERS: CLASS,
  NO_INGRESS: CLASS,
  NO_CLASS_HANDLED: CLASS,
  CERTIFICATE_SELECTED: CERTIFICATE,
  CERTIFICATE_CONFLICT: CERTIFICATE,
  CERTIFICATE_MISMATCH: CERTIFICATE,
  CERTIFICATE_DEFAULT: CERTIFICATE,
  NO_TLS_ENTRY: CERTIFICATE,
  SECRET_NOT_NAMED: CERTIFICATE,
  SECRET_MISSING: CERTIFICATE,
  SECRET_WITHOUT_CERTIFICATE: CERTIFICATE,
  HOST_PRECISE: HOST,
  HOST_WILDCARD: { ...HOST, v1: 'A4' },
  HOST_ANY: HOST,
  HOST_UNKNOWN: HOST,
  PATH_SELECTED: PATH,
  PATH_SHORTER: { ...PATH, nginx: 'B7', traefik: 'T2' },
  NOT_EXACT: PATH,
  HOST_LESS_SPECIFIC: HOST,
  TIE: CONFLICT,
  PATH_TYPE_OPEN: 'A9',
  FALLTHROUGH_OPEN: 'A5',
  READING_OPEN: { v1: 'A6', nginx: 'B12', traefik: 'T5', gateway: 'G17' },
  CLASS_OPEN: CLASS,
  PATH_NOT_EQUAL: { ...PATH, v1: 'A6' },
  PATH_NOT_PREFIX: { ...PATH, v1: 'A7' },
  PATH_NO_MATCH: { v1: 'A9', nginx: 'B9', traefik: 'T4', f5: 'F-configuration', gateway: 'G17' },
  PATH_INVALID: 'A-validation',
  RULE_WITHOUT_HTTP: 'A11',
  NO_DEFAULT_BACKEND: { ...DEFAULT, v1: 'A11' },
  DEFAULT_BACKEND_SELECTED: DEFAULT,
  DEFAULT_BACKEND_OPEN: DEFAULT,
  DEFAULT_OF_OTHER_INGRESS: DEFAULT,
  SERVICE_FOUND: SERVICE,
  SERVICE_MISSING: SERVICE,
  SERVICE_WITHOUT_ADDRESS: { v1: 'B20' },
  EXTERNAL_NAME_BACKEND: SERVICE,
  RESOURCE_BACKEND: SERVICE,
  BACKEND_INVALID: 'A-validation',
  PORT_FOUND: SERVICE,
  PORT_MISSING: SERVICE,
  ENDPOINTS_READY: ENDPOINTS,
  NO_READY_ENDPOINTS: ENDPOINTS,
  ENDPOINT_NOT_READY: ENDPOINTS,
  ENDPOINT_TERMINATING: ENDPOINTS,
  ENDPOINT_PUBLISHED_NOT_READY: ENDPOINTS,
  ENDPOINT_SELECTOR_NEAR_MISS: ENDPOINTS,
  ENDPOINT_NO_POD_IP: ENDPOINTS,
  ENDPOINT_POD_TERMINAL_PHASE: ENDPOINTS,
  ENDPOINT_NODE_MISSING: ENDPOINTS,
  ENDPOINT_FAMILY_MISMATCH: ENDPOINTS,
  ENDPOINT_PORT_NAME_NOT_FOUND: ENDPOINTS,
  ENDPOINT_PORT_PROTOCOL_MISMATCH: ENDPOINTS,
  RULE_PART_FAILS: 'T4',
  MIDDLEWARE_APPLIED: 'T7',
  TLS_OPTION_MISSING: 'T7',
  HTTP_TAKES_CONNECTION: STREAM,
  CONNECTION_ROUTED: STREAM,
  TLS_REFUSED: { v1: 'T7', f5: 'F-configuration' },
  TLS_OPTIONS_DIFFER: 'T7',
  TRAEFIK_SERVICE: 'T7',
  NAMESPACE_CROSSED: 'T7',
  SERVICE_NOT_KNOWN: 'T7',
  BACKEND_DRAWN: { v1: 'A15', nginx: 'B22', traefik: 'T7', f5: 'F-virtual-server', gateway: 'G25' },
  NOT_FOUND: { ...DEFAULT, nginx: 'B23', gateway: 'G24' },
  PATH_CONFLICT: CONFLICT,
  PATH_TYPE_UNSPECIFIED: 'A9',
  HOST_FALLTHROUGH_UNSPECIFIED: { v1: 'A5', gateway: 'G18' },
  DEFAULT_BACKEND_CONFLICT: DEFAULT,
  PATH_NORMALISATION_UNSPECIFIED: { v1: 'A6', nginx: 'B12', traefik: 'T5', gateway: 'G17' },
  GATEWAY_SELECTED: 'G1',
  GATEWAY_CLASS_MISSING: 'G1',
  LISTENER_SELECTED: 'G11',
  LISTENER_LESS_SPECIFIC: 'G12',
  LISTENER_OTHER_NAME: 'G11',
  LISTENER_NOT_SERVED: 'G3',
  LISTENER_MISSING: { v1: 'G11', nginx: 'B-streams', f5: 'F' },
  MISDIRECTED_REQUEST: { v1: 'G45', nginx: 'B21' },
  RULE_SELECTED: '6.3',
  RULE_UNDEFINED: '6.3',
  RULE_LATER: 'G21',
  METHOD_NO_MATCH: 'G16',
  HEADER_NO_MATCH: 'G22',
  QUERY_NO_MATCH: 'G23',
  NOT_GRPC: 'G37',
  CALL_NO_MATCH: 'G37',
  CALL_LESS_SPECIFIC: 'G37',
  MATCH_INVALID: 'G16',
  NO_METHOD: 'G17',
  FEWER_HEADERS: 'G17',
  FEWER_QUERY_PARAMS: 'G17',
  YOUNGER: 'G19',
  NAME_LATER: 'G20',
  PATTERN_OPEN: 'G17',
  PATTERN_UNSPECIFIED: 'G17',
  HEADER_UNSPECIFIED: 'G22',
  PATTERN_RANK_UNSPECIFIED: 'G17',
  PREFIX_SLASH_UNSPECIFIED: 'G17',
  HOSTNAME_RANK_UNSPECIFIED: 'G18',
  FILTER_APPLIED: 'G31',
  FILTER_UNKNOWN: 'G31',
  FILTER_UNSUPPORTED: 'G31',
  FILTER_UNSPECIFIED: 'G31',
  BACKEND_REFUSED: 'G28',
  BACKEND_CERTIFICATE_REFUSED: 'G41',
  CLIENT_CERTIFICATE_ACCEPTED: 'G42',
  CLIENT_CERTIFICATE_NOT_NEEDED: 'G42',
  CLIENT_CERTIFICATE_REFUSED: { v1: 'G42', nginx: 'B21', traefik: 'T7', f5: 'F-policy' },
  BACKEND_TLS_INVALID: 'G41',
  ROUTE_NOT_ATTACHED: 'G7',
  LOCATION_NO_MATCH: { v1: 'B8', f5: 'F-configuration' },
  PATH_TEXT_SMALLER: 'B7',
  PATH_TAKEN: { v1: 'B6', f5: 'F' },
  TLS_PASSED_THROUGH: { v1: 'B20', traefik: 'T7', f5: 'F-transport-server' },
  PATH_IGNORED: { v1: 'B20', traefik: 'T7', f5: 'F-configuration' },
  CANARY_PATH: { v1: 'B22', traefik: 'T8' },
  CANARY_ALONE: 'B22',
  SESSION_STARTED: 'B22',
  SESSION_KEPT: 'B22',
  PREFLIGHT_ANSWERED: { v1: 'B24', f5: 'F-policy' },
  ERROR_PAGE: { v1: 'B23', f5: 'F-virtual-server' },
  MIRRORED: 'B24',
  PATH_LEAVES_ROOT: { v1: 'B12', f5: 'F-configuration' },
  APP_ROOT: 'B14',
  SLASH_ADDED: { v1: 'B11', f5: 'F-configuration' },
  REDIRECT_ASKED: { v1: 'B14', f5: 'F-virtual-server' },
  HTTPS_REDIRECT: { v1: 'B13', f5: 'F-configuration' },
  WWW_REDIRECT: 'B15',
  AUTHENTICATION_FAILED: { v1: 'B18', traefik: 'T7', f5: 'F-policy' },
  SIGN_IN: 'B18',
  ANNOTATION_INVALID: { v1: 'B17', f5: 'F-configuration' },
  CLIENT_NAME_MISSING: 'B21',
  CLIENT_BLOCKED: 'B24',
  SOURCE_DENIED: ACCESS,
  CLIENT_ADDRESS_UNKNOWN: ACCESS,
  SNIPPET_NOT_EVALUATED: { v1: 'B24', traefik: 'T8', f5: 'F-configuration' },
  PATTERN_UNSUPPORTED: PATTERN,
  VARIABLE_UNKNOWN: { v1: 'B14', f5: 'F-virtual-server' },
  NOT_EVALUATED: { v1: 'B24', f5: 'F-virtual-server' },
  POLICY_UNUSABLE: 'F-policy',
  CONTROLLER_ANSWERS: { v1: 'B3', f5: 'F-configuration' },
  HANDSHAKE_REJECTED: 'B21',
  ROUTE_ANSWERS: 'F-virtual-server',
  ROUTE_REDIRECT: 'F-virtual-server',
  PREFIX_FIRST: 'F-virtual-server',
  BACKUP_SERVES: 'F-virtual-server',
  EXPRESSION_FIRST: { v1: 'B9', f5: 'F-virtual-server' },
  REWRITE_UNKNOWN: { v1: 'B10', f5: 'F-configuration' },
  HOST_TAKEN: 'F',
  HOST_OWNER_UNKNOWN: 'F',
  INGRESS_REFUSED: { v1: 'B24', traefik: 'T8', f5: 'F' },
  MASTER_MISSING: 'F',
  RULE_HOLDS: 'T4',
  RULE_NO_MATCH: 'T4',
  RULE_NEVER_HOLDS: 'T5',
  RULE_REFUSED: 'T4',
  RULE_UNKNOWN: 'T4',
  ROUTER_REFUSED: 'T7',
  PROVIDER_LATER: 'T2',
  LOWER_PRIORITY: 'T2',
  LISTENERS_NOT_ISOLATED: 'T9',
  PRIORITY_TIE: { v1: 'T2', nginx: 'B-streams', gateway: 'T9' },
  ENTRY_POINT_OTHER: STREAM,
  ENTRY_POINT_UNKNOWN: 'T7',
  RULE_UNDECIDED: 'T4',
  MIDDLEWARE_MISSING: 'T7',
  MIDDLEWARE_NOT_EVALUATED: 'T7',
  CONFIGURATION_REJECTED: { v1: 'B6', f5: 'F-virtual-server' },
} as const satisfies Readonly<Record<keyof typeof ROUTE_REASONS, Cited>>;

/** Of each reason of `route`, the rule that it goes by where a dialect judges, and where that is written. */
export function citationsOf(dialect: DialectName): ReadonlyMap<string, Citation> {
  return citationsFrom(CITED, dialect);
}

/** Reasons of an answer, and the rule that each goes by. */
export type CitedReasons = Readonly<Record<string, Cited>>;

const tables = new WeakMap<CitedReasons, Map<Family, ReadonlyMap<string, Citation>>>();

/** The same of the reasons of another answer. */
export function citationsFrom(reasons: CitedReasons, dialect: DialectName): ReadonlyMap<string, Citation> {
  const family = FAMILY[dialect];
  const ofReasons = inMap(tables, reasons, () => new Map<Family, ReadonlyMap<string, Citation>>());
  return inMap(ofReasons, family, () => new Map(Object.entries(reasons).map(([reason, rule]) => [reason, citation(ruleOf(rule, family))])));
}

/** Of one that goes by the same rule in all of these dialects, that one; undefined: they differ. */
export function commonCitation(rule: Cited, dialects: readonly DialectName[]): Citation | undefined {
  const [number, ...others] = typeof rule === 'string' ? [rule] : new Set(dialects.map((dialect) => ruleOf(rule, FAMILY[dialect])));
  return number === undefined || others.length > 0 ? undefined : citation(number);
}

function ruleOf(rule: Cited, family: Family): RuleNumber {
  return typeof rule === 'string' ? rule : (rule[family] ?? rule.v1);
}

const citations = new Map<RuleNumber, Citation>();

/** A rule, and where it is written; the same object each time. */
export function citation(rule: RuleNumber): Citation {
  return inMap(citations, rule, () => ({ rule, source: RULE_SOURCES[rule] }));
}
