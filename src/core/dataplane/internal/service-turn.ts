import type { Answer } from '../../kernel/answer.js';
import type { ModelNode, NetworkModel } from '../../model/network-model.js';
import type { ResolvedEndpoints } from '../../model/resolved-endpoints.js';
import { formatIp, type Ip, parseIp } from '../../net/ip.js';
import type { Protocol } from '../../net/protocol.js';
import { resolveService } from '../../services/resolve-service.js';
import type { EndpointView, ServiceResult, ServiceVerdict } from '../../services/service-question.js';
import type { Problem } from '../../kernel/problem.js';
import { ok, type Result } from '../../kernel/result.js';
import { attachmentOf } from '../attachments.js';
import type { AskedEnd } from './ends.js';

/** What is asked of the service proxy. */
export interface TurnQuestion {
  readonly to: ResolvedEndpoints;
  readonly from: ResolvedEndpoints;
  readonly port: string | undefined;
  readonly protocol: Protocol | undefined;
  readonly sourceIP: Ip | undefined;
  readonly destinationIP: Ip | undefined;
  /** `ip:port` of the endpoint that is to be looked at; undefined: the first. */
  readonly endpoint: string | undefined;
}

/** Whom a packet may be sent on to. */
export type TurnEndpoint = Pick<EndpointView, 'endpoint' | 'ip' | 'port' | 'masquerade'>;

/** Something that translates the packet: a service, or a port of a node that is a pod's. */
export interface ServiceTurn {
  readonly said: Pick<Answer<ServiceVerdict, ServiceResult>, 'verdict' | 'summary' | 'assumptions'>;
  /** As the sender addresses it. */
  readonly destination: { readonly ip: Ip | undefined; readonly port: number | null; readonly protocol: Protocol };
  readonly endpoints: readonly TurnEndpoint[];
  /** Undefined: the packet is not sent on. */
  readonly endpoint: TurnEndpoint | undefined;
  readonly end: AskedEnd | undefined;
  /** The node that translates; undefined: the sender itself at `connect()`, or whatever node it enters by. */
  readonly node: ModelNode | undefined;
  /** Somebody on the way rewrites the destination; otherwise the client is told the endpoint by name, and asks it itself. */
  readonly translates: boolean;
  readonly translator: Translator;
}

/** kube-proxy and what stands in its place, or the plugin for ports of pods at their node. */
export type Translator = 'service-proxy' | 'portmap';

/** Asks `core/services` what becomes of the packet; undefined: no service has the address. */
export function serviceTurn(model: NetworkModel, question: TurnQuestion): Result<ServiceTurn | undefined, Problem> {
  const { to, from, port, protocol, sourceIP, destinationIP, endpoint: wanted } = question;
  if (!concernsService(model, question)) return ok(undefined);
  const answer = resolveService(model, { to, from, port, protocol, node: undefined, sourceIP, destinationIP });
  if (!answer.ok) return answer;
  const { verdict, result } = answer.value;
  if (verdict === 'ACCEPT' || (verdict === 'NONE' && !isOfService(model, question))) return ok(undefined);
  const endpoint = result.endpoints.find((one) => one.endpoint === wanted) ?? result.endpoints[0];
  const flow = result.flows.find((one) => one.verdict === 'DNAT');
  const own = from.pods.flatMap((id) => model.pods[id]?.nodeName?.value ?? []);
  const name = flow?.nodes.find((one) => own.includes(one) || from.nodes.includes(one)) ?? flow?.nodes[0];
  const node = name === undefined ? undefined : model.nodes.get(name);
  const { ip, port: asked, protocol: by } = result.destination;
  return ok({
    said: answer.value,
    destination: { ip: parseIp(ip ?? ''), port: asked, protocol: by },
    endpoints: result.endpoints,
    endpoint,
    end: endpoint && endOf(model, endpoint),
    node,
    translates: verdict !== 'DIRECT',
    translator: 'service-proxy',
  });
}

/** Nobody but a service has what is asked for: where no rule takes the packet, nobody does. */
function isOfService(model: NetworkModel, { to, destinationIP }: TurnQuestion): boolean {
  if (to.services.length > 0) return true;
  const owners = destinationIP ? (model.ipOwners.get(formatIp(destinationIP)) ?? []) : [];
  return owners.length > 0 && owners.every(({ type }) => type !== 'pod' && type !== 'node');
}

function concernsService(model: NetworkModel, { to, port, destinationIP }: TurnQuestion): boolean {
  if (to.services.length > 0) return true;
  if (port === undefined) return false;
  if (to.nodes.length > 0) return true;
  const owners = destinationIP ? (model.ipOwners.get(formatIp(destinationIP)) ?? []) : [];
  return owners.some(({ type }) => type !== 'pod');
}

function endOf(model: NetworkModel, { pod: key, ip: text }: EndpointView): AskedEnd {
  const pod = key === null ? undefined : model.podByKey.get(key);
  if (pod) return { kind: 'pod', pod };
  const ip = parseIp(text);
  const owner = (model.ipOwners.get(text) ?? []).find(({ type }) => type === 'node');
  const node = owner?.type === 'node' ? model.nodes.get(owner.node) : undefined;
  return node ? { kind: 'node', node, ip } : { kind: 'outside', name: text, ip };
}

/** Where on its way out a packet is translated. */
export interface TranslationPlace {
  readonly at: 'socket' | 'port' | 'routing';
  readonly rule: string;
}

/** Who translates, and where: kube-proxy in the node's namespace, or a program at the socket or the pod's port. */
export function translationPlace(
  model: NetworkModel,
  protocol: Protocol,
  sender: 'pod' | 'node',
  translator: Translator,
): TranslationPlace {
  const { mode, ebpf } = model.profile.proxy;
  const { translatesAtPort, ownServices } = attachmentOf(model);
  if (ownServices !== undefined && sender === 'pod' && translator === 'service-proxy') return { at: 'routing', rule: ownServices };
  if (mode !== 'ebpf' || ebpf.program === undefined) {
    return { at: 'routing', rule: hookOf(translator, mode)(sender === 'pod' ? 'PREROUTING' : 'OUTPUT', 'the node') };
  }
  const who = ebpf.program === 'cilium' ? 'Cilium' : 'Calico';
  const { connectTime } = ebpf;
  const atConnect = connectTime === 'all' || (connectTime === 'tcp' && protocol === 'TCP') || (connectTime === 'host' && sender === 'node');
  if (atConnect) return { at: 'socket', rule: `${who} at connect(): the packet leaves with the endpoint’s address` };
  return sender === 'pod' ? { at: 'port', rule: translatesAtPort } : { at: 'routing', rule: `${who}’s BPF at the node’s device` };
}

/** What translates packets that enter by a node. */
export function proxyHookAt({ profile }: NetworkModel, { name }: ModelNode, translator: Translator): string {
  const { mode, ebpf } = profile.proxy;
  if (mode === 'ebpf' && ebpf.program !== undefined)
    return `${ebpf.program === 'cilium' ? 'Cilium' : 'Calico'}’s BPF at the device of ${name}`;
  return hookOf(translator, mode)('PREROUTING', name);
}

/** containernetworking/plugins `plugins/meta/portmap`: the chain CNI-HOSTPORT-DNAT. */
function hookOf(translator: Translator, mode: string): (hook: 'PREROUTING' | 'OUTPUT', node: string) => string {
  return (hook, node) => (translator === 'portmap' ? `portmap (CNI-HOSTPORT-DNAT) in ${hook} of ${node}` : kubeProxyHook(mode, hook, node));
}

/** ipvs takes what is for an address of the node, as those of services are: `kube-ipvs0` has them (Linux `net/netfilter/ipvs/ip_vs_core.c`, LOCAL_IN and LOCAL_OUT). */
function kubeProxyHook(mode: string, hook: 'PREROUTING' | 'OUTPUT', node: string): string {
  if (mode === 'ipvs' && hook === 'PREROUTING') return `kube-proxy (ipvs) in INPUT of ${node}, whose kube-ipvs0 has the service’s address`;
  return `kube-proxy (${mode}) in ${hook} of ${node}`;
}
