import { describeRef, type ObjectRef } from '../kernel/object-ref.js';
import type { ModelPod, NetworkModel } from '../model/network-model.js';
import { parseIp } from '../net/ip.js';
import type { Protocol } from '../net/protocol.js';
import type { DnsVerdict } from '../policy/dns-verdict.js';
import type { DirectionResult } from '../policy/policy-result.js';
import { type Finding, type FindingFix, findingOf } from './finding.js';
import { type Admission, admittingPatch, type AnyPolicy, type RulePeer } from './internal/admitting-patch.js';
import { placeOfPod } from './internal/pod-place.js';

/** A connection that policies refuse in a direction, and what a rule that admits it would say. */
interface Refusal {
  readonly code: 'DNS_EGRESS_DENIED' | 'POLICY_DENIED';
  readonly direction: 'egress' | 'ingress';
  readonly result: DirectionResult;
  readonly message: string;
  /** Where no policy can be named: the pod itself. */
  readonly fallback: ObjectRef;
  readonly peer: RulePeer | undefined;
  readonly ports: readonly { readonly protocol: Protocol; readonly port: number }[];
  readonly severity: 'error' | 'warning';
  /** The policy that is nearest to admitting it: `NetworkPolicy shop/api`. */
  readonly nearest?: string | undefined;
}

/** The queries of a pod to its name server that policies refuse, in each direction. */
export function dnsPolicyFindings(model: NetworkModel, pod: ModelPod, { protocols, server, pods }: DnsVerdict): readonly Finding[] {
  const directions = ['egress', 'ingress'] as const;
  return directions.flatMap((direction) => {
    const refused = protocols.filter((one) => one.verdict !== 'NO_ENDPOINT' && one.verdict !== 'ALLOWED' && !one[direction].allowed);
    const [first] = refused;
    if (!first) return [];
    const ports = refused.map(({ protocol, port }) => ({ protocol, port }));
    const over = ports.map(({ protocol, port }) => `${protocol} ${port}`).join(' and ');
    const several = first[direction].isolatedBy.length > 1;
    const way = direction === 'egress' ? `${several ? 'let' : 'lets'} no query out` : `${several ? 'do' : 'does'} not let it in`;
    const cost = refused.some(({ protocol }) => protocol === 'UDP')
      ? 'it resolves no names'
      : 'answers that do not fit into a packet are lost (RFC 7766)';
    return refusalFinding(model, {
      code: 'DNS_EGRESS_DENIED',
      direction,
      result: first[direction],
      message: `pod \`${pod.namespace}/${pod.name}\` may not ask ${server} over ${over}: ${policiesText(first[direction])} ${way}, and ${cost}`,
      fallback: pod.ref,
      peer: direction === 'egress' ? (pods ?? peerOfAddress(server)) : peerOfPod(model, pod),
      ports,
      severity: refused.some(({ protocol }) => protocol === 'UDP') ? 'error' : 'warning',
    });
  });
}

/** A packet that policies refuse on its way to an endpoint. */
export interface RefusedPath {
  readonly source: string;
  readonly target: string;
  readonly protocol: Protocol;
  readonly port: number;
  readonly egress: DirectionResult;
  readonly ingress: DirectionResult;
  /** What egress rules would have to name. */
  readonly destination: RulePeer | undefined;
  /** What ingress rules would have to name. */
  readonly sender: RulePeer | undefined;
  /** The policies that are nearest to admitting it. */
  readonly nearest: Readonly<Partial<Record<'egress' | 'ingress', string>>>;
  readonly fallback: ObjectRef;
}

/** The policies that refuse it, in each direction. */
export function dataPolicyFindings(model: NetworkModel, path: RefusedPath): readonly Finding[] {
  const { source, target, protocol, port, fallback } = path;
  const directions = ['egress', 'ingress'] as const;
  return directions.flatMap((direction) => {
    const result = path[direction];
    if (result.allowed) return [];
    const why = result.decidedBy.some(({ action }) => action === 'Deny') ? 'a rule denies it' : 'no rule admits it';
    const what = direction === 'egress' ? `${source} may not send to ${target}` : `${target} may not receive from ${source}`;
    return refusalFinding(model, {
      code: 'POLICY_DENIED',
      direction,
      result,
      message: `${what} over ${protocol} ${port}: ${policiesText(result)} ${result.isolatedBy.length > 1 ? 'decide' : 'decides'}, and ${why}`,
      fallback,
      peer: direction === 'egress' ? path.destination : path.sender,
      ports: [{ protocol, port }],
      severity: 'error',
      nearest: path.nearest[direction],
    });
  });
}

/** The pods of a pod's kind, as a rule names them. */
export function peerOfPod(model: NetworkModel, pod: ModelPod): RulePeer | undefined {
  const [ip] = pod.ips;
  if (pod.spec.hostNetwork) return ip && { ip: ip.value };
  return { namespace: pod.namespace, labels: placeOfPod(model, pod).labels };
}

/** An address, as a rule names it. */
export function peerOfAddress(text: string): RulePeer | undefined {
  const ip = parseIp(text);
  return ip && { ip };
}

/** `NetworkPolicy shop/default-deny`, `NetworkPolicy shop/default-deny and 2 others`. */
export function policiesText({ isolatedBy, decidedBy }: DirectionResult): string {
  const denying = decidedBy.filter(({ action }) => action === 'Deny').map(({ policy }) => policy);
  const [first = 'policies', ...others] = [...new Set([...denying, ...isolatedBy])];
  return others.length === 0 ? first : `${first} and ${others.length} other${others.length === 1 ? '' : 's'}`;
}

function refusalFinding(model: NetworkModel, refusal: Refusal): readonly Finding[] {
  const { code, direction, result, message, severity } = refusal;
  const denying = result.decidedBy.find(({ action }) => action === 'Deny');
  const [policy, ...others] = policiesOf(model, refusal, denying?.policy);
  return [
    findingOf({
      code,
      severity,
      object: policy?.ref ?? refusal.fallback,
      pointer: policy ? (denying?.pointer ?? `/spec/${direction}`) : '',
      message,
      related: others.map(({ ref }) => ({ object: ref, pointer: '' })),
      fix: policy && refusal.peer && fixIn(model, [policy, ...others], { ...refusal, peer: refusal.peer, deniedAt: denying?.pointer }),
    }),
  ];
}

/** The policies behind a refusal: the one that denies, or the nearest to admitting it, goes first. */
function policiesOf(model: NetworkModel, { result, nearest }: Refusal, denying: string | undefined): readonly AnyPolicy[] {
  const isolating = result.isolatedBy.flatMap((text) => policyNamed(model, text) ?? []);
  const first = denying ?? result.isolatedBy.find((text) => text === nearest);
  const named = first === undefined ? undefined : policyNamed(model, first);
  // Policies of the cluster refuse by a rule alone: where none denies, they have left it to the others.
  const rest = denying === undefined ? [...isolating.filter((one) => !isOfCluster(one)), ...isolating.filter(isOfCluster)] : isolating;
  return named ? [named, ...rest.filter((one) => one !== named)] : rest;
}

/** A rule in the first policy. Where no rule denies, it is enough if all that isolate stand in one tier, or if this one is known to be near. */
function fixIn(model: NetworkModel, [policy, ...others]: readonly AnyPolicy[], refusal: Refusal & Admission): FindingFix | undefined {
  if (!policy) return undefined;
  const deciding = others.filter((one) => !isOfCluster(one));
  const isEnough =
    refusal.deniedAt !== undefined ||
    describeRef(policy.ref) === refusal.nearest ||
    deciding.every((one) => tierOf(one) === tierOf(policy));
  const change = isEnough ? admittingPatch(model, policy, refusal) : undefined;
  if (!change) return undefined;
  const what = change.leaves ? `leave ${portsText(refusal.ports)} to the policies behind it` : `allow ${portsText(refusal.ports)}`;
  return { message: `let ${describeRef(policy.ref)} ${what}`, object: policy.ref, patch: change.patch, create: [] };
}

function isOfCluster({ kind }: AnyPolicy): boolean {
  return kind === 'AdminNetworkPolicy' || kind === 'BaselineAdminNetworkPolicy' || kind === 'ClusterNetworkPolicy';
}

/** Rules of one tier add up while none denies; Calico has NetworkPolicies in its tier `default`. */
function tierOf(policy: AnyPolicy): string {
  return policy.kind === 'CalicoNetworkPolicy' || policy.kind === 'GlobalNetworkPolicy' ? policy.tier : 'default';
}

function portsText(ports: Refusal['ports']): string {
  return ports.map(({ protocol, port }) => `${protocol} ${port}`).join(' and ');
}

const policiesByText = new WeakMap<NetworkModel, ReadonlyMap<string, AnyPolicy>>();

/** The policy that evidence calls by a text such as `NetworkPolicy shop/api`. */
function policyNamed(model: NetworkModel, text: string): AnyPolicy | undefined {
  const known = policiesByText.get(model) ?? policyTexts(model);
  policiesByText.set(model, known);
  return known.get(text);
}

function policyTexts({ networkPolicies, clusterPolicies, ciliumPolicies, calico }: NetworkModel): ReadonlyMap<string, AnyPolicy> {
  const all: readonly AnyPolicy[] = [...networkPolicies, ...clusterPolicies, ...ciliumPolicies, ...calico.policies];
  return new Map(all.map((policy) => [describeRef(policy.ref), policy]));
}
