import type { Note } from '../../../kernel/answer.js';
import type { EvidenceStep } from '../../../kernel/evidence.js';
import { inMap } from '../../../kernel/in-map.js';
import type { ModelPod, NetworkModel } from '../../../model/network-model.js';
import type { IngressBackend } from '../../../resources/ingress.js';
import type { VirtualServer, VirtualUpstream } from '../../../resources/virtual-server.js';
import type { RouteBackend } from '../../route-result.js';
import { type BackendOutcome, backendOutcome } from '../backend-outcome.js';
import type { Outcome } from '../dialect.js';
import type { RoutingObject } from '../path-rule.js';
import type { F5Options } from './f5-options.js';
import { type PolicySet, usedOf } from './f5-policies.js';

/** An upstream of a TransportServer has less to say. */
type AnyUpstream = Pick<VirtualUpstream, 'pointer' | 'name' | 'service' | 'port' | 'backup'> &
  Partial<Pick<VirtualUpstream, 'namespace' | 'labels'>>;

/** Where an upstream leads: its Service may be of another namespace (`ParseServiceReference`), and labels may leave a part of the endpoints (`getEndpointsForSubselector` of `internal/k8s/controller.go`). */
export function upstreamOutcome(
  model: NetworkModel,
  holder: RoutingObject,
  upstream: AnyUpstream,
  { off }: Pick<F5Options, 'off'>,
): BackendOutcome {
  const { backup, name } = upstream;
  const first = reachedAt(model, holder, upstream, upstream);
  // The template of nginx without Plus has no line for it.
  if (!backup || first.verdict === 'ROUTED' || off.has('nginx-plus')) return first;
  const second = reachedAt(model, holder, upstream, backup);
  if (second.verdict !== 'ROUTED') return first;
  const message = `upstream \`${name}\` has no server of Service \`${upstream.service}\`: NGINX Plus goes to its \`backup\`, Service \`${backup.service}\``;
  const step: EvidenceStep = { stage: 'backend', outcome: 'selected', reason: 'BACKUP_SERVES', message, pointer: upstream.pointer };
  return { ...second, steps: [...first.steps, step, ...second.steps] };
}

/** What is taken for granted where a `backup` serves. */
export function backupGranted({ reached }: Pick<Outcome, 'reached'>, { isPlus }: Pick<F5Options, 'isPlus'>): readonly Note[] {
  return !isPlus && reached.steps.some(({ reason }) => reason === 'BACKUP_SERVES') ? [BACKUP_OF_PLUS] : [];
}

const BACKUP_OF_PLUS: Note = {
  code: 'NGINX_PLUS_ASSUMED',
  message: 'the controller is taken to run NGINX Plus; without it `backup` of an upstream has no effect',
};

/** A Service of the namespace of the upstream, the backup as well (`GenerateEndpointsKey(upstreamNamespace, u.Backup, …)` of `internal/configs/virtualserver.go`). */
function reachedAt(
  model: NetworkModel,
  holder: RoutingObject,
  upstream: AnyUpstream,
  { service: name, port }: Pick<VirtualUpstream, 'service' | 'port'>,
): BackendOutcome {
  const { pointer, namespace, labels = {} } = upstream;
  const backend: IngressBackend = { type: 'service', pointer, name, port };
  const reached = backendOutcome(model, namespace === undefined ? holder : { ...holder, namespace }, backend, 'ROUTED');
  return Object.keys(labels).length === 0 ? reached : partOf(model, reached, labels, upstream.name);
}

const byName = new WeakMap<VirtualServer['upstreams'], ReadonlyMap<string | undefined, VirtualUpstream>>();

/** The upstream of a name, the first of several; there may be as many as there are routes. */
export function upstreamNamed({ upstreams }: Pick<VirtualServer, 'upstreams'>, name: string): VirtualUpstream | undefined {
  return inMap(byName, upstreams, () => new Map(upstreams.toReversed().map((one) => [one.name, one] as const))).get(name);
}

function partOf(model: NetworkModel, reached: BackendOutcome, labels: VirtualUpstream['labels'], name: string): BackendOutcome {
  const { backend } = reached;
  if (!backend) return reached;
  const pods = podsOf(model);
  const wanted = Object.entries(labels);
  const endpoints = backend.endpoints.filter(({ pod }) => {
    const own = pod === null ? undefined : pods.get(pod)?.labels;
    return own !== undefined && wanted.every(([key, value]) => own[key] === value);
  });
  const isEmpty = endpoints.length === 0;
  const step: EvidenceStep = {
    stage: 'endpoints',
    outcome: isEmpty ? 'no-match' : 'match',
    reason: isEmpty ? 'NO_READY_ENDPOINTS' : 'ENDPOINTS_READY',
    message: `the \`subselector\` of upstream \`${name}\` leaves ${endpoints.length} of ${backend.endpoints.length} ready endpoints`,
  };
  return {
    ...reached,
    verdict: isEmpty ? 'NO_ENDPOINTS' : reached.verdict,
    backend: { ...backend, endpoints },
    steps: [...reached.steps, step],
  };
}

const podsByName = new WeakMap<NetworkModel, ReadonlyMap<string, ModelPod>>();

const podsOf = (model: NetworkModel) =>
  inMap(podsByName, model, () => new Map(model.pods.map((pod) => [`${pod.namespace}/${pod.name}`, pod] as const)));

/** A backend with what nginx speaks with it, and by which TLS (`generateProxyPass`, `generateGRPCPass`, `addEgressMTLSConfig`). */
export function spokenWith(
  backend: RouteBackend,
  { tls, isGrpc }: Pick<VirtualUpstream, 'tls' | 'isGrpc'>,
  proxyHost: string,
  set: PolicySet,
): RouteBackend {
  const protocol = isGrpc ? 'GRPC' : 'HTTP';
  return { ...backend, protocol, tls: tls ? tlsOf(proxyHost, set) : backend.tls };
}

/** By which TLS nginx speaks with a backend: as policies of `egressMTLS` say, or without a look at its certificate. */
export function tlsOf(proxyHost: string, set: PolicySet): NonNullable<RouteBackend['tls']> {
  const [egress] = usedOf(set, 'egressMTLS');
  const { sslName = proxyHost, sendsName = false, verifies = false, tlsSecret } = egress?.action ?? {};
  const namespace = egress?.policy.namespace ?? '';
  return {
    sni: sendsName ? sslName : null,
    policy: egress ? `Policy ${namespace}/${egress.policy.ref.name}` : null,
    names: verifies ? [sslName] : [],
    clientCertificate: tlsSecret === undefined ? null : `${namespace}/${tlsSecret}`,
  };
}
