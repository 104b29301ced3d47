import { didYouMean } from '../../kernel/did-you-mean.js';
import { firstFew } from '../../kernel/first-few.js';
import { pointerBelow } from '../../kernel/json-pointer.js';
import { findPort } from '../../model/endpoints/find-port.js';
import type { ModelPod, ModelService, NetworkModel } from '../../model/network-model.js';
import type { ContainerPort } from '../../resources/pod.js';
import type { ServicePort } from '../../resources/service.js';
import type { FindingDraft, FindingFix } from '../finding.js';
import { podsText } from './pod-place.js';
import { selectedPods } from './selected-pods.js';

/** Target ports that the selected pods do not have: a wrong name gives no endpoint, a number that nobody declares probably one that refuses. */
export function* portChecks(model: NetworkModel, service: ModelService): Generator<FindingDraft> {
  if (service.resource.type === 'ExternalName') return;
  const pods = selectedPods(model, service)
    .map(({ pod }) => pod)
    .filter(({ finished }) => !finished);
  if (pods.length === 0) return;
  for (const [position, port] of service.resource.ports.entries()) {
    const draft = typeof port.targetPort === 'string' ? byName(service, port, position, pods) : byNumber(service, port, position, pods);
    if (draft) yield draft;
  }
}

const portsOf = (pods: readonly ModelPod[]): readonly ContainerPort[] =>
  pods.flatMap(({ spec }) => spec.containers.flatMap(({ ports }) => ports));

function byName(service: ModelService, port: ServicePort, position: number, pods: readonly ModelPod[]): FindingDraft | undefined {
  const found = pods.map((pod) => ({ pod, reason: findPort(pod.spec, port) }));
  const lacking = found.filter(({ reason }) => typeof reason !== 'number').map(({ pod }) => pod);
  if (lacking.length === 0) return undefined;
  const mismatch = found.some(({ reason }) => reason === 'PORT_PROTOCOL_MISMATCH');
  const declared = portsOf(lacking);
  const some = lacking.length < pods.length;
  const otherwise = mismatch
    ? `is called so with ${declared.find(({ name }) => name === port.targetPort)?.protocol ?? 'another protocol'}`
    : 'is called so';
  return {
    code: mismatch ? 'PORT_PROTOCOL_MISMATCH' : 'PORT_NAME_NOT_FOUND',
    object: service.ref,
    pointer: pointerBelow('/spec/ports', position, mismatch ? 'protocol' : 'targetPort'),
    message: `port ${portText(port)} of service \`${service.namespace}/${service.name}\` targets \`${port.targetPort}\`/${port.protocol}, and ${mismatch ? 'a' : 'no'} port of ${podsText(lacking)} ${otherwise}; they declare ${declaredText(declared)}`,
    related: lacking.map(({ ref }) => ({ object: ref, pointer: '/spec/containers' })),
    // Where other pods have the port, the service is right and these pods are not.
    fix: some ? undefined : mismatch ? sameProtocol(service, port, position, declared) : nearestPort(service, port, position, declared),
  };
}

function byNumber(service: ModelService, port: ServicePort, position: number, pods: readonly ModelPod[]): FindingDraft | undefined {
  const declared = portsOf(pods);
  const same = declared.filter(({ containerPort }) => containerPort === port.targetPort);
  // Ports need not be declared: where a pod declares none, nothing can be said.
  if (declared.length === 0 || same.some(({ protocol }) => protocol === port.protocol)) return undefined;
  return {
    code: same.length > 0 ? 'PORT_PROTOCOL_MISMATCH' : 'TARGETPORT_UNDECLARED',
    severity: 'warning',
    object: service.ref,
    pointer: pointerBelow('/spec/ports', position, same.length > 0 ? 'protocol' : 'targetPort'),
    message: `port ${portText(port)} of service \`${service.namespace}/${service.name}\` targets ${port.targetPort}/${port.protocol}, which no container of the selected pods declares; they declare ${declaredText(declared)}`,
    related: pods.map(({ ref }) => ({ object: ref, pointer: '/spec/containers' })),
    fix: same.length > 0 ? sameProtocol(service, port, position, same) : nearestPort(service, port, position, declared),
  };
}

function portText({ name, port }: ServicePort): string {
  return name === '' ? String(port) : `\`${name}\` (${port})`;
}

function declaredText(ports: readonly ContainerPort[]): string {
  const texts = ports.map(({ name, containerPort, protocol }) => `${name === undefined ? '' : `\`${name}\` `}${containerPort}/${protocol}`);
  const distinct = [...new Set(texts)];
  if (distinct.length === 0) return 'none';
  return firstFew(distinct, 5);
}

function sameProtocol(
  { ref }: ModelService,
  port: ServicePort,
  position: number,
  declared: readonly ContainerPort[],
): FindingFix | undefined {
  const other = declared.find(({ name, containerPort }) => name === port.targetPort || containerPort === port.targetPort);
  if (!other) return undefined;
  return {
    message: `let the port be ${other.protocol}, as the container's is`,
    object: ref,
    patch: [{ op: 'add', path: pointerBelow('/spec/ports', position, 'protocol'), value: other.protocol }],
    create: [],
  };
}

/** The port that was probably meant: one that is called alike, the one with the service's own number, or the only one there is. */
function nearestPort(
  { ref }: ModelService,
  port: ServicePort,
  position: number,
  declared: readonly ContainerPort[],
): FindingFix | undefined {
  const ofProtocol = declared.filter(({ protocol }) => protocol === port.protocol);
  const byPort = new Map(ofProtocol.map((one) => [one.name ?? String(one.containerPort), one]));
  const alike = typeof port.targetPort === 'string' ? didYouMean(port.targetPort, byPort.keys()) : undefined;
  const [only] = byPort.values();
  const meant =
    byPort.get(alike ?? '') ??
    ofProtocol.find(({ name }) => name !== undefined && name === port.name) ??
    ofProtocol.find(({ containerPort }) => containerPort === port.port) ??
    (byPort.size === 1 ? only : undefined);
  if (!meant) return undefined;
  const value = meant.name ?? meant.containerPort;
  return {
    message: `target \`${value}\``,
    object: ref,
    patch: [{ op: 'add', path: pointerBelow('/spec/ports', position, 'targetPort'), value }],
    create: [],
  };
}
