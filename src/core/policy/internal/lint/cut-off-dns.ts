import type { Json } from '../../../kernel/json.js';
import { describeRef } from '../../../kernel/object-ref.js';
import type { Steps } from '../../../kernel/steps.js';
import type { LintFix } from '../../lint-result.js';
import { type ConnectionSet, NO_CONNECTIONS, unionConnections } from '../connection-set.js';
import type { AnyPolicy, LayerAt } from '../layer.js';
import type { Direction } from '../direction.js';
import { canMeet } from '../policy-endpoint.js';
import type { EndpointClass } from '../policy-index.js';
import { isAmong, onNodeOf } from '../whose.js';
import { asking, DNS_PROTOCOLS, dnsMissing, dnsPorts, type DnsProtocol, type DnsTarget, dnsTargetOf } from './dns-target.js';
import type { LintDrafts } from './draft.js';
import type { Effects } from './effects.js';
import { staysAnyway } from './fates.js';
import type { SubjectGroup } from './subject-groups.js';
import { countOf, type LintContext, nameSome } from './lint-context.js';
import { allowedBy, hitsOf } from './outcome.js';
import type { Inhabitants } from './population.js';

/**
 * "Egress policy without DNS": isolated pods that do not reach the cluster's DNS over UDP, or not over TCP, which answers that do not fit a packet need
 * (RFC 7766). Cyclonus' `CheckDNSBlockedOnUDP` and `…TCP`.
 */
export function* cutOffDns(context: LintContext, { groups }: Effects): LintDrafts {
  const target = dnsTargetOf(context);
  const found = yield* cutOffs(context, groups, target);
  for (const [policy, { written, pods, protocols, mendable, others }] of found) {
    const count = pods.reduce((sum, one) => sum + one.pods, 0);
    const whose = `${countOf(count, 'pod')} of ${nameSome(pods.map(({ workload }) => workload))}`;
    yield {
      code: 'POL-EGRESS-NO-DNS',
      object: policy.ref,
      pointer: `/spec/${written}`,
      direction: written,
      message: `${whose} may not reach the DNS of the cluster (${target.namespace}) over ${dnsPorts(protocols, target)}: names are not resolved`,
      related: [...others].map(({ ref }) => ({ object: ref, pointer: '' })),
      fix: mendable && policy.kind === 'NetworkPolicy' ? letThrough(policy.egress.length, target, describeRef(policy.ref)) : undefined,
    };
  }
}

/** Pods that one policy, and others beside it, cut off. */
interface CutOff {
  /** The direction for which its rules are written. */
  readonly written: Direction;
  readonly pods: Inhabitants[];
  readonly protocols: Set<DnsProtocol>;
  /** The first few of them. */
  readonly others: Set<AnyPolicy>;
  /** A rule of the policy more would let all of them through. */
  mendable: boolean;
}

/** How many policies beside the one that cuts pods off are told. */
const FEW = 5;

/** Pods that do not reach the target, by the first policy that has to do with it. Yields after each group of pods. */
function* cutOffs(context: LintContext, groups: readonly SubjectGroup[], target: DnsTarget): Steps<ReadonlyMap<AnyPolicy, CutOff>> {
  const asks = asking(context);
  const found = new Map<AnyPolicy, CutOff>();
  for (const group of groups) {
    yield;
    const meets = (one: EndpointClass) =>
      target.classes.every((other) => !canMeet(one.families, other.families) || isConcerned(group, one, other));
    const subjects = group.direction === 'egress' ? group.subjects.filter((one) => asks(one) && meets(one)) : [];
    if (subjects.length === 0) continue;
    const cut = dnsMissing(yield* allowedTo(group, target), target);
    const acting = group.layers.flatMap(({ policies }) =>
      policies.filter(({ policy, isolates, rules }) => !staysAnyway(policy) && (isolates || rules.length > 0)),
    );
    const own = acting.map(({ policy }) => policy).filter(context.isWanted);
    const policy = own.find(({ kind }) => kind === 'NetworkPolicy') ?? own[0];
    if (cut.length === 0 || !policy) continue;
    const before = { ...group, layers: beforeNetworkPolicies(group.layers) };
    const known = found.get(policy) ?? { written: group.written, pods: [], protocols: new Set(), others: new Set(), mendable: true };
    found.set(policy, known);
    known.pods.push(...subjects.map((one) => context.population.of(one)));
    for (const protocol of cut) known.protocols.add(protocol);
    for (const other of own) {
      if (known.others.size >= FEW) break;
      if (other !== policy) known.others.add(other);
    }
    const open = dnsMissing(yield* allowedTo(before, target), target);
    known.mendable &&= cut.every((protocol) => !open.includes(protocol));
  }
  return found;
}

/** Whether connections of the two meet the rules of the group. */
function isConcerned({ whose }: SubjectGroup, { endpoint }: EndpointClass, { endpoint: other }: EndpointClass): boolean {
  return isAmong(whose, other.kind, onNodeOf(endpoint, other));
}

/** What earlier layers, or the rules that deny in its own, refuse no rule of a NetworkPolicy opens. */
function beforeNetworkPolicies(layers: readonly LayerAt[]): readonly LayerAt[] {
  const place = layers.findIndex(({ policies }) => policies.some(({ policy }) => policy.kind === 'NetworkPolicy'));
  const own = layers[place];
  if (!own) return layers;
  return [...layers.slice(0, place), { ...own, rules: own.rules.filter(({ action }) => action === 'Deny'), end: 'open' }];
}

/** What the group may send to the target. Yields after each kind of its pods. */
function* allowedTo({ layers, subjects }: SubjectGroup, { classes }: DnsTarget): Steps<ConnectionSet> {
  const [subject] = subjects;
  let allowed = NO_CONNECTIONS;
  for (const one of classes) {
    yield;
    if (!subject || !canMeet(subject.families, one.families)) continue;
    const hits = hitsOf(layers, (rule): ConnectionSet =>
      rule.admits(one.endpoint) ? rule.connectionsAt(one.endpoint, subject.endpoint) : NO_CONNECTIONS,
    );
    allowed = unionConnections(allowed, allowedBy(layers, hits));
  }
  return allowed;
}

/** The other way round: policies of the pods that resolve names keep out pods that ask them. */
export function* closedDns(context: LintContext, { groups }: Effects): LintDrafts {
  const { population } = context;
  const target = dnsTargetOf(context);
  const asks = asking(context);
  for (const group of groups) {
    yield;
    const { direction, written, subjects, layers } = group;
    const subject = direction === 'ingress' ? subjects.find((one) => target.classes.includes(one)) : undefined;
    const policy = layers
      .flatMap(({ policies }) => policies.map(({ policy: one }) => one))
      .find((one) => !staysAnyway(one) && context.isWanted(one));
    if (!subject || !policy) continue;
    const protocols = new Set<DnsProtocol>();
    const kept: Inhabitants[] = [];
    for (const one of population.pods) {
      if (!asks(one) || !canMeet(subject.families, one.families) || !isConcerned(group, subject, one)) continue;
      yield;
      const hits = hitsOf(layers, (rule): ConnectionSet =>
        rule.admits(one.endpoint) ? rule.connectionsAt(subject.endpoint, one.endpoint) : NO_CONNECTIONS,
      );
      const missing = dnsMissing(allowedBy(layers, hits), target);
      for (const protocol of missing) protocols.add(protocol);
      if (missing.length > 0) kept.push(population.of(one));
    }
    if (kept.length === 0) continue;
    const count = kept.reduce((sum, one) => sum + one.pods, 0);
    yield {
      code: 'POL-INGRESS-NO-DNS',
      object: policy.ref,
      pointer: `/spec/${written}`,
      direction: written,
      message: `the DNS of the cluster (${population.of(subject).workload}) does not let in ${countOf(count, 'pod')} of ${nameSome(kept.map(({ workload }) => workload))} over ${dnsPorts(protocols, target)}: names are not resolved`,
      fix: policy.kind === 'NetworkPolicy' && policy.ingressIsolation ? letIn(policy.ingress.length, target) : undefined,
    };
  }
}

function letIn(rules: number, { ports }: DnsTarget): LintFix {
  const rule: Json = { from: [{ namespaceSelector: {} }], ports: DNS_PROTOCOLS.map((protocol) => ({ protocol, port: ports[protocol] })) };
  const patch = rules === 0 ? { path: '/spec/ingress', value: [rule] } : { path: '/spec/ingress/-', value: rule };
  return { message: 'let every pod ask', patch: [{ op: 'add', ...patch }] };
}

/** Addresses of a rule for DNS: the pods by the labels of their service. */
function letThrough(rules: number, { namespace, labels, ports }: DnsTarget, policy: string): LintFix {
  const to = [
    {
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
      ...(Object.keys(labels).length > 0 ? { podSelector: { matchLabels: labels } } : {}),
    },
  ];
  const rule: Json = { to, ports: DNS_PROTOCOLS.map((protocol) => ({ protocol, port: ports[protocol] })) };
  const patch = rules === 0 ? { path: '/spec/egress', value: [rule] } : { path: '/spec/egress/-', value: rule };
  return { message: `let ${policy} allow DNS`, patch: [{ op: 'add', ...patch }] };
}
