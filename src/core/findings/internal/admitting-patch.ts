import { assertNever } from '../../kernel/assert-never.js';
import type { Json, JsonObject } from '../../kernel/json.js';
import type { PatchStep } from '../../kernel/patch-step.js';
import type { NetworkModel } from '../../model/network-model.js';
import { cidrOf, formatCidr } from '../../net/cidr.js';
import { familyBits, formatIp, type Ip } from '../../net/ip.js';
import type { Protocol } from '../../net/protocol.js';
import type { CalicoPolicy } from '../../resources/calico-policy.js';
import { CILIUM_NAMESPACE_LABEL, type CiliumPolicy } from '../../resources/cilium-policy.js';
import type { ClusterPolicy } from '../../resources/cluster-policy.js';
import type { NetworkPolicy } from '../../resources/network-policy.js';
import type { Labels } from '../../resources/resource.js';

/** A policy of any API. */
export type AnyPolicy = NetworkPolicy | ClusterPolicy | CiliumPolicy | CalicoPolicy;

/** The other side of a rule that would have to be there. */
export type RulePeer = { readonly namespace: string; readonly labels: Labels } | { readonly ip: Ip };

/** What a rule would have to admit. */
export interface Admission {
  readonly direction: 'egress' | 'ingress';
  readonly peer: RulePeer;
  readonly ports: readonly { readonly protocol: Protocol; readonly port: number }[];
  /** Pointer of the rule that denies it; undefined: no rule admits it. */
  readonly deniedAt: string | undefined;
}

/** A change of one policy after which it no longer refuses. */
export interface AdmittingPatch {
  readonly patch: readonly PatchStep[];
  /** `allow`; or `leave …`, to the policies that act after it. */
  readonly leaves: boolean;
}

const NAME_LABEL = 'kubernetes.io/metadata.name';

/**
 * The rule that a policy lacks, as a patch. Where rules add up (NetworkPolicy, Cilium) it is one more; where they act in their order (Calico, ClusterNetworkPolicy and
 * its forerunners) it stands before the one that denies. Undefined: the policy cannot name the peer, or denies whatever else allows.
 */
export function admittingPatch(model: NetworkModel, policy: AnyPolicy, admission: Admission): AdmittingPatch | undefined {
  switch (policy.kind) {
    case 'NetworkPolicy':
      return admission.deniedAt === undefined
        ? appended(policy[admission.direction].length, admission, kubernetesRule(admission))
        : undefined;
    case 'CiliumNetworkPolicy':
    case 'CiliumClusterwideNetworkPolicy':
      return ciliumPatch(model, policy, admission);
    case 'AdminNetworkPolicy':
    case 'BaselineAdminNetworkPolicy':
    case 'ClusterNetworkPolicy':
      return clusterPatch(model, policy, admission);
    case 'CalicoNetworkPolicy':
    case 'GlobalNetworkPolicy':
      return calicoPatch(policy, admission);
    default:
      return assertNever(policy);
  }
}

function appended(known: number, { direction }: Admission, rule: JsonObject): AdmittingPatch {
  const path = `/spec/${direction}`;
  const step = known === 0 ? { path, value: [rule] as Json } : { path: `${path}/-`, value: rule };
  return { patch: [{ op: 'add', ...step }], leaves: false };
}

function kubernetesRule({ direction, peer, ports }: Admission): JsonObject {
  return {
    [direction === 'egress' ? 'to' : 'from']: [kubernetesPeer(peer)],
    ports: ports.map(({ protocol, port }) => ({ protocol, port })),
  };
}

function kubernetesPeer(peer: RulePeer): Json {
  if ('ip' in peer) return { ipBlock: { cidr: blockOf(peer.ip) } };
  return {
    namespaceSelector: { matchLabels: { [NAME_LABEL]: peer.namespace } },
    ...(Object.keys(peer.labels).length > 0 ? { podSelector: { matchLabels: { ...peer.labels } } } : {}),
  };
}

function blockOf(ip: Ip): string {
  return formatCidr(cidrOf(ip, familyBits(ip.family)));
}

/** Whether a pod or node has the address: to Cilium and to ClusterNetworkPolicies these are no networks. */
function isOfCluster({ ipOwners }: NetworkModel, ip: Ip): boolean {
  return (ipOwners.get(formatIp(ip)) ?? []).some(({ type }) => type === 'pod' || type === 'node');
}

/** "Deny policies take precedence": no rule helps where one denies (cilium `Documentation/security/policy/deny.rst`). */
function ciliumPatch(model: NetworkModel, { specs }: CiliumPolicy, admission: Admission): AdmittingPatch | undefined {
  const { direction, peer, ports, deniedAt } = admission;
  const [spec, more] = specs;
  if (deniedAt !== undefined || !spec || more || spec.pointer !== '/spec') return undefined;
  const [endpoints, blocks] = direction === 'egress' ? ['toEndpoints', 'toCIDR'] : ['fromEndpoints', 'fromCIDR'];
  if ('ip' in peer && isOfCluster(model, peer.ip)) return undefined;
  const rule: JsonObject = {
    ...('ip' in peer
      ? { [blocks]: [blockOf(peer.ip)] }
      : { [endpoints]: [{ matchLabels: { [`k8s:${CILIUM_NAMESPACE_LABEL}`]: peer.namespace, ...peer.labels } }] }),
    toPorts: [{ ports: ports.map(({ protocol, port }) => ({ port: String(port), protocol })) }],
  };
  return appended(spec[direction].rules.filter(({ action }) => action === 'Accept').length, admission, rule);
}

/** Rules stand by their index: what is put in at that of the one that denies acts before it. */
function inserted({ direction }: Admission, place: number, known: number, rules: readonly JsonObject[]): readonly PatchStep[] {
  const path = `/spec/${direction}`;
  if (known === 0) return [{ op: 'add', path, value: rules }];
  return rules.map((value, index): PatchStep => ({ op: 'add', path: `${path}/${place + index}`, value }));
}

function placeOf(pointer: string | undefined): number | undefined {
  const [, index] = /^\/spec\/(?:ingress|egress)\/(\d+)$/.exec(pointer ?? '') ?? [];
  return index === undefined ? undefined : Number(index);
}

/**
 * A tier before NetworkPolicies leaves the connection to them (`Pass`), instead of taking the decision from whoever writes them; there is nothing behind the baseline
 * (network-policy-api `apis/v1alpha1`, `apis/v1alpha2`).
 */
function clusterPatch(model: NetworkModel, policy: ClusterPolicy, admission: Admission): AdmittingPatch | undefined {
  const { direction, peer, ports, deniedAt } = admission;
  const place = placeOf(deniedAt);
  const named = clusterPeer(model, peer, direction);
  if (place === undefined || !named) return undefined;
  const isNew = policy.kind === 'ClusterNetworkPolicy';
  const leaves = policy.tier === 'Admin';
  const rule: JsonObject = {
    action: leaves ? 'Pass' : isNew ? 'Accept' : 'Allow',
    [direction === 'egress' ? 'to' : 'from']: [named],
    ...(isNew
      ? { protocols: ports.map(({ protocol, port }) => ({ [protocol.toLowerCase()]: { destinationPort: { number: port } } })) }
      : { ports: ports.map(({ protocol, port }) => ({ portNumber: { protocol, port } })) }),
  };
  return { patch: inserted(admission, place, policy[direction].length, [rule]), leaves };
}

/** Only egress rules name networks. */
function clusterPeer(model: NetworkModel, peer: RulePeer, direction: Admission['direction']): JsonObject | undefined {
  if ('ip' in peer) return direction === 'egress' && !isOfCluster(model, peer.ip) ? { networks: [blockOf(peer.ip)] } : undefined;
  const namespaceSelector = { matchLabels: { [NAME_LABEL]: peer.namespace } };
  return { pods: { namespaceSelector, podSelector: { matchLabels: { ...peer.labels } } } };
}

/** The tier that every policy is in which names none, and where NetworkPolicies act. */
const DEFAULT_TIER = 'default';

/** A tier before the default one leaves the connection to those behind it (docs.tigera.io, Calico policy: "Pass"). */
function calicoPatch(policy: CalicoPolicy, admission: Admission): AdmittingPatch {
  const { direction, ports, deniedAt } = admission;
  const leaves = policy.tier !== DEFAULT_TIER;
  const protocols = [...new Set(ports.map(({ protocol }) => protocol))];
  const rules = protocols.map((protocol) => {
    const numbers = { ports: ports.filter((one) => one.protocol === protocol).map(({ port }) => port) };
    const peer = calicoEntity(admission.peer);
    const entities: JsonObject = direction === 'egress' ? { destination: { ...peer, ...numbers } } : { source: peer, destination: numbers };
    return { action: leaves ? 'Pass' : 'Allow', protocol, ...entities };
  });
  return { patch: inserted(admission, placeOf(deniedAt) ?? 0, policy[direction].length, rules), leaves };
}

function calicoEntity(peer: RulePeer): JsonObject {
  if ('ip' in peer) return { nets: [blockOf(peer.ip)] };
  const labels = Object.entries(peer.labels).map(([key, value]) => `${key} == '${value}'`);
  return {
    namespaceSelector: `${NAME_LABEL} == '${peer.namespace}'`,
    selector: labels.length === 0 ? 'all()' : labels.join(' && '),
  };
}
