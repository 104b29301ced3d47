import type { ObjectRef } from '../kernel/object-ref.js';
import { conflictingReadings, type ParserReading, portsRead } from './cilium-parsers.js';
import type { CiliumClusterwideNetworkPolicy, CiliumNetworkPolicy, CiliumRule, CiliumSection, CiliumSpec } from './cilium-policy.js';
import type { ObjectReader } from './internal/object-reader.js';
import { NOBODY, ofNamespace, readCiliumSelectorAt } from './internal/read-cilium-selector.js';
import { readCiliumRule } from './internal/read-cilium-rule.js';
import { readResource } from './internal/read-resource.js';

const FIELDS: ReadonlySet<string> = new Set([
  'endpointSelector',
  'nodeSelector',
  'ingress',
  'ingressDeny',
  'egress',
  'egressDeny',
  'enableDefaultDeny',
  'labels',
  'description',
  'log',
]);
const DEFAULT_DENY_FIELDS: ReadonlySet<string> = new Set(['ingress', 'egress']);

/** Reads a CiliumNetworkPolicy (cilium/cilium `pkg/k8s/apis/cilium.io/v2/cnp_types.go`, `Parse`): `spec` and `specs` are rules of the API alike. */
export function normaliseCiliumNetworkPolicy(root: ObjectReader, ref: ObjectRef): CiliumNetworkPolicy {
  const namespace = ref.namespace ?? 'default';
  return { ...readResource(root, ref), kind: 'CiliumNetworkPolicy', namespace, specs: readSpecs(root, namespace) };
}

/** Reads a CiliumClusterwideNetworkPolicy (`ccnp_types.go`), which alone may have a nodeSelector. */
export function normaliseCiliumClusterwideNetworkPolicy(root: ObjectReader, ref: ObjectRef): CiliumClusterwideNetworkPolicy {
  return { ...readResource(root, ref), kind: 'CiliumClusterwideNetworkPolicy', namespace: undefined, specs: readSpecs(root, undefined) };
}

function readSpecs(root: ObjectReader, namespace: string | undefined): readonly CiliumSpec[] {
  if (!root.has('spec') && !root.has('specs')) root.error('missing-field', 'spec', 'a policy of Cilium needs a spec, or specs');
  const single = root.object('spec');
  return [...(single ? [single] : []), ...root.objects('specs')].map((spec) => readSpec(spec, namespace));
}

function readSpec(spec: ObjectReader, namespace: string | undefined): CiliumSpec {
  spec.expectOnly(FIELDS);
  const subject = readSubject(spec, namespace);
  const section = (direction: 'ingress' | 'egress') => readSection(spec, direction, { namespace, subject });
  const [ingress, egress] = [section('ingress'), section('egress')];
  if (ingress.rules.length + egress.rules.length === 0) {
    const message = 'the policy has no rules: write at least one of ingress, ingressDeny, egress, egressDeny';
    spec.findings.report('warning', 'empty-policy', spec.pointer, message, 'for default-deny alone write `ingress: [{}]`');
  }
  return { pointer: spec.pointer, subject, ingress, egress };
}

/** "EndpointSelector and NodeSelector cannot be both empty and are mutually exclusive"; the latter is for clusterwide policies only. */
function readSubject(spec: ObjectReader, namespace: string | undefined): CiliumSpec['subject'] {
  const [endpoints, nodes] = [readCiliumSelectorAt(spec, 'endpointSelector'), readCiliumSelectorAt(spec, 'nodeSelector')];
  const at = (field: string) => ({ pointer: spec.at(field) });
  if (endpoints && nodes) {
    spec.error('ambiguous-subject', 'nodeSelector', 'an endpointSelector and a nodeSelector do not go together');
    return { type: 'endpoints', ...at('endpointSelector'), selector: NOBODY };
  }
  if (nodes) {
    if (namespace === undefined) return { type: 'nodes', ...at('nodeSelector'), selector: nodes };
    const message = 'a CiliumNetworkPolicy has no nodeSelector: it selects nothing';
    spec.error('invalid-value', 'nodeSelector', message, 'nodes are selected by a CiliumClusterwideNetworkPolicy');
    return { type: 'nodes', ...at('nodeSelector'), selector: NOBODY };
  }
  if (!endpoints) spec.error('missing-field', 'endpointSelector', 'the policy needs an endpointSelector; `{}` selects every endpoint');
  const selector = endpoints ?? NOBODY;
  const scoped = namespace === undefined || selector.invalid ? selector : ofNamespace(selector, namespace, spec, 'endpointSelector');
  return { type: 'endpoints', ...at('endpointSelector'), selector: scoped };
}

/** "Default posture is per direction: if there is a peer selector for that direction, the default is deny, else allow"; `enableDefaultDeny` says otherwise. */
function readSection(
  spec: ObjectReader,
  direction: 'ingress' | 'egress',
  { namespace, subject }: { readonly namespace: string | undefined; readonly subject: CiliumSpec['subject'] },
): CiliumSection {
  const place = { direction, namespace, subject: subject.selector, host: subject.type === 'nodes' };
  const denying = spec.objects(`${direction}Deny`).map((rule) => readCiliumRule(rule, { ...place, deny: true }));
  const accepting = spec.objects(direction).map((rule) => readCiliumRule(rule, { ...place, deny: false }));
  reportConflicts(spec, accepting);
  const switches = spec.object('enableDefaultDeny');
  if (direction === 'ingress') switches?.expectOnly(DEFAULT_DENY_FIELDS);
  const rules = [...denying, ...accepting];
  return { rules, defaultDeny: isInDefaultDeny(spec, switches, direction) };
}

/** Rules of one spec select the same endpoints, so that the agent merges them whatever else there is; those of other specs may not meet them. */
function reportConflicts(spec: ObjectReader, rules: readonly CiliumRule[]): void {
  const conflicts = conflictingReadings(rules.filter(({ failsClosed }) => !failsClosed).flatMap(readingsOf));
  for (const [{ pointer }, { of, key, parser }] of conflicts) {
    const port = key.slice(0, key.indexOf('\n'));
    const whose = of.pointer === pointer ? 'it reads' : `\`${of.pointer}\` reads`;
    const message = `${whose} ${port} of the same peer by the parser \`${parser}\` too, which does not go with its own: the agent computes no policy of these endpoints`;
    spec.findings.report('error', 'conflicting-parsers', pointer, message);
  }
}

function readingsOf(rule: CiliumRule): readonly ParserReading<CiliumRule>[] {
  const read = rule.ports.flatMap(({ parser, ports }) =>
    parser === undefined ? [] : ports.flatMap(portsRead).map((port) => ({ parser, port })),
  );
  if (read.length === 0) return [];
  const whom = textWithoutPointers(rule.peers);
  return read.map(({ parser, port }) => ({ key: `${port}\n${whom}`, parser, of: rule }));
}

function textWithoutPointers(peers: CiliumRule['peers']): string {
  return JSON.stringify(peers ?? null, (name, value: unknown) => {
    if (name === 'pointer') return undefined;
    return typeof value === 'bigint' ? value.toString() : value;
  });
}

/** A direction without rules is never in default-deny (`pkg/policy/utils/parserules.go`: there is one entry for each rule; cilium/cilium#35558). */
function isInDefaultDeny(spec: ObjectReader, switches: ObjectReader | undefined, direction: 'ingress' | 'egress'): boolean {
  const [written, wanted] = [writtenIn(spec, direction), switches?.boolean(direction)];
  if (wanted === true && !written) {
    const message = `without rules for ${direction} the switch does nothing: the endpoints stay open`;
    switches?.warn('no-effect', direction, message, `for default-deny alone write \`${direction}: [{}]\``);
  }
  return written && (wanted ?? true);
}

/** A list that cannot be read is not empty: its author meant to isolate. */
function writtenIn(spec: ObjectReader, direction: 'ingress' | 'egress'): boolean {
  return [direction, `${direction}Deny`].some((field) => {
    const list = spec.raw(field);
    return list !== undefined && (!Array.isArray(list) || list.length > 0);
  });
}
