import { didYouMeanHint } from '../../kernel/did-you-mean.js';
import { CILIUM_NAMESPACE_LABEL, CILIUM_NAMESPACE_LABELS, type CiliumSelector } from '../cilium-policy.js';
import { isIdentityRelevant } from '../cilium-identity-label.js';
import type { LabelRequirement, LabelSelector } from '../label-selector.js';
import type { ObjectReader } from './object-reader.js';
import { readLabelSelector } from './read-label-selector.js';

const NAMESPACE = `k8s:${CILIUM_NAMESPACE_LABEL}`;
const INIT = 'reserved:init';
const REMOTE_NODE = 'reserved:remote-node';
/** The reserved labels (cilium/cilium `pkg/labels/labels.go`). */
const RESERVED: readonly string[] = [
  'host',
  'world',
  'world-ipv4',
  'world-ipv6',
  'unmanaged',
  'health',
  'init',
  'remote-node',
  'kube-apiserver',
  'ingress',
  'none',
];

/** Selects nothing. */
export const NOBODY: CiliumSelector = { requirements: [], invalid: true };

/**
 * Reads an `EndpointSelector`: a label selector whose keys may begin with the source of the label and a colon, `k8s:app`; without one, a label of any source is
 * meant (cilium/cilium `pkg/labels/labels.go`, `GetExtendedKeyFrom`).
 */
export function readCiliumSelector(reader: ObjectReader): CiliumSelector {
  const { requirements, invalid }: LabelSelector = readLabelSelector(reader, (key) => split(key).name);
  const canonical = requirements.map((requirement) => ({ ...requirement, key: canonicalKey(requirement.key) }));
  for (const { key } of canonical) {
    checkReserved(reader, key);
    checkRelevant(reader, key);
  }
  return { requirements: canonical, invalid };
}

/** Reads the selector of a field; undefined where it is not set. What is no object selects nothing. */
export function readCiliumSelectorAt(reader: ObjectReader, field: string): CiliumSelector | undefined {
  if (!reader.has(field)) return undefined;
  const object = reader.object(field);
  return object ? readCiliumSelector(object) : NOBODY;
}

/**
 * Where a peer's selector looks: in a CiliumNetworkPolicy the own namespace unless it names a namespace or labels of namespaces, in a clusterwide one every pod,
 * and no namespace at all for reserved labels (`pkg/k8s/apis/cilium.io/utils/utils.go`, `getEndpointSelector`).
 */
export function scopedToNamespace(selector: CiliumSelector, namespace: string | undefined, subject: CiliumSelector): CiliumSelector {
  const keys = selector.requirements.map(({ key }) => key);
  if (keys.some((key) => key.startsWith('reserved:'))) return selector;
  if (keys.includes(NAMESPACE) || keys.includes(`any:${CILIUM_NAMESPACE_LABEL}`)) return selector;
  if (namespace === undefined) {
    const initialises = subject.requirements.some(({ key }) => key === INIT);
    return initialises ? selector : withRequirement(selector, { key: NAMESPACE, operator: 'Exists', values: [] });
  }
  const named = keys.some((key) => key.startsWith(`k8s:${CILIUM_NAMESPACE_LABELS}`) || key.startsWith(`any:${CILIUM_NAMESPACE_LABELS}`));
  return named ? selector : withRequirement(selector, inNamespace(namespace));
}

/** "This is an extension of the remote-node entity" (layer3.rst): the own node is never meant (`pkg/policy/utils/helpers.go`, `getNodeSelector`). */
export function ofRemoteNodes(selector: CiliumSelector): CiliumSelector {
  return withRequirement(selector, { key: REMOTE_NODE, operator: 'Exists', values: [] });
}

/** "The endpointSelector always applies to pods in the namespace associated with the CiliumNetworkPolicy" (kubernetes.rst). */
export function ofNamespace(selector: CiliumSelector, namespace: string, reader: ObjectReader, field: string): CiliumSelector {
  const others = selector.requirements.filter(({ key, operator, values }) => key !== NAMESPACE || operator !== 'In' || values.length > 1);
  const own = inNamespace(namespace);
  const foreign = selector.requirements.some(
    ({ key, operator, values }) => key === NAMESPACE && operator === 'In' && values.length === 1 && values[0] !== namespace,
  );
  if (foreign) {
    const message = `an endpointSelector applies in the namespace of its policy, \`${namespace}\`: what it says of namespaces is ignored`;
    reader.warn('invalid-value', field, message);
  }
  return { ...selector, requirements: [...others, own] };
}

function inNamespace(namespace: string): LabelRequirement {
  return { key: NAMESPACE, operator: 'In', values: [namespace] };
}

function withRequirement(selector: CiliumSelector, requirement: LabelRequirement): CiliumSelector {
  return { ...selector, requirements: [...selector.requirements, requirement] };
}

/** `k8s:app` → k8s, app; `$host` and `reserved.host` are reserved labels too. */
function split(key: string): { readonly source: string; readonly name: string } {
  if (key.startsWith('$')) return { source: 'reserved', name: key.slice(1) };
  const colon = key.indexOf(':');
  if (colon >= 0) return { source: key.slice(0, colon) || 'any', name: key.slice(colon + 1) };
  return key.startsWith('reserved.') ? { source: 'reserved', name: key.slice('reserved.'.length) } : { source: 'any', name: key };
}

function canonicalKey(key: string): string {
  const { source, name } = split(key);
  return `${source}:${name}`;
}

/** Of pods; nodes have all of their labels, and are selected elsewhere. */
function checkRelevant(reader: ObjectReader, key: string): void {
  const { source, name } = split(key);
  if ((source !== 'any' && source !== 'k8s') || name === CILIUM_NAMESPACE_LABEL || isIdentityRelevant(name)) return;
  if (/\/(nodeSelector|(from|to)Nodes\/\d+)$/.test(reader.pointer)) return;
  const message = `\`${name}\` is no part of identities unless the agent's \`labels\` say so: no endpoint carries it`;
  reader.findings.report('warning', 'label-not-relevant', reader.pointer, message);
}

function checkReserved(reader: ObjectReader, key: string): void {
  if (!key.startsWith('reserved:')) return;
  const name = key.slice('reserved:'.length);
  if (RESERVED.includes(name)) return;
  const message = `\`${key}\` is no reserved label: nothing carries it`;
  reader.findings.report('warning', 'invalid-value', reader.pointer, message, didYouMeanHint(name, RESERVED));
}
