import type { Note } from '../../kernel/answer.js';
import { assertNever } from '../../kernel/assert-never.js';
import { didYouMeanHint } from '../../kernel/did-you-mean.js';
import type { EvidenceStep } from '../../kernel/evidence.js';
import { inMap } from '../../kernel/in-map.js';
import { describeRef } from '../../kernel/object-ref.js';
import type { ModelService, NetworkModel } from '../../model/network-model.js';
import type { EndpointSlice } from '../../resources/endpoint-slice.js';
import type { IngressBackend } from '../../resources/ingress.js';
import type { ServicePort } from '../../resources/service.js';
import type { NearMiss, RouteBackend, RouteEndpoint, RouteVerdict } from '../route-result.js';
import { type BackendReading, PLAIN_READING } from './backend-reading.js';
import { NearNames } from './near-names.js';
import type { RoutingObject } from './path-rule.js';

/** What a backend comes to: the verdict it leads to, and the steps that show it. */
export interface BackendOutcome {
  readonly verdict: RouteVerdict;
  readonly backend: RouteBackend | undefined;
  readonly unspecified: readonly Note[];
  readonly nearMisses: readonly NearMiss[];
  readonly steps: readonly EvidenceStep[];
}

/** Where a backend stands. */
interface Place {
  readonly ingress: RoutingObject;
  readonly backend: IngressBackend;
  readonly reading: BackendReading;
}

/** Who has endpoints. */
export type EndpointOwner = Pick<ModelService, 'ref' | 'namespace' | 'name' | 'endpoints'>;

/** How a controller finds what a backend comes to. */
export type FollowBackend = (
  model: NetworkModel,
  ingress: RoutingObject,
  backend: IngressBackend | undefined,
  served: 'ROUTED' | 'DEFAULT_BACKEND',
) => BackendOutcome;

/** Service, port, ready endpoints (rules A12, A15). `served` is the verdict when all of them are there; `reading` is how the controller reads the Service. */
export function backendOutcome(
  model: NetworkModel,
  ingress: RoutingObject,
  backend: IngressBackend | undefined,
  served: 'ROUTED' | 'DEFAULT_BACKEND',
  reading: BackendReading = PLAIN_READING,
): BackendOutcome {
  if (backend === undefined) return open('BACKEND_INVALID', 'BACKEND_INVALID', 'the rule names no backend', ingress, '');
  const place = { ingress, backend, reading };
  switch (backend.type) {
    case 'invalid':
      return open('BACKEND_INVALID', 'BACKEND_INVALID', `the API server refuses the backend: ${backend.why}`, ingress, backend.pointer);
    case 'resource': {
      const what = `${backend.kind}/${backend.name}`;
      const why = `the backend is the resource \`${what}\`: what a controller does with it is up to the class, and no common controller serves it`;
      return open('RESOURCE_BACKEND', 'RESOURCE_BACKEND_UNSPECIFIED', why, ingress, backend.pointer);
    }
    case 'service':
      return serviceOutcome(model, place, backend.name, backend.port, served);
    default:
      return assertNever(backend);
  }
}

function open(reason: string, code: string, message: string, ingress: RoutingObject, pointer: string): BackendOutcome {
  const step: EvidenceStep = { stage: 'backend', outcome: 'no-match', reason, message, object: ingress.ref, pointer };
  return { verdict: 'UNDEFINED', backend: undefined, unspecified: [{ code, message }], nearMisses: [], steps: [step] };
}

function serviceOutcome(
  model: NetworkModel,
  place: Place,
  name: string,
  port: number | string,
  served: 'ROUTED' | 'DEFAULT_BACKEND',
): BackendOutcome {
  const { namespace } = place.ingress;
  const service = model.services.get(`${namespace}/${name}`);
  if (!service) return missingService(model, place, name);
  if (service.resource.type === 'ExternalName') {
    const message = `Service ${namespace}/${name} is of type ExternalName: the specification does not say whether a controller follows it`;
    const outcome = open('EXTERNAL_NAME_BACKEND', 'EXTERNAL_NAME_UNSPECIFIED', message, place.ingress, place.backend.pointer);
    return { ...outcome, steps: [foundStep(place, foundText(service)), ...outcome.steps] };
  }
  const servicePort = service.resource.ports.find((item) => place.reading.isPort(item, port));
  if (!servicePort) return missingPort(service, place, port, foundStep(place, foundText(service)));
  const { found, step } = askedPort(service, servicePort, port);
  return endpointsOutcome(model, service, servicePort, [foundStep(place, found), step], served, place.reading);
}

const foundText = ({ namespace, name }: ModelService) => `the backend is Service ${namespace}/${name}`;

function foundStep({ ingress, backend }: Place, message: string): EvidenceStep {
  return { stage: 'backend', outcome: 'match', reason: 'SERVICE_FOUND', message, object: ingress.ref, pointer: backend.pointer };
}

/** What is said of a port that a backend names, the same whichever rule does. */
interface AskedPort {
  readonly found: string;
  readonly step: EvidenceStep;
}

/** By the number or name that is asked for. */
const ASKED_PORTS = new WeakMap<ServicePort, Map<number | string, AskedPort>>();

function askedPort(service: ModelService, port: ServicePort, asked: number | string): AskedPort {
  const known = inMap(ASKED_PORTS, port, () => new Map<number | string, AskedPort>());
  return inMap(known, asked, () => ({ found: foundText(service), step: portStep(service, port, asked) }));
}

function unanswered(what: string): Note {
  return { code: 'STATUS_UNSPECIFIED', message: `the specification does not say what a controller answers when ${what}` };
}

const NEAR_SERVICES = new WeakMap<NetworkModel, ReadonlyMap<string, NearNames>>();

/** The names of Services, by namespace. */
function servicesNear(model: NetworkModel): ReadonlyMap<string, NearNames> {
  return inMap(NEAR_SERVICES, model, () => {
    const names = new Map<string, string[]>();
    for (const { namespace, name } of model.services.values()) inMap(names, namespace, (): string[] => []).push(name);
    return new Map([...names].map(([namespace, list]) => [namespace, new NearNames(list)]));
  });
}

function missingService(model: NetworkModel, place: Place, name: string): BackendOutcome {
  const { namespace, ref } = place.ingress;
  const message = `Service ${namespace}/${name} does not exist`;
  const hint = servicesNear(model).get(namespace)?.hintFor(name);
  const { pointer } = place.backend;
  return {
    verdict: 'SERVICE_MISSING',
    backend: undefined,
    unspecified: [unanswered('the Service does not exist')],
    nearMisses: hint === undefined ? [] : [{ reason: 'SERVICE_NAME', object: describeRef(ref), pointer, message, fix: hint }],
    steps: [{ stage: 'backend', outcome: 'no-match', reason: 'SERVICE_MISSING', message, object: ref, pointer }],
  };
}

function portStep(service: ModelService, servicePort: ServicePort, asked: number | string): EvidenceStep {
  const named = typeof asked === 'number' ? `number ${asked}` : `name \`${asked}\``;
  return {
    stage: 'port',
    outcome: 'match',
    reason: 'PORT_FOUND',
    message: `${named} is port ${servicePort.port}${servicePort.name === '' ? '' : ` (${servicePort.name})`}, target port ${servicePort.targetPort}`,
    object: service.ref,
    pointer: `/spec/ports/${service.resource.ports.indexOf(servicePort)}`,
  };
}

function missingPort(service: ModelService, place: Place, asked: number | string, found: EvidenceStep): BackendOutcome {
  const { ports } = service.resource;
  const offered = ports.map((port) => (port.name === '' ? `${port.port}` : `${port.port} (${port.name})`)).join(', ');
  const message = `Service ${service.namespace}/${service.name} has no port ${typeof asked === 'number' ? asked : `named \`${asked}\``}; it has ${offered === '' ? 'none' : offered}`;
  const target = ports.find((port) => port.targetPort === asked);
  const nearest = didYouMeanHint(
    String(asked),
    ports.flatMap((port) => [port.name, String(port.port)]).filter((text) => text !== ''),
  );
  const fix = target
    ? `\`${asked}\` is the target port of port ${target.port}: name ${target.port} in the ${place.ingress.ref.kind}`
    : nearest;
  const object = describeRef(place.ingress.ref);
  const { pointer } = place.backend;
  return {
    verdict: 'PORT_MISSING',
    backend: undefined,
    unspecified: [unanswered('the Service has no such port')],
    nearMisses: fix === undefined ? [] : [{ reason: 'SERVICE_PORT', object, pointer, message, fix }],
    steps: [found, { stage: 'port', outcome: 'no-match', reason: 'PORT_MISSING', message, object: service.ref, pointer: '/spec/ports' }],
  };
}

/** The endpoints of one port. */
function endpointsOf(
  slices: readonly EndpointSlice[],
  servicePort: ServicePort,
  { addressesOf, portsIn }: BackendReading,
): { readonly ready: readonly RouteEndpoint[]; readonly notReady: number } {
  const ready = new Map<string, RouteEndpoint>();
  const notReady = new Set<string>();
  for (const slice of slices) {
    const ports = portsIn(slice, servicePort);
    if (ports.length === 0) continue;
    for (const endpoint of slice.endpoints) {
      const read = addressesOf(endpoint);
      const target = endpoint.targetRef;
      const pod = target?.kind === 'Pod' ? `${target.namespace ?? slice.ref.namespace ?? ''}/${target.name}` : null;
      for (const address of read.addresses) {
        for (const port of ports) {
          const key = `${address} ${port}`;
          if (!read.ready) notReady.add(key);
          else if (!ready.has(key)) ready.set(key, { address, port, pod, node: endpoint.nodeName ?? null });
        }
      }
    }
  }
  return { ready: [...ready.values()], notReady: [...notReady].filter((key) => !ready.has(key)).length };
}

/** Only a Gateway treats backends of one rule differently. */
const UNCHANGED = { forwarded: null, responseHeaders: [], protocol: 'HTTP', tls: null } as const;

/** A Service that is reached at one address that is none of its endpoints. */
export function singleEndpoint(
  { namespace, name }: Pick<ModelService, 'namespace' | 'name'>,
  portName: string,
  { address, port }: Pick<RouteEndpoint, 'address' | 'port'>,
): RouteBackend {
  const endpoints = [{ address, port, pod: null, node: null }];
  return { namespace, service: name, port, portName, share: 1, endpoints, notReady: 0, ...UNCHANGED };
}

/** The endpoints of a port, and what that comes to. `served` is the verdict when one of them is ready. */
export function endpointsOutcome(
  model: NetworkModel,
  service: EndpointOwner,
  port: ServicePort,
  before: readonly EvidenceStep[],
  served: 'ROUTED' | 'DEFAULT_BACKEND',
  reading: BackendReading = PLAIN_READING,
): BackendOutcome {
  const { backend, step } = servedPort(service, port, reading);
  if (backend.endpoints.length > 0) return { verdict: served, backend, unspecified: [], nearMisses: [], steps: [...before, step] };
  return {
    verdict: 'NO_ENDPOINTS',
    backend,
    unspecified: [unanswered('no endpoint is ready')],
    nearMisses: [],
    steps: [...before, step, ...leftOut(model, service, port)],
  };
}

/** A port of a Service as a backend, and the step that tells of its endpoints. */
interface ServedPort {
  readonly backend: RouteBackend;
  readonly step: EvidenceStep;
}

/** A model's Services never change; batches ask for the same ones again and again, and some have thousands of endpoints. */
const SERVED_PORTS = new WeakMap<BackendReading, WeakMap<EndpointOwner, Map<ServicePort, ServedPort>>>();

function servedPort(service: EndpointOwner, port: ServicePort, reading: BackendReading): ServedPort {
  const services = inMap(SERVED_PORTS, reading, () => new WeakMap<EndpointOwner, Map<ServicePort, ServedPort>>());
  const ports = inMap(services, service, () => new Map<ServicePort, ServedPort>());
  return inMap(ports, port, () => servePort(service, port, reading));
}

function servePort(service: EndpointOwner, port: ServicePort, reading: BackendReading): ServedPort {
  const { slices, source } = service.endpoints;
  const { ready, notReady } = endpointsOf(slices, port, reading);
  const { namespace, name } = service;
  const none = ready.length === 0;
  const step: EvidenceStep = {
    stage: 'endpoints',
    outcome: none ? 'no-match' : 'match',
    reason: none ? 'NO_READY_ENDPOINTS' : 'ENDPOINTS_READY',
    message: `${service.ref.kind} ${namespace}/${name} has ${ready.length} ready endpoint${ready.length === 1 ? '' : 's'} on port ${port.port}${notReady === 0 ? '' : `, ${notReady} not ready`}`,
    object: service.ref,
    provenance: source === 'derived' ? 'derived' : 'observed',
  };
  const place = { namespace, service: name, port: port.port, portName: port.name };
  return { backend: { ...place, share: 1, endpoints: ready, notReady, ...UNCHANGED }, step };
}

/** Why each pod that the Service selects (or nearly selects) is no ready endpoint of the port. */
function leftOut(model: NetworkModel, service: EndpointOwner, port: ServicePort): readonly EvidenceStep[] {
  const steps: EvidenceStep[] = [];
  for (const { pod, included, ready, reason, message, missingPorts } of service.endpoints.candidates) {
    const missing = missingPorts.find((item) => item.port === port.name);
    if (included && ready && !missing) continue;
    steps.push({
      stage: 'endpoints',
      outcome: 'excluded',
      reason: `ENDPOINT_${missing?.reason ?? reason}`,
      message,
      object: model.pods[pod]?.ref,
    });
  }
  return steps;
}
