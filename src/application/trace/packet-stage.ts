import type { Answer } from '../../core/kernel/answer.js';
import { type Problem, problem } from '../../core/kernel/problem.js';
import { err, ok, type Result } from '../../core/kernel/result.js';
import type { ModelService, NetworkModel } from '../../core/model/network-model.js';
import type { ResolvedEndpoints } from '../../core/model/resolved-endpoints.js';
import { formatIp, type Ip } from '../../core/net/ip.js';
import type { Protocol } from '../../core/net/protocol.js';
import type { ServicePort } from '../../core/resources/service.js';
import { formatAddress } from '../../core/services/proxy-endpoint.js';
import { resolveService } from '../../core/services/resolve-service.js';
import type { EndpointView, ServiceResult, ServiceVerdict } from '../../core/services/service-question.js';
import type { NameStage } from './name-stage.js';
import type { TraceDestination } from './trace-destination.js';
import type { TraceSender } from './trace-sender.js';

/** How the packet is looked at. */
export interface PacketRequest {
  readonly sender: TraceSender;
  readonly destination: TraceDestination;
  readonly name: NameStage | undefined;
  readonly node: string | undefined;
  readonly protocol: Protocol | undefined;
}

/** Where a packet arrives. */
export interface PacketTarget extends Omit<EndpointView, 'zone' | 'node'> {
  readonly node: string | null;
}

/** What kube-proxy made of the packet. */
export interface PacketStage {
  readonly answer: Answer<ServiceVerdict, ServiceResult>;
  readonly service: ModelService | undefined;
  /** The port of the service that matched. */
  readonly port: ServicePort | undefined;
  /** The number that the sender asked for, where it did. */
  readonly asked: number | undefined;
  readonly targets: readonly PacketTarget[];
}

/** Sends the packet to the address that the name came to, or that was named itself. */
export function packetStage(model: NetworkModel, request: PacketRequest): Result<PacketStage, Problem> {
  const service = serviceAsked(request);
  if (service && (service.resource.headless || request.destination.target.kind === 'service')) return toService(model, service, request);
  const { target } = request.destination;
  const ip = target.kind === 'address' || target.kind === 'loopback' ? target.ip : request.name?.ip;
  if (ip) return toAddress(model, ip, service, request);
  if (target.kind === 'endpoints') return toEndpoints(model, target.endpoints, request);
  return err(problem('invalid-request', `\`${request.destination.text}\` has no address`, {}));
}

function serviceAsked({ destination: { target }, name }: PacketRequest): ModelService | undefined {
  if (name?.service) return name.service;
  return target.kind === 'service' ? target.service : undefined;
}

const NOTHING: Omit<ResolvedEndpoints, 'selector'> = { pods: [], nodes: [], ranges: [], services: [], port: undefined };

function ask(
  model: NetworkModel,
  { sender, node, protocol }: PacketRequest,
  to: ResolvedEndpoints,
  port: string | undefined,
  destinationIP?: Ip,
): Result<Answer<ServiceVerdict, ServiceResult>, Problem> {
  return resolveService(model, { to, from: sender.endpoints, port, protocol, node, sourceIP: sender.ip, destinationIP });
}

function toService(model: NetworkModel, service: ModelService, request: PacketRequest): Result<PacketStage, Problem> {
  const key = `${service.namespace}/${service.name}`;
  const to = { ...NOTHING, selector: `svc/${key}`, services: [key] };
  const written = request.destination.port;
  const asked = numberOf(written);
  const port = service.resource.headless ? headlessPort(service, written) : undefined;
  const answer = ask(
    model,
    request,
    to,
    port ? port.name || String(port.port) : service.resource.headless && service.resource.ports.length === 0 ? undefined : written,
  );
  if (!answer.ok) return answer;
  const matched = port ?? portIn(service, answer.value.result);
  const direct = answer.value.verdict === 'DIRECT' && asked !== undefined;
  // Nothing translates the port of a headless service: the packet goes to the one that was asked for.
  const targets = answer.value.result.endpoints.map((one) =>
    direct ? { ...one, port: asked, endpoint: formatAddress(one.ip, asked) } : one,
  );
  return ok({ answer: answer.value, service, port: matched, asked, targets });
}

/** The port of a headless service that a client means who asks for a number or name, or for none. */
function headlessPort({ resource: { ports } }: ModelService, written: string | undefined): ServicePort | undefined {
  return (
    ports.find(({ port, name }) => written === undefined || String(port) === written || name === written) ??
    ports.find(({ targetPort }) => String(targetPort) === written) ??
    ports[0]
  );
}

function toAddress(model: NetworkModel, ip: Ip, service: ModelService | undefined, request: PacketRequest): Result<PacketStage, Problem> {
  const written = request.destination.port ?? onlyPort(service);
  const number = numberOf(written) ?? service?.resource.ports.find(({ name }) => name === written)?.port;
  if (number === undefined) return err(missingPort(request.destination, service));
  const answer = ask(model, request, { ...NOTHING, selector: `ip/${formatIp(ip)}`, ranges: [rangeOf(ip)] }, String(number), ip);
  if (!answer.ok) return answer;
  const { verdict, result } = answer.value;
  const matched = result.service ? model.services.get(`${result.service.namespace}/${result.service.name}`) : service;
  const targets = verdict === 'NONE' ? [itself(model, ip, number)] : result.endpoints;
  return ok({ answer: answer.value, service: matched, port: matched && portIn(matched, result), asked: number, targets });
}

function toEndpoints(model: NetworkModel, to: ResolvedEndpoints, request: PacketRequest): Result<PacketStage, Problem> {
  const answer = ask(model, request, { ...to, port: undefined }, request.destination.port);
  if (!answer.ok) return answer;
  const { verdict, result } = answer.value;
  const port = numberOf(request.destination.port) ?? 0;
  const ips = [
    ...to.pods.flatMap((id) => model.pods[id]?.ips[0]?.value ?? []),
    ...to.nodes.flatMap((name) => model.nodes.get(name)?.addresses[0]?.ip ?? []),
  ];
  const targets = verdict === 'NONE' ? ips.map((ip) => ({ ...itself(model, ip, port), probability: 1 / ips.length })) : result.endpoints;
  const matched = result.service ? model.services.get(`${result.service.namespace}/${result.service.name}`) : undefined;
  return ok({ answer: answer.value, service: matched, port: matched && portIn(matched, result), asked: port, targets });
}

function rangeOf(ip: Ip) {
  return { family: ip.family, first: ip.value, last: ip.value };
}

/** The address itself: nothing translates it. */
function itself(model: NetworkModel, ip: Ip, port: number): PacketTarget {
  const text = formatIp(ip);
  const owner = (model.ipOwners.get(text) ?? []).find(({ type }) => type === 'pod' || type === 'node');
  const pod = owner?.type === 'pod' ? model.pods[owner.pod] : undefined;
  const node = owner?.type === 'node' ? owner.node : (pod?.nodeName?.value ?? null);
  const named = pod ? `${pod.namespace}/${pod.name}` : null;
  return { endpoint: formatAddress(text, port), ip: text, port, pod: named, node, probability: 1, masquerade: false };
}

function portIn({ resource }: ModelService, { service }: ServiceResult): ServicePort | undefined {
  const port = service?.port;
  return port ? resource.ports.find((one) => one.port === port.port && one.protocol === port.protocol) : undefined;
}

function onlyPort(service: ModelService | undefined): string | undefined {
  const [only, more] = service?.resource.ports ?? [];
  return only && more === undefined ? String(only.port) : undefined;
}

/** The number that a port is; undefined for a name. */
export function numberOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

/** No port is named, or one that nobody has: the refusal says which there are. */
export function missingPort({ text, port }: TraceDestination, service: ModelService | undefined): Problem {
  const listed = service?.resource.ports.map((one) => (one.name === '' ? String(one.port) : `${one.name} (${one.port})`)).join(', ');
  const has = listed === undefined || listed === '' ? '' : `; service \`${service?.namespace ?? ''}/${service?.name ?? ''}\` has ${listed}`;
  const message = port === undefined ? `\`${text}\` names no port${has}` : `\`${port}\` is no port of \`${text}\`${has}`;
  const hint = `write \`${text.replace(/:[^:\]]*$/, '')}:${service?.resource.ports[0]?.port ?? 80}\``;
  return problem('invalid-request', message, { hint, errors: [{ pointer: '/to', code: 'missing-port', message, hint }] });
}
