import type { Json } from '../../../kernel/json.js';
import { describeRef } from '../../../kernel/object-ref.js';
import { findPort } from '../../../model/endpoints/find-port.js';
import type { ModelPod, ModelService, NetworkModel } from '../../../model/network-model.js';
import { formatIp } from '../../../net/ip.js';
import type { PodSpec } from '../../../resources/pod.js';
import type { Labels } from '../../../resources/resource.js';
import { PLAIN } from '../decide-in-order.js';
import type { LintFix } from '../../lint-result.js';
import { type ConnectionSet, hasConnection, NO_CONNECTIONS } from '../connection-set.js';
import { isOut } from '../parties.js';
import type { AnyPolicy, LayerAt } from '../layer.js';
import { canMeet } from '../policy-endpoint.js';
import type { EndpointClass } from '../policy-index.js';
import type { LintDraft } from './draft.js';
import type { Effects } from './effects.js';
import type { SubjectGroup } from './subject-groups.js';
import { countOf, type LintContext, nameSome } from './lint-context.js';
import { allowedBy, hitsOf } from './outcome.js';
import type { Inhabitants } from './population.js';

type DnsProtocol = 'UDP' | 'TCP';
const DNS_PROTOCOLS: readonly DnsProtocol[] = ['UDP', 'TCP'];
const DNS_PORT = 53;
const NUMBERS: Readonly<Record<DnsProtocol, number>> = { UDP: 17, TCP: 6 };
/** A port that resolvers ask from (RFC 6335: 49152-65535). */
const EPHEMERAL = 50_000;

/** The pods that resolve names for the cluster, and on which ports. */
interface DnsTarget {
  readonly namespace: string;
  readonly labels: Labels;
  readonly classes: readonly EndpointClass[];
  readonly ports: Readonly<Record<DnsProtocol, number>>;
}

/** Whether any pod of the class asks the cluster's DNS (dnsPolicy). */
type Asks = (one: EndpointClass) => boolean;

/**
 * "Egress policy without DNS": isolated pods that do not reach the cluster's DNS over UDP, or not over TCP, which answers that do not fit a packet need
 * (RFC 7766). Cyclonus' `CheckDNSBlockedOnUDP` and `…TCP`.
 */
export function* cutOffDns(context: LintContext, { groups }: Effects): Generator<LintDraft> {
  const target = dnsTargetOf(context);
  const found = cutOffs(context, groups, target);
  for (const [policy, { pods, protocols, mendable, others }] of found) {
    const count = pods.reduce((sum, one) => sum + one.pods, 0);
    const whose = `${countOf(count, 'pod')} of ${nameSome(pods.map(({ workload }) => workload))}`;
    const ports = DNS_PROTOCOLS.filter((one) => protocols.has(one)).map((protocol) => `${protocol} ${target.ports[protocol]}`);
    yield {
      code: 'POL-EGRESS-NO-DNS',
      object: policy.ref,
      pointer: '/spec/egress',
      direction: 'egress',
      message: `${whose} may not reach the DNS of the cluster (${target.namespace}) over ${ports.join(' and ')}: names are not resolved`,
      related: [...others].slice(0, 5).map(({ ref }) => ({ object: ref, pointer: '' })),
      fix: mendable && policy.kind === 'NetworkPolicy' ? letThrough(policy.egress.length, target, describeRef(policy.ref)) : undefined,
    };
  }
}

/** Pods that one policy, and others beside it, cut off. */
interface CutOff {
  readonly pods: Inhabitants[];
  readonly protocols: Set<DnsProtocol>;
  readonly others: Set<AnyPolicy>;
  /** A rule of the policy more would let all of them through. */
  mendable: boolean;
}

function cutOffs(context: LintContext, groups: readonly SubjectGroup[], target: DnsTarget): ReadonlyMap<AnyPolicy, CutOff> {
  const asks = asking(context);
  const found = new Map<AnyPolicy, CutOff>();
  for (const group of groups) {
    const subjects = group.direction === 'egress' ? group.subjects.filter(asks) : [];
    if (subjects.length === 0) continue;
    const cut = DNS_PROTOCOLS.filter((protocol) => !target.classes.some((one) => reaches(group, one, protocol, target.ports[protocol])));
    const acting = group.layers.flatMap(({ policies }) =>
      policies.filter(({ policy, isolates, rules }) => policy.kind !== 'Profile' && (isolates || rules.length > 0)),
    );
    const own = acting.map(({ policy }) => policy).filter(context.isWanted);
    const policy = own.find(({ kind }) => kind === 'NetworkPolicy') ?? own[0];
    if (cut.length === 0 || !policy) continue;
    const before = { ...group, layers: beforeNetworkPolicies(group.layers) };
    const known = found.get(policy) ?? { pods: [], protocols: new Set(), others: new Set(), mendable: true };
    found.set(policy, known);
    known.pods.push(...subjects.map((one) => context.population.of(one)));
    for (const protocol of cut) known.protocols.add(protocol);
    for (const other of own) if (other !== policy) known.others.add(other);
    known.mendable &&= cut.every((protocol) => target.classes.some((one) => reaches(before, one, protocol, target.ports[protocol])));
  }
  return found;
}

/** What earlier layers, or the rules that deny in its own, refuse no rule of a NetworkPolicy opens. */
function beforeNetworkPolicies(layers: readonly LayerAt[]): readonly LayerAt[] {
  const place = layers.findIndex(({ policies }) => policies.some(({ policy }) => policy.kind === 'NetworkPolicy'));
  const own = layers[place];
  if (!own) return layers;
  return [...layers.slice(0, place), { ...own, rules: own.rules.filter(({ action }) => action === 'Deny'), end: 'open' }];
}

function reaches({ layers, subjects }: SubjectGroup, one: EndpointClass, protocol: DnsProtocol, port: number): boolean {
  const [subject] = subjects;
  if (!subject || !canMeet(subject.families, one.families)) return false;
  const hits = hitsOf(layers, (rule): ConnectionSet =>
    rule.admits(one.endpoint) ? rule.connectionsAt(one.endpoint, subject.endpoint) : NO_CONNECTIONS,
  );
  return hasConnection(allowedBy(layers, hits, PLAIN), { number: NUMBERS[protocol], down: port, across: EPHEMERAL });
}

function asking({ model, index }: LintContext): Asks {
  const asks = new Set<number>();
  for (const pod of model.pods) {
    const { dnsPolicy } = pod.spec;
    if (isOut(model, pod) || dnsPolicy === 'Default' || dnsPolicy === 'None') continue;
    for (const { id } of index.classesOf(pod)) asks.add(id);
  }
  return ({ id }) => asks.has(id);
}

/** The pods behind the cluster's DNS service; where the input has none, those that kubeadm would make. */
function dnsTargetOf({ model, index }: LintContext): DnsTarget {
  const service = dnsServiceOf(model);
  const pods = service ? podsBehind(model, service) : [];
  const ports = { UDP: targetPort(service, pods, 'UDP'), TCP: targetPort(service, pods, 'TCP') };
  const { namespace = 'kube-system', labels = { 'k8s-app': 'kube-dns' } } = service
    ? { namespace: service.namespace, labels: service.resource.selector ?? {} }
    : {};
  const classes =
    pods.length > 0 ? [...new Set(pods.flatMap((pod) => index.classesOf(pod)))] : [index.classOfTemplate(namespace, labels, DNS_SPEC)];
  return { namespace, labels, classes, ports };
}

/** The service whose address is in every resolv.conf, else the one that carries the usual label or name. */
function dnsServiceOf(model: NetworkModel): ModelService | undefined {
  for (const address of model.profile.dns.clusterDNS) {
    for (const owner of model.ipOwners.get(formatIp(address)) ?? []) {
      const service = owner.type === 'clusterIP' ? model.services.get(owner.service) : undefined;
      if (service) return service;
    }
  }
  const usual = [...model.services.values()].find(
    ({ namespace, resource }) => namespace === 'kube-system' && resource.labels['k8s-app'] === 'kube-dns',
  );
  return usual ?? model.services.get('kube-system/kube-dns');
}

function podsBehind(model: NetworkModel, { endpoints }: ModelService): readonly ModelPod[] {
  return endpoints.candidates.flatMap(({ included, pod }) => (included ? (model.pods[pod] ?? []) : []));
}

function targetPort(service: ModelService | undefined, pods: readonly ModelPod[], protocol: DnsProtocol): number {
  const port = service?.resource.ports.find((one) => one.port === DNS_PORT && one.protocol === protocol);
  const [pod] = pods;
  if (!port) return DNS_PORT;
  const found = pod ? findPort(pod.spec, port) : port.targetPort;
  return typeof found === 'number' ? found : DNS_PORT;
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

const port = (name: string, protocol: DnsProtocol) => ({ name, containerPort: DNS_PORT, protocol, hostPort: undefined, hostIP: undefined });

/** As kubeadm deploys CoreDNS. */
const DNS_SPEC: PodSpec = {
  containers: [{ name: 'coredns', ports: [port('dns', 'UDP'), port('dns-tcp', 'TCP')], sidecar: false }],
  hostNetwork: false,
  hostname: undefined,
  subdomain: undefined,
  setHostnameAsFQDN: false,
  dnsPolicy: 'Default',
  dnsConfig: undefined,
  enableServiceLinks: true,
  serviceAccountName: 'coredns',
  nodeName: undefined,
  nodeSelector: {},
  requiredNodeTerms: [],
  tolerations: [],
};
