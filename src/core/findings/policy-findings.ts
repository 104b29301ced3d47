import type { Json, JsonObject } from '../kernel/json.js';
import { describeRef, type ObjectRef } from '../kernel/object-ref.js';
import type { ModelPod, NetworkModel } from '../model/network-model.js';
import { cidrOf, formatCidr } from '../net/cidr.js';
import { familyBits, type Ip, parseIp } from '../net/ip.js';
import type { Protocol } from '../net/protocol.js';
import type { DnsVerdict } from '../policy/dns-verdict.js';
import type { DirectionResult } from '../policy/policy-result.js';
import { CILIUM_NAMESPACE_LABEL, type CiliumNetworkPolicy } from '../resources/cilium-policy.js';
import type { Labels } from '../resources/resource.js';
import type { NetworkPolicy } from '../resources/network-policy.js';
import { type Finding, type FindingFix, findingOf } from './finding.js';
import { placeOfPod } from './internal/pod-place.js';

/** The other side of a rule that would have to be there. */
export type RulePeer = { readonly namespace: string; readonly labels: Labels } | { readonly ip: Ip };

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
  const nearest = result.isolatedBy.find((text) => text === refusal.nearest);
  const first = denying?.policy ?? nearest;
  const named = [...new Set([...(first === undefined ? [] : [first]), ...result.isolatedBy])].flatMap(
    (text) => policyNamed(model, text) ?? [],
  );
  const [policy] = named;
  const mendable = denying === undefined && result.isolatedBy.every((text) => ADDITIVE.test(text));
  return [
    findingOf({
      code,
      severity,
      object: policy?.ref ?? refusal.fallback,
      pointer: policy ? (denying?.pointer ?? `/spec/${direction}`) : '',
      message,
      related: named.slice(1).map(({ ref }) => ({ object: ref, pointer: '' })),
      fix: mendable && policy && refusal.peer ? admitted(policy, refusal, refusal.peer) : undefined,
    }),
  ];
}

type AnyPolicy =
  | NetworkModel['networkPolicies'][number]
  | NetworkModel['clusterPolicies'][number]
  | NetworkModel['ciliumPolicies'][number]
  | NetworkModel['calico']['policies'][number];

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

/** Policies whose rules add up while none denies: one more in any of those that isolate is enough (NetworkPolicy; cilium Documentation/security/policy/intro.rst). */
const ADDITIVE = /^(?:NetworkPolicy|CiliumNetworkPolicy) /;

function admitted(policy: AnyPolicy, refusal: Refusal, peer: RulePeer): FindingFix | undefined {
  if (policy.ref.apiVersion === 'networking.k8s.io/v1' && policy.kind === 'NetworkPolicy') return admit(policy, refusal, peer);
  return policy.kind === 'CiliumNetworkPolicy' && 'namespace' in peer ? admitCilium(policy, refusal, peer) : undefined;
}

/** Addresses of nodes are no CIDR to Cilium, so that pods alone can be named. */
function admitCilium(
  policy: CiliumNetworkPolicy,
  { direction, ports }: Refusal,
  peer: Extract<RulePeer, { labels: Labels }>,
): FindingFix | undefined {
  const [spec, more] = policy.specs;
  if (!spec || more || spec.pointer !== '/spec') return undefined;
  const matchLabels = { [`k8s:${CILIUM_NAMESPACE_LABEL}`]: peer.namespace, ...peer.labels };
  const rule: JsonObject = {
    [direction === 'egress' ? 'toEndpoints' : 'fromEndpoints']: [{ matchLabels }],
    toPorts: [{ ports: ports.map(({ protocol, port }) => ({ port: String(port), protocol })) }],
  };
  const path = `/spec/${direction}`;
  const step = spec[direction].rules.some(({ action }) => action === 'Accept')
    ? { path: `${path}/-`, value: rule }
    : { path, value: [rule] as Json };
  return {
    message: `let ${describeRef(policy.ref)} allow ${portsText(ports)}`,
    object: policy.ref,
    patch: [{ op: 'add', ...step }],
    create: [],
  };
}

function portsText(ports: Refusal['ports']): string {
  return ports.map(({ protocol, port }) => `${protocol} ${port}`).join(' and ');
}

function admit(policy: NetworkPolicy, { direction, ports }: Refusal, peer: RulePeer): FindingFix {
  const rule: JsonObject = {
    [direction === 'egress' ? 'to' : 'from']: [peerJson(peer)],
    ports: ports.map(({ protocol, port }) => ({ protocol, port })),
  };
  const path = `/spec/${direction}`;
  const step = policy[direction].length === 0 ? { path, value: [rule] as Json } : { path: `${path}/-`, value: rule };
  return {
    message: `let ${describeRef(policy.ref)} allow ${portsText(ports)}`,
    object: policy.ref,
    patch: [{ op: 'add', ...step }],
    create: [],
  };
}

function peerJson(peer: RulePeer): Json {
  if ('ip' in peer) return { ipBlock: { cidr: formatCidr(cidrOf(peer.ip, familyBits(peer.ip.family))) } };
  return {
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': peer.namespace } },
    ...(Object.keys(peer.labels).length > 0 ? { podSelector: { matchLabels: { ...peer.labels } } } : {}),
  };
}
