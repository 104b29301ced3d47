import {
  CILIUM_CLUSTER_LABEL,
  CILIUM_NAMESPACE_LABEL,
  CILIUM_NAMESPACE_LABELS,
  type CiliumRule,
  type CiliumSelector,
  type CiliumSpec,
} from '../../resources/cilium-policy.js';
import type { CiliumProfile } from '../../model/network-profile.js';
import { type IdentityLabels, identityLabels } from '../../resources/cilium-identity-label.js';
import { type LabelRequirement, requirementHolds } from '../../resources/label-selector.js';
import type { Labels } from '../../resources/resource.js';
import type { Direction } from './direction.js';
import type { AddressEndpoint, HostEndpoint, PodEndpoint } from './policy-endpoint.js';

/** The labels of an identity, each with its source: `k8s:app`, `reserved:host`, `node:role`. */
export type CiliumIdentity = Labels;

/** The label of an identity that names the pod's service account. */
export const SERVICE_ACCOUNT = 'io.cilium.k8s.policy.serviceaccount';
/** Where a label of any source is looked for. */
const SOURCES = ['k8s', 'reserved', 'node', 'cidr'] as const;

/** What the agent makes identities of. */
export interface IdentitySettings {
  readonly clusterName: string;
  /** Whether a label of a pod is part of its identity. */
  readonly carries: IdentityLabels;
}

const settingsOf = new WeakMap<CiliumProfile, IdentitySettings>();

/** Those of a profile. */
export function identitySettings(profile: CiliumProfile): IdentitySettings {
  let settings = settingsOf.get(profile);
  if (!settings) {
    settings = { clusterName: profile.clusterName, carries: identityLabels(profile.labels) };
    settingsOf.set(profile, settings);
  }
  return settings;
}

/** A pod's identity is its labels, its namespace and that one's labels, its service account, and its cluster, as far as the agent counts them. */
export function podIdentity(
  pod: Pick<PodEndpoint, 'labels' | 'namespace' | 'namespaceLabels' | 'serviceAccount'>,
  { clusterName, carries }: IdentitySettings,
): CiliumIdentity {
  const all: readonly (readonly [string, string])[] = [
    ...Object.entries(pod.labels),
    ...Object.entries(pod.namespaceLabels).map(([key, value]) => [`${CILIUM_NAMESPACE_LABELS}.${key}`, value] as const),
    [CILIUM_NAMESPACE_LABEL, pod.namespace],
    [SERVICE_ACCOUNT, pod.serviceAccount ?? 'default'],
    [CILIUM_CLUSTER_LABEL, clusterName],
  ];
  return Object.fromEntries(all.flatMap(([key, value]) => (carries(key) ? [[`k8s:${key}`, value] as const] : [])));
}

/** Addresses outside are the world; with both address families in the cluster each has a label of its own instead (cilium `pkg/labels/cidr.go` AddWorldLabel). */
export function worldIdentity({ address }: AddressEndpoint, apiServer: boolean, isDualStack: boolean): CiliumIdentity {
  const world = isDualStack ? `reserved:world-ipv${address.family}` : 'reserved:world';
  return { [world]: '', ...(apiServer ? { 'reserved:kube-apiserver': '' } : {}) };
}

/** To endpoints on it a node is `reserved:host`, to all others `reserved:remote-node`; its own labels have the source `node`. */
export function nodeIdentity({ labels }: HostEndpoint, local: boolean, apiServer: boolean): CiliumIdentity {
  const own = Object.entries(labels ?? {}).map(([key, value]) => [`node:${key}`, value] as const);
  const reserved = [local ? 'host' : 'remote-node', ...(apiServer ? ['kube-apiserver'] : [])];
  return Object.fromEntries([...own, ...reserved.map((name) => [`reserved:${name}`, ''] as const)]);
}

/** A node as the subject of a host policy: "it applies to labels associated with Nodes in the cluster" (intro.rst). */
export function hostIdentity({ labels }: HostEndpoint): CiliumIdentity {
  const own = Object.entries(labels ?? {}).map(([key, value]) => [`k8s:${key}`, value] as const);
  return Object.fromEntries([...own, ['reserved:host', ''] as const]);
}

/** Whether the selector matches the labels of an identity. A key with the source `any` is a label of whatever source. */
export function matchesIdentity(selector: CiliumSelector, identity: CiliumIdentity): boolean {
  return !selector.invalid && selector.requirements.every((requirement) => holds(requirement, identity));
}

/** The same labels, each that a key of whatever source finds under that key too: by these a selector asks for it as for any other. */
export function withAnySource(identity: CiliumIdentity): Labels {
  const found: Record<string, string> = {};
  for (const source of SOURCES.toReversed()) {
    for (const [key, value] of Object.entries(identity))
      if (key.startsWith(`${source}:`)) found[`any:${key.slice(source.length + 1)}`] = value;
  }
  return { ...identity, ...found };
}

/** The requirements that do not hold. */
export function unmetOf(selector: CiliumSelector, identity: CiliumIdentity): readonly LabelRequirement[] {
  return selector.requirements.filter((requirement) => !holds(requirement, identity));
}

function holds(requirement: LabelRequirement, identity: CiliumIdentity): boolean {
  const { key } = requirement;
  if (!key.startsWith('any:')) return requirementHolds(requirement, identity);
  const name = key.slice('any:'.length);
  const found = SOURCES.map((source) => `${source}:${name}`).find((one) => Object.hasOwn(identity, one));
  return requirementHolds(found === undefined ? requirement : { ...requirement, key: found }, identity);
}

/** Whether a selector tells nodes by where they stand: the own one from the others. */
export function tellsNodesApart({ requirements }: CiliumSelector): boolean {
  return requirements.some(({ key }) => /^(reserved|any):(host|remote-node)$/.test(key));
}

const hanging = new WeakMap<CiliumSpec, Record<Direction, boolean>>();

/** Whether a rule of the spec in that direction does; found out once, however many endpoints the spec selects. */
export function hangsOnNode(spec: CiliumSpec, direction: Direction): boolean {
  let found = hanging.get(spec);
  if (!found) {
    found = { egress: spec.egress.rules.some(namesOwnNode), ingress: spec.ingress.rules.some(namesOwnNode) };
    hanging.set(spec, found);
  }
  return found[direction];
}

function namesOwnNode({ peers }: CiliumRule): boolean {
  return (peers ?? []).some(
    (peer) =>
      (peer.type === 'entity' && (peer.entity === 'host' || peer.entity === 'remote-node')) ||
      peer.type === 'nodes' ||
      (peer.type === 'endpoints' && tellsNodesApart(peer.selector)),
  );
}

/** Whether a selector asks for service accounts. */
export function asksServiceAccount({ requirements }: CiliumSelector): boolean {
  return requirements.some(({ key }) => key.endsWith(`:${SERVICE_ACCOUNT}`));
}
