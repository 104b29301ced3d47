import { didYouMeanHint } from '../kernel/did-you-mean.js';
import type { ObjectRef } from '../kernel/object-ref.js';
import type { ObjectReader } from './internal/object-reader.js';
import { readLabelSelector } from './internal/read-label-selector.js';
import { readPolicyPeer } from './internal/read-policy-peer.js';
import { readPolicyPort } from './internal/read-policy-port.js';
import { readResource } from './internal/read-resource.js';
import { EVERYTHING, type LabelSelector } from './label-selector.js';
import type { NetworkPolicy, PolicyRule } from './network-policy.js';
import type { Resource } from './resource.js';

/** Fields of a NetworkPolicySpec. */
export const POLICY_FIELDS: ReadonlySet<string> = new Set(['egress', 'ingress', 'podSelector', 'policyTypes']);
const NOTHING: LabelSelector = { requirements: [], invalid: true };
const TYPES = ['Ingress', 'Egress'] as const;

/**
 * Reads a NetworkPolicy of `networking.k8s.io/v1` or `extensions/v1beta1`, which have the same shape. Semantics of absent fields:
 * kubernetes/api `networking/v1/types.go`. What the API server refuses is reported as an error and matches nothing.
 */
export function normaliseNetworkPolicy(root: ObjectReader, ref: ObjectRef): NetworkPolicy {
  if (!root.has('spec')) root.error('missing-field', 'spec', 'a NetworkPolicy needs a spec');
  const spec = root.object('spec') ?? root.empty('spec');
  spec.expectOnly(POLICY_FIELDS);
  return { ...readResource(root, ref), ...networkPolicyBody(spec, ref) };
}

/** What a spec says of a NetworkPolicy. */
export function networkPolicyBody(spec: ObjectReader, ref: ObjectRef): Omit<NetworkPolicy, keyof Resource> {
  const types = readTypes(spec);
  return {
    kind: 'NetworkPolicy',
    namespace: ref.namespace ?? 'default',
    podSelector: readSubject(spec),
    ingressIsolation: types.includes('Ingress'),
    egressIsolation: types.includes('Egress'),
    ingress: readRules(spec, 'ingress', 'from'),
    egress: readRules(spec, 'egress', 'to'),
  };
}

/** A missing selector is the empty one and selects every pod of the namespace; one of the wrong type selects none. */
function readSubject(spec: ObjectReader): LabelSelector {
  const selector = spec.object('podSelector');
  if (selector) return readLabelSelector(selector);
  return spec.has('podSelector') ? NOTHING : EVERYTHING;
}

/** Unset or empty: Ingress always, Egress when there are egress rules. Types of which none can be read are both: they were written to isolate. */
function readTypes(spec: ObjectReader): readonly string[] {
  const before = spec.findings.errors;
  const given = spec.texts('policyTypes');
  if (given.length === 0 && spec.findings.errors === before) return spec.default('policyTypes', writesEgress(spec) ? TYPES : ['Ingress']);
  if (given.length > TYPES.length)
    spec.error('too-many', 'policyTypes', `at most ${TYPES.length} policyTypes are allowed, there are ${given.length}`);
  for (const [index, type] of given.entries()) {
    if (type === 'Ingress' || type === 'Egress') continue;
    const pointer = `${spec.at('policyTypes')}/${index}`;
    spec.findings.report('error', 'invalid-value', pointer, `\`${type}\` is neither Ingress nor Egress`, didYouMeanHint(type, TYPES));
  }
  return given.some((type) => type === 'Ingress' || type === 'Egress') ? given : TYPES;
}

/** A list that cannot be read is not empty. */
function writesEgress(spec: ObjectReader): boolean {
  const list = spec.raw('egress');
  return list !== undefined && !(Array.isArray(list) && list.length === 0);
}

function readRules(spec: ObjectReader, direction: 'ingress' | 'egress', peers: 'from' | 'to'): readonly PolicyRule[] {
  const fields: ReadonlySet<string> = new Set([peers, 'ports']);
  return spec.objects(direction).map((rule) => {
    rule.expectOnly(fields);
    const read = { pointer: rule.pointer, peers: readAll(rule, peers, readPolicyPeer), ports: readAll(rule, 'ports', readPolicyPort) };
    if (direction === 'egress') warnOfNames(rule, read);
    return read;
  });
}

/** A named port is looked up on the pods that receive, and addresses have none. */
function warnOfNames(rule: ObjectReader, { peers, ports }: PolicyRule): void {
  const block = peers.find(({ type }) => type === 'ipBlock');
  if (!block) return;
  for (const port of ports) {
    if (port.type !== 'port' || typeof port.port !== 'string') continue;
    const message = `the port named \`${port.port}\` is looked up on pods: it matches nothing at the addresses of \`${block.pointer}\``;
    rule.findings.report('warning', 'named-port-on-ip-block', `${port.pointer}/port`, message, 'write its number');
  }
}

type Entry = ReturnType<typeof readPolicyPeer> | ReturnType<typeof readPolicyPort>;

/** Elements that are no objects, or a list that is none, stand as one entry that matches nothing: an empty list would match everything. */
function readAll<T extends Entry>(rule: ObjectReader, field: string, read: (reader: ObjectReader) => T): readonly (T | InvalidEntry)[] {
  const before = rule.findings.diagnostics.length;
  const readers = rule.objects(field);
  if (rule.findings.diagnostics.length === before) return readers.map(read);
  return [...readers.map(read), { type: 'invalid', pointer: rule.at(field), why: 'it is no list of objects' }];
}

interface InvalidEntry {
  readonly type: 'invalid';
  readonly pointer: string;
  readonly why: string;
}
