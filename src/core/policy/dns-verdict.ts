import { type Evidence, Trail } from '../kernel/evidence.js';
import { describeRef } from '../kernel/object-ref.js';
import type { Steps } from '../kernel/steps.js';
import type { ModelPod, NetworkModel } from '../model/network-model.js';
import { formatIp, type Ip } from '../net/ip.js';
import type { Labels } from '../resources/resource.js';
import { connectionsOf } from './internal/connection-set.js';
import { isEnforced } from './internal/enforcement.js';
import { flowsBetween } from './internal/flows.js';
import { judgeAll, wordsOf } from './internal/judged-cases.js';
import { DNS_PROTOCOLS, type DnsProtocol, type DnsTarget, dnsTargetOf } from './internal/lint/dns-target.js';
import { type Member, partiesOf, type Party } from './internal/parties.js';
import { PolicyIndex } from './internal/policy-index.js';
import { showDirection } from './internal/show-direction.js';
import { directionResult, joinVerdicts } from './internal/verdict-totals.js';
import type { DirectionResult, PolicyVerdict } from './policy-result.js';

const DNS_PORT = 53;

/** What policies make of DNS queries over one protocol. */
export interface DnsProtocolVerdict {
  readonly protocol: DnsProtocol;
  /** The port that the queries reach, behind the service. */
  readonly port: number;
  readonly verdict: PolicyVerdict;
  readonly egress: DirectionResult;
  readonly ingress: DirectionResult;
}

/** Whether policies let a pod ask its name server. */
export interface DnsVerdict {
  /** `Service kube-system/kube-dns`, `8.8.8.8`, or how the DNS of the cluster is taken to be where the input has none. */
  readonly server: string;
  /** UDP, which every query starts with, and TCP, for answers that do not fit (RFC 7766). */
  readonly protocols: readonly DnsProtocolVerdict[];
  /** The pods that resolve names, as a rule would have to name them; null: an address. */
  readonly pods: { readonly namespace: string; readonly labels: Labels } | null;
  readonly evidence: readonly Evidence[];
}

/** The name servers that are asked, as policies see them. */
interface Server {
  readonly name: string;
  readonly parties: readonly Party[];
  readonly ports: Readonly<Record<DnsProtocol, number>>;
  readonly via: string | undefined;
  readonly pods: DnsVerdict['pods'];
}

/**
 * Whether policies let a pod ask its name server over UDP and TCP: egress of the pod, ingress of the pods behind the DNS service, behind its address
 * translation. `server`: an address, or `cluster` for the DNS of the cluster; where the input has none, kubeadm's is taken to be there. Yields often.
 */
export function* dnsVerdict(model: NetworkModel, pod: ModelPod, server: Ip | 'cluster'): Steps<DnsVerdict> {
  const index = yield* PolicyIndex.inSteps(model);
  const asked = server === 'cluster' ? yield* clusterServer(model, index) : yield* addressServer(model, index, server);
  const { parties: sources } = yield* partiesOf(model, index, { pods: [pod.id], nodes: [], ranges: [] });
  const trail = new Trail();
  const protocols: DnsProtocolVerdict[] = [];
  for (const protocol of DNS_PROTOCOLS) {
    const port = asked.ports[protocol];
    const wanted = connectionsOf(protocol, port, port);
    const destinations = asked.parties.map((party) => ({ ...party, asked: wanted, via: asked.via }));
    const cases = (yield* judgeAll(index, flowsBetween(sources, destinations), Number.POSITIVE_INFINITY)) ?? [];
    for (const one of cases) {
      yield* showDirection(trail, null, index, one.judgement.egress, wordsOf(one));
      yield* showDirection(trail, null, index, one.judgement.ingress, wordsOf(one));
    }
    const judged = joinVerdicts(cases.map(({ verdict }) => verdict));
    const verdict = isEnforced(model) || judged === 'NO_ENDPOINT' ? judged : 'ALLOWED';
    protocols.push({
      protocol,
      port,
      verdict,
      egress: yield* directionResult(cases, 'egress'),
      ingress: yield* directionResult(cases, 'ingress'),
    });
  }
  return { server: asked.name, protocols, pods: asked.pods, evidence: trail.list() };
}

const targets = new WeakMap<PolicyIndex, DnsTarget>();

function* clusterServer(model: NetworkModel, index: PolicyIndex): Steps<Server> {
  const target = targets.get(index) ?? dnsTargetOf({ model, index });
  targets.set(index, target);
  const { service, pods, namespace, labels, classes, ports } = target;
  const standIn: Member = {
    name: `the DNS pods of ${namespace}`,
    owner: `the DNS pods of ${namespace}`,
    pod: undefined,
    siblings: 1,
    node: undefined,
  };
  const parties =
    pods.length > 0
      ? (yield* partiesOf(model, index, { pods: pods.map(({ id }) => id), nodes: [], ranges: [] })).parties
      : classes.map((one): Party => ({ class: one, members: [standIn] }));
  const name = service ? describeRef(service.ref) : `the DNS of the cluster (${namespace})`;
  const via = service ? `${service.namespace}/${service.name}:${DNS_PORT}` : undefined;
  return { name, parties, ports, via, pods: { namespace, labels } };
}

function* addressServer(model: NetworkModel, index: PolicyIndex, ip: Ip): Steps<Server> {
  const range = { family: ip.family, first: ip.value, last: ip.value };
  const { parties } = yield* partiesOf(model, index, { pods: [], nodes: [], ranges: [range] });
  return { name: formatIp(ip), parties, ports: { UDP: DNS_PORT, TCP: DNS_PORT }, via: undefined, pods: null };
}
