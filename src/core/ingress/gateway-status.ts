import type { Answer } from '../kernel/answer.js';
import { assertNever } from '../kernel/assert-never.js';
import { didYouMeanHint } from '../kernel/did-you-mean.js';
import { Trail } from '../kernel/evidence.js';
import { describeRef, qualifiedName } from '../kernel/object-ref.js';
import { type Problem, problem } from '../kernel/problem.js';
import { err, ok, type Result } from '../kernel/result.js';
import type { NetworkModel } from '../model/network-model.js';
import type { BackendTLSPolicy, Gateway, GatewayClass, ListenerSet } from '../resources/gateway.js';
import type { GatewayRoute } from '../resources/gateway-route.js';
import type { Condition, GatewayStatusResult, GatewayStatusVerdict } from './gateway-status-result.js';
import { CITED_BY_STATUS } from './internal/answer-citations.js';
import { citation, citationsFrom } from './internal/citations.js';
import { conditionRule, type ConditionStage } from './internal/gateway/condition-rule.js';
import { aboutGeneration } from './internal/gateway/conditions.js';
import {
  classStatus,
  gatewayStatus,
  listenerSetStatus,
  type ObjectStatus,
  policyStatus,
  routeStatus,
} from './internal/gateway/object-status.js';

/** Kinds whose status is worked out. */
export const GATEWAY_STATUS_KINDS = [
  'GatewayClass',
  'Gateway',
  'ListenerSet',
  'HTTPRoute',
  'GRPCRoute',
  'TLSRoute',
  'TCPRoute',
  'UDPRoute',
  'BackendTLSPolicy',
] as const;

/** An object of the Gateway API. */
export type GatewayObject = GatewayClass | Gateway | ListenerSet | GatewayRoute | BackendTLSPolicy;

/** Which object is asked about. */
export interface GatewayStatusQuestion {
  readonly kind: (typeof GATEWAY_STATUS_KINDS)[number];
  /** Undefined for a GatewayClass. */
  readonly namespace: string | undefined;
  readonly name: string;
}

/**
 * The status that a controller would write for an object of the Gateway API, by the text of the specification and from the stored objects alone: every
 * GatewayClass is taken to have a controller that does what the text says. Fails with `unknown-object`. Source: kubernetes-sigs/gateway-api `apis/v1`.
 */
export function statusOfGatewayObject(
  model: NetworkModel,
  question: GatewayStatusQuestion,
): Result<Answer<GatewayStatusVerdict, GatewayStatusResult>, Problem> {
  const object = find(model, question);
  if (!object) return err(unknown(model, question));
  const status = statusOf(model, object);
  const { trail, result } = {
    trail: new Trail(citationsFrom(CITED_BY_STATUS, 'gateway-api')),
    result: aboutGeneration(status.result, object.generation),
  };
  for (const { pointer, message } of object.refused)
    trail.add({ stage: 'object', outcome: 'no-match', reason: REFUSES, message: refusalText(message), object: object.ref, pointer });
  for (const { reason, message } of status.remarks) {
    trail.add({ stage: 'parent', outcome: 'no-match', reason, message, object: object.ref });
  }
  for (const { code, message } of status.assumptions) {
    trail.add({ stage: 'parent', outcome: 'info', reason: code, message, object: object.ref });
  }
  show(trail, object, result);
  const verdict = verdictOf(status);
  return ok({
    verdict,
    summary: summaryOf(object, result, verdict, status.remarks[0]?.message ?? status.assumptions[0]?.message),
    result,
    evidence: trail.list(),
    assumptions: status.assumptions,
    warnings: object.refused.map(({ pointer, message }) => ({ code: REFUSES, message: `${pointer}: ${refusalText(message)}` })),
    confidence: status.assumptions.length === 0 ? 'CERTAIN' : status.handled ? 'ASSUMED' : 'INSUFFICIENT_INFO',
    enforcement: null,
  });
}

const REFUSES = 'API_SERVER_REFUSES';

function refusalText(message: string): string {
  return `the API server refuses the object: ${message}`;
}

function statusOf(model: NetworkModel, object: GatewayObject) {
  switch (object.kind) {
    case 'GatewayClass':
      return classStatus(model, object);
    case 'Gateway':
      return gatewayStatus(model, object);
    case 'ListenerSet':
      return listenerSetStatus(model, object);
    case 'BackendTLSPolicy':
      return policyStatus(model, object);
    case 'HTTPRoute':
    case 'GRPCRoute':
    case 'TLSRoute':
    case 'TCPRoute':
    case 'UDPRoute':
      return routeStatus(model, object);
    default:
      return assertNever(object);
  }
}

function objectsOf({ gatewayApi }: NetworkModel, kind: GatewayStatusQuestion['kind']): readonly GatewayObject[] {
  switch (kind) {
    case 'GatewayClass':
      return [...gatewayApi.classes.values()];
    case 'Gateway':
      return [...gatewayApi.gateways.values()];
    case 'ListenerSet':
      return [...gatewayApi.listenerSets.values()];
    case 'BackendTLSPolicy':
      return gatewayApi.backendPolicies;
    case 'HTTPRoute':
    case 'GRPCRoute':
    case 'TLSRoute':
    case 'TCPRoute':
    case 'UDPRoute':
      return gatewayApi.routes.filter((route) => route.kind === kind);
    default:
      return assertNever(kind);
  }
}

function find(model: NetworkModel, { kind, namespace, name }: GatewayStatusQuestion): GatewayObject | undefined {
  return objectsOf(model, kind).find(({ ref }) => ref.namespace === namespace && ref.name === name);
}

function unknown(model: NetworkModel, { kind, namespace, name }: GatewayStatusQuestion): Problem {
  const asked = qualifiedName(namespace === undefined ? { name } : { namespace, name });
  const known = objectsOf(model, kind).map(({ ref }) => qualifiedName(ref));
  const hint = didYouMeanHint(asked, known);
  return problem('unknown-object', `no ${kind} \`${asked}\``, hint === undefined ? {} : { hint });
}

/** Every condition is a step: of the object, of each listener, of each parent. */
function show(trail: Trail, { kind, ref }: GatewayObject, { conditions, listeners, parents }: GatewayStatusResult): void {
  const add = (stage: ConditionStage, condition: Condition, about: string, pointer?: string) => {
    const good = isGood(condition);
    const reason = condition.status === 'True' ? 'CONDITION_HOLDS' : 'CONDITION_FAILS';
    const message = `${about}${condition.type} is ${condition.status} (${condition.reason}): ${condition.message}`;
    const cites = citation(conditionRule(kind, stage, condition));
    trail.add({ stage, outcome: good ? 'match' : 'no-match', reason, message, object: ref, pointer, provenance: 'derived', cites });
  };
  for (const condition of conditions) add('object', condition, '');
  for (const { name, pointer, conditions: own } of listeners ?? []) {
    for (const condition of own) add('listener', condition, `listener \`${name}\`: `, pointer);
  }
  for (const parent of parents ?? []) {
    for (const condition of parent.conditions) add('parent', condition, `${parent.kind} ${parent.namespace}/${parent.name}: `);
  }
}

/** Of these types it is bad news that the condition holds. */
const BAD_NEWS: ReadonlySet<string> = new Set(['Conflicted', 'OverlappingTLSConfig', 'PartiallyInvalid', 'InsecureFrontendValidationMode']);

function isGood({ type, status }: Condition): boolean {
  return (status === 'True') !== BAD_NEWS.has(type);
}

function verdictOf({ result: { conditions, listeners, parents }, handled, remarks }: ObjectStatus): GatewayStatusVerdict {
  if (!handled) return 'NOT_HANDLED';
  const parts = [...(listeners ?? []), ...(parents ?? [])];
  const all = [...conditions, ...parts.flatMap((part) => part.conditions)];
  if (all.every((condition) => isGood(condition) && condition.reason !== 'ListenersNotValid'))
    return remarks.length === 0 ? 'ACCEPTED' : 'PARTLY';
  const accepted = (list: readonly Condition[]) => list.some(({ type, status }) => type === 'Accepted' && status === 'True');
  return accepted(conditions) || (parents ?? []).some((parent) => accepted(parent.conditions)) ? 'PARTLY' : 'REFUSED';
}

function summaryOf(
  { ref }: GatewayObject,
  { conditions, listeners, parents }: GatewayStatusResult,
  verdict: GatewayStatusVerdict,
  remark: string | undefined,
): string {
  const name = describeRef(ref);
  if (verdict === 'ACCEPTED') return `${name} is accepted, and every reference of it is resolved`;
  if (verdict === 'NOT_HANDLED') return `${name} is not handled: ${remark ?? 'no controller serves it'}`;
  const all = [...conditions, ...[...(listeners ?? []), ...(parents ?? [])].flatMap((part) => part.conditions)];
  const first = all.find((condition) => !isGood(condition) || condition.reason === 'ListenersNotValid');
  const why = first ? `: ${first.type} is ${first.status} (${first.reason}), ${first.message}` : remark === undefined ? '' : `: ${remark}`;
  return `${name} is ${verdict === 'PARTLY' ? 'accepted in part' : 'refused'}${why}`;
}
