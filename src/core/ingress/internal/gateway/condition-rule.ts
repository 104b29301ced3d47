import type { Condition } from '../../gateway-status-result.js';
import type { RuleNumber } from '../rule-sources.js';

/** What a condition is about: the object itself, one of its listeners, or its attachment to a parent. */
export type ConditionStage = 'object' | 'listener' | 'parent';

type Conditional = Pick<Condition, 'type' | 'reason'>;

/** Reasons that have a rule of their own, whatever condition gives them. */
const BY_REASON: Readonly<Record<string, RuleNumber>> = {
  AddressNotAssigned: 'G43',
  AddressNotUsable: 'G43',
  UnsupportedAddress: 'G43',
  InvalidRouteKinds: 'G6',
  NotAllowedByListeners: 'G5',
  NoMatchingListenerHostname: 'G10',
  NoValidCACertificate: 'G42',
};

const OF_LISTENER: Readonly<Record<string, RuleNumber>> = { ResolvedRefs: 'G28', OverlappingTLSConfig: 'G47' };
const OF_GATEWAY: Readonly<Record<string, RuleNumber>> = { ResolvedRefs: 'G28', InsecureFrontendValidationMode: 'G42' };
const OF_PARENT: Readonly<Record<string, RuleNumber>> = { ResolvedRefs: 'G28', PartiallyInvalid: 'G48' };

/** The rule by which an object of a kind has a condition. */
export function conditionRule(kind: string, stage: ConditionStage, { type, reason }: Conditional): RuleNumber {
  if (kind === 'GatewayClass') return 'G1';
  if (kind === 'BackendTLSPolicy') return 'G41';
  const own = BY_REASON[reason];
  if (own !== undefined) return own;
  if (stage === 'listener') return OF_LISTENER[type] ?? 'G3';
  if (stage === 'parent') return OF_PARENT[type] ?? 'G7';
  return OF_GATEWAY[type] ?? (kind === 'ListenerSet' ? 'G4' : 'G3');
}
