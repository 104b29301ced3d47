import type { GATEWAY_STATUS_REASONS } from '../gateway-status-result.js';
import type { RouteLintCodeName } from '../route-lint-codes.js';
import type { TRAEFIK_RULE_REASONS } from '../traefik-rule-result.js';
import { CERTIFICATE, type Cited, type CitedReasons, CLASS, CONFLICT, ENDPOINTS, PATTERN, SERVICE } from './citations.js';

/** Which rule each reason of `ingress-class` goes by. */
export const CITED_BY_CLASS = {
  CLASS_BY_ANNOTATION: CLASS,
  CLASS_BY_FIELD: CLASS,
  CLASS_DEFAULTED: 'A2',
  CLASS_NONE: CLASS,
  FIELD_OVERRIDDEN: CLASS,
  ANNOTATION_OVERRIDDEN: CLASS,
  DEFAULT_CLASS: 'A2',
  OLDER: 'A2',
  NAME_LATER: 'A2',
  NO_DEFAULT_CLASS: 'A2',
  STATUS_WRITTEN: 'A-status',
  CLASS_DEFINED: CLASS,
  CLASS_NOT_TAKEN: CLASS,
  CLASS_NOT_DEFINED: CLASS,
  NO_CLASSES_KNOWN: CLASS,
} as const satisfies CitedReasons;

/** The same of `traefik-rule`. */
export const CITED_BY_RULE = {
  RULE_REFUSED: 'T4',
  RULE_READ: 'T4',
  RULE_SERVES: 'T2',
  RULE_FAILS: 'T4',
  RULE_UNKNOWN: 'T4',
  LOWER_PRIORITY: 'T2',
  LATER_PROVIDER: 'T2',
  SAME_RANK: 'T2',
  BEHIND_UNKNOWN: 'T2',
  PART_HOLDS: 'T4',
  PART_FAILS: 'T4',
  PART_UNKNOWN: 'T4',
} as const satisfies Readonly<Record<keyof typeof TRAEFIK_RULE_REASONS, Cited>>;

/** The same of `gateway-status`, but for conditions, which `conditionRule` tells apart. */
export const CITED_BY_STATUS = {
  API_SERVER_REFUSES: 'G-validation',
  CLASS_MISSING: 'G1',
  PARENT_MISSING: 'G7',
  PARENT_NOT_MODELLED: 'G7',
  PARAMETERS_UNKNOWN: 'G1',
  SERVICE_IMPORT_TAKEN: 'G28',
  ADDRESS_TYPE_UNKNOWN: 'G43',
  MORE_DEFAULT_GATEWAYS: 'G7',
  PROTOCOL_UNKNOWN: 'G14',
  NO_PARENT: 'G7',
  ADDRESS_TAKEN_AS_USABLE: 'G43',
  MORE_ANCESTORS: 'G41',
  NOT_USED: 'G41',
  STATE_VALID: 'F',
  STATE_WARNING: 'F',
  STATE_INVALID: 'F',
  CLASS_NOT_SERVED: 'F',
  CLAIM_OPEN: 'F',
} as const satisfies Readonly<Record<Exclude<keyof typeof GATEWAY_STATUS_REASONS, `CONDITION_${string}`>, Cited>>;

const RANK = { v1: 'A8', nginx: 'B8', traefik: 'T2', f5: 'F-configuration', gateway: '6.3' } as const;

/** The same of the codes of `route-lint`. */
export const CITED_BY_LINT = {
  'ING-INVALID': { v1: 'A-validation', f5: 'F', gateway: 'G16' },
  'ING-CONFIGURATION-REJECTED': 'B6',
  'ING-REFUSED': { v1: 'A-validation', gateway: 'G-validation' },
  'ING-DEFAULT-CLASSES': 'A2',
  'ING-WEBHOOK-REFUSES': 'B6',
  'ING-CLASS-NOT-HANDLED': CLASS,
  'ING-NOT-ATTACHED': 'G7',
  'ING-LISTENER-NOT-SERVED': 'G3',
  'ING-RULE-IGNORED': { v1: 'A9', nginx: 'B22', traefik: 'T6', f5: 'F', gateway: 'G16' },
  'ING-SHADOWED': RANK,
  'ING-UNDECIDED': RANK,
  'ING-CONFLICT': { ...CONFLICT, gateway: 'G19' },
  'ING-CONFLICT-UNDEFINED': { ...CONFLICT, gateway: 'G19' },
  'ING-SERVICE-MISSING': SERVICE,
  'ING-PORT-MISSING': SERVICE,
  'ING-NO-ENDPOINTS': ENDPOINTS,
  'ING-BACKEND-REFUSED': 'G28',
  'ING-MIDDLEWARE-MISSING': 'T7',
  'ING-TLS-OPTION-MISSING': 'T7',
  'ING-SECRET-MISSING': CERTIFICATE,
  'ING-SECRET-WITHOUT-CERTIFICATE': CERTIFICATE,
  'ING-ANNOTATION-NOT-MODELLED': 'B24',
  'ING-ANNOTATION-UNSUPPORTED': 'T8',
  'ING-PATTERN-UNSUPPORTED': PATTERN,
  'ING-PATTERN-BACKTRACKS': 'B9',
} as const satisfies Readonly<Record<RouteLintCodeName, Cited>>;
