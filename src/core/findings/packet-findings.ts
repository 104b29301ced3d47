import { pointerBelow } from '../kernel/json-pointer.js';
import type { PatchStep } from '../kernel/patch-step.js';
import { cidrOf, formatCidr } from '../net/cidr.js';
import { familyBits, parseIp } from '../net/ip.js';
import type { Protocol } from '../net/protocol.js';
import type { ModelService, NetworkModel } from '../model/network-model.js';
import type { ServicePort } from '../resources/service.js';
import type { ServiceResult } from '../services/service-question.js';
import { type Finding, type FindingDraft, type FindingFix, findingOf } from './finding.js';
import { useEveryNode } from './internal/local-policy-checks.js';

/** A packet to a service, and what kube-proxy made of it. */
export interface JudgedPacket {
  readonly service: ModelService;
  /** The port of the service that matched. */
  readonly port: ServicePort | undefined;
  /** The number that was asked for. */
  readonly asked: number | undefined;
  readonly result: ServiceResult;
}

/** What keeps a packet from endpoints of its service, or from the service itself. */
export function packetFindings(model: NetworkModel, packet: JudgedPacket): readonly Finding[] {
  return [...wrongPort(packet), ...headlessPort(packet), ...droppedPackets(packet), ...leftOut(model, packet)].map(findingOf);
}

function* wrongPort({ service, port, asked, result }: JudgedPacket): Generator<FindingDraft> {
  const { ref, resource, nodePorts } = service;
  if (port || asked === undefined || resource.ports.length === 0 || resource.headless || resource.type === 'ExternalName') return;
  const listed = resource.ports.map((one) => `${one.name === '' ? '' : `\`${one.name}\` `}${one.port}/${one.protocol}`).join(', ');
  const target = resource.ports.find(({ targetPort }) => targetPort === asked);
  const nodePort = resource.ports.find((_, position) => nodePorts[position]?.value === asked);
  const why = target
    ? `; ${asked} is the port of its pods, clients use ${target.port}`
    : nodePort
      ? `; ${asked} is its node port, clients inside use ${nodePort.port}`
      : '';
  const message = `service \`${ref.namespace ?? ''}/${ref.name}\` has no port ${asked}/${result.destination.protocol}: it has ${listed}${why}`;
  const [only, more] = resource.ports;
  const fix = alsoServe(service, asked, result.destination.protocol, target ?? nodePort ?? (more ? undefined : only));
  yield { code: 'SERVICE_PORT_MISSING', object: ref, pointer: '/spec/ports', message, fix };
}

/** One more port that leads where another one does. "When there are multiple ports, each must have a name" (core/v1 ServicePort). */
function alsoServe(service: ModelService, port: number, protocol: Protocol, like: ServicePort | undefined): FindingFix | undefined {
  const { ref, resource } = service;
  if (like?.protocol !== protocol) return undefined;
  const named = resource.ports.flatMap((one, position): PatchStep[] =>
    one.name === '' ? [{ op: 'add', path: `/spec/ports/${position}/name`, value: `port-${one.port}` }] : [],
  );
  const value = { name: `port-${port}`, port, protocol, targetPort: like.targetPort };
  const message = `let port ${port} lead where ${like.port} does`;
  return { message, object: ref, patch: [...named, { op: 'add', path: '/spec/ports/-', value }], create: [] };
}

function* headlessPort({ service: { ref, resource }, asked, result }: JudgedPacket): Generator<FindingDraft> {
  const other = result.endpoints.find((one) => one.port !== asked && one.port > 0);
  if (!resource.headless || asked === undefined || !other) return;
  const message = `service \`${ref.namespace ?? ''}/${ref.name}\` is headless: nothing translates port ${asked}, and its endpoints listen on ${other.port}`;
  yield { code: 'HEADLESS_PORT', object: ref, pointer: '/spec/ports', message };
}

function* droppedPackets({ service, result }: JudgedPacket): Generator<FindingDraft> {
  const told = new Set<string>();
  const severity = result.flows.some(({ verdict }) => verdict === 'DNAT') ? 'warning' : 'error';
  for (const { reason, message, source, nodes } of result.flows) {
    if (told.has(reason)) continue;
    told.add(reason);
    const where = nodes.length === 1 ? ` (node ${nodes[0] ?? ''})` : '';
    const draft = { object: service.ref, message: `${source}${where}: ${message}`, severity } as const;
    if (reason === 'ITP_LOCAL_NO_LOCAL')
      yield { ...draft, code: reason, pointer: '/spec/internalTrafficPolicy', fix: useEveryNode(service, 'internalTrafficPolicy') };
    if (reason === 'ETP_LOCAL_NO_LOCAL')
      yield { ...draft, code: reason, pointer: '/spec/externalTrafficPolicy', fix: useEveryNode(service, 'externalTrafficPolicy') };
    if (reason === 'LBSR_DENIED')
      yield { ...draft, code: reason, pointer: '/spec/loadBalancerSourceRanges', fix: letSourceIn(service, source) };
  }
}

function letSourceIn({ ref }: ModelService, source: string): FindingFix | undefined {
  const ip = parseIp(source);
  if (!ip) return undefined;
  const value = formatCidr(cidrOf(ip, familyBits(ip.family)));
  return {
    message: `let ${value} in`,
    object: ref,
    patch: [{ op: 'add', path: '/spec/loadBalancerSourceRanges/-', value }],
    create: [],
  };
}

/** Endpoints that the packet never reaches although they are ready. */
function* leftOut(model: NetworkModel, { service, result }: JudgedPacket): Generator<FindingDraft> {
  for (const code of ['NOT_LOCAL', 'HINT_FILTERED'] as const) {
    const concerned = result.excluded.filter(({ reason }) => reason === code);
    const [first] = concerned;
    if (!first) continue;
    const field = result.destination.via === 'CLUSTER_IP' ? 'internalTrafficPolicy' : 'externalTrafficPolicy';
    const more = concerned.length > 1 ? ` (and ${concerned.length - 1} more)` : '';
    yield {
      code,
      object: service.ref,
      pointer: code === 'NOT_LOCAL' ? `/spec/${field}` : hintPlace(service),
      message: `${first.endpoint ?? first.pod ?? ''}${more} gets nothing: ${first.message}`,
      related: concerned.flatMap(({ pod }) => {
        const known = pod === null ? undefined : model.podByKey.get(pod);
        return known ? [{ object: known.ref, pointer: '/spec/nodeName' }] : [];
      }),
      fix: code === 'NOT_LOCAL' ? useEveryNode(service, field) : withoutHints(service),
    };
  }
}

const ANNOTATIONS = ['service.kubernetes.io/topology-aware-hints', 'service.kubernetes.io/topology-mode'];

function hintPlace({ resource }: ModelService): string {
  const annotation = ANNOTATIONS.find((name) => Object.hasOwn(resource.annotations, name));
  return annotation === undefined ? '/spec/trafficDistribution' : pointerBelow('/metadata/annotations', annotation);
}

/** Hints that a controller wrote go away with what asked for them. */
function withoutHints({ ref, resource, endpoints }: ModelService): FindingFix | undefined {
  const annotations = ANNOTATIONS.filter((name) => Object.hasOwn(resource.annotations, name));
  const paths = annotations.map((name) => pointerBelow('/metadata/annotations', name));
  if (resource.trafficDistribution !== undefined) paths.push('/spec/trafficDistribution');
  if (paths.length === 0 || endpoints.source !== 'derived') return undefined;
  const patch = paths.map((path): PatchStep => ({ op: 'remove', path }));
  return { message: 'use the endpoints of every zone and node', object: ref, patch, create: [] };
}
