import type { EvidenceStep } from '../../../kernel/evidence.js';
import type { ModelService, NetworkModel } from '../../../model/network-model.js';
import { formatIp, parseIp } from '../../../net/ip.js';
import type { IngressBackend } from '../../../resources/ingress.js';
import type { ServicePort } from '../../../resources/service.js';
import { type BackendOutcome, backendOutcome, singleEndpoint } from '../backend-outcome.js';
import { type BackendReading, PLAIN_READING } from '../backend-reading.js';
import type { RoutingObject } from '../path-rule.js';
import { annotationsOf } from './annotations.js';
import type { Context } from './context.js';
import type { Upstream } from './upstreams.js';

type Served = 'ROUTED' | 'DEFAULT_BACKEND';
type ServiceBackend = Extract<IngressBackend, { readonly type: 'service' }>;

/** What the backend of an upstream comes to: with `service-upstream`, of its Ingress or of the controller, no endpoints are asked for (`createUpstreams`, `getServiceClusterEndpoint`). */
export function upstreamBackend(
  { model, options }: Pick<Context, 'model' | 'options'>,
  { ingress, backend }: Pick<Upstream, 'ingress' | 'backend'>,
  served: Served,
): BackendOutcome {
  const reached = nginxBackend(model, ingress, backend, served);
  const service = backend.type === 'service' ? model.services.get(`${ingress.namespace}/${backend.name}`) : undefined;
  if (backend.type !== 'service' || !service || service.resource.type === 'ExternalName') return reached;
  return (annotationsOf(ingress).serviceUpstream ?? options.serviceUpstream)
    ? atServiceAddress(service, backend, reached, served)
    : reached;
}

/**
 * What a backend comes to for the controller (`serviceEndpoints` of `controller.go`, `endpointslices.go`): it finds a port by its target port too, and follows a Service of
 * type ExternalName.
 */
export function nginxBackend(
  model: NetworkModel,
  ingress: RoutingObject,
  backend: IngressBackend | undefined,
  served: Served,
): BackendOutcome {
  const reached = backendOutcome(model, ingress, backend, served, NGINX_READING);
  const service = backend?.type === 'service' ? model.services.get(`${ingress.namespace}/${backend.name}`) : undefined;
  if (backend?.type !== 'service' || !service) return answered(reached);
  if (service.resource.type !== 'ExternalName') return answered(reached);
  const { port } = backend;
  const found = service.resource.ports.find((one) => (typeof port === 'number' ? one.port === port : one.name === port));
  return external(service, backend, ingress, served, { found, port: externalPort(found, port) });
}

/**
 * `externalNamePorts` of `controller.go`: of a port that is asked for by its name whose target is a name the own number stands in; asked for by its number it does not, and neither is there
 * one for a name that no port has: port 0.
 */
function externalPort(found: ServicePort | undefined, asked: number | string): number {
  if (found && typeof asked === 'string') return numberOf(found.targetPort) || found.port;
  return found ? numberOf(found.targetPort) : typeof asked === 'number' ? asked : 0;
}

/** `IntOrString.IntValue` of Go: 0 for a name. */
function numberOf(port: number | string): number {
  return typeof port === 'number' ? port : /^[+-]?\d+$/.test(port) ? Number(port) : 0;
}

function isAskedFor({ port, name, targetPort }: ServicePort, asked: number | string): boolean {
  return [port, targetPort].some((one) => String(one) === String(asked)) || (name !== '' && name === asked);
}

/** The controller takes every address of an endpoint, and ports that are named otherwise where the Service tells their number (`getEndpointsFromSlices` of `endpointslices.go`; kubernetes/ingress-nginx#7390). */
function slicesRead(transport: 'TCP' | 'UDP'): Pick<BackendReading, 'addressesOf' | 'portsIn'> {
  return {
    addressesOf: ({ ready, addresses }) => ({ ready, addresses }),
    portsIn: ({ ports }, { name, targetPort }) => {
      const told = typeof targetPort === 'number' ? targetPort : undefined;
      if (ports.length === 0) return told === undefined ? [] : [told];
      const found = ports.flatMap((one) => {
        if (one.protocol !== transport) return [];
        return (name === '' || one.name === name ? one.port : told) ?? [];
      });
      return [...new Set(found)];
    },
  };
}

/** How the controller reads a Service that requests go to. */
export const NGINX_READING: BackendReading = { ...slicesRead('TCP'), isPort: isAskedFor };

const STREAM_READINGS = { TCP: streamReading('TCP'), UDP: streamReading('UDP') } as const;

function streamReading(transport: 'TCP' | 'UDP'): BackendReading {
  return { ...slicesRead(transport), isPort: (port, asked) => port.protocol === transport && PLAIN_READING.isPort(port, asked) };
}

/** What a stream leads to: a port of the Service by its own number or name, and of its protocol (`getStreamServices` of `controller.go`). */
export function streamBackend(
  model: NetworkModel,
  holder: RoutingObject,
  backend: ServiceBackend,
  transport: 'TCP' | 'UDP',
): BackendOutcome {
  const reading = STREAM_READINGS[transport];
  const service = model.services.get(`${holder.namespace}/${backend.name}`);
  if (service?.resource.type !== 'ExternalName') return answered(backendOutcome(model, holder, backend, 'ROUTED', reading));
  const found = service.resource.ports.find((port) => reading.isPort(port, backend.port));
  return external(service, backend, holder, 'ROUTED', { found, port: found && numberOf(found.targetPort) });
}

/** The dialect says what the specification leaves open: 503, or no answer at all. */
export function answered(reached: BackendOutcome): BackendOutcome {
  return { ...reached, unspecified: reached.unspecified.filter(({ code }) => code !== 'STATUS_UNSPECIFIED') };
}

/** nginx resolves the name itself; names that are none, and those of the controller's own machine, are no endpoints. To port 0 nothing can be sent, but to the controller it is one. */
function external(
  service: ModelService,
  { pointer }: ServiceBackend,
  { ref }: RoutingObject,
  served: Served,
  { found, port }: { readonly found: ServicePort | undefined; readonly port: number | undefined },
): BackendOutcome {
  const { externalName = '' } = service.resource;
  const isEndpoint = port !== undefined && isReachableName(externalName);
  const isUsable = isEndpoint && port > 0;
  const what = isUsable
    ? `nginx sends requests to \`${externalName}\`, port ${port}`
    : isEndpoint
      ? `the controller finds no number of a port, and nginx can send nothing to port 0 of \`${externalName}\``
      : 'the controller makes no endpoint of its name and port';
  const step: EvidenceStep = {
    stage: 'backend',
    outcome: isUsable ? 'match' : 'no-match',
    reason: isUsable ? 'SERVICE_FOUND' : 'NO_READY_ENDPOINTS',
    message: `Service ${service.namespace}/${service.name} is of type ExternalName: ${what}`,
    object: ref,
    pointer,
  };
  const place = singleEndpoint(service, found?.name ?? '', { address: externalName, port: port ?? 0 });
  const backend = isEndpoint ? place : { ...place, endpoints: [] };
  return { verdict: isUsable ? served : 'NO_ENDPOINTS', backend, unspecified: [], nearMisses: [], steps: [step] };
}

const NAME = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;

function isReachableName(name: string): boolean {
  const ip = parseIp(name);
  if (ip) return !(ip.family === 4 ? ip.value >> 24n === 127n : ip.value === 1n);
  const plain = name.replace(/\.$/, '');
  return name !== 'localhost' && plain.length <= 253 && NAME.test(plain);
}

/** Where it has no address, or no port of the name, its endpoints are asked for after all. */
function atServiceAddress(service: ModelService, { port }: ServiceBackend, reached: BackendOutcome, served: Served): BackendOutcome {
  const [address] = service.clusterIPs;
  const number = typeof port === 'number' ? port : service.resource.ports.find(({ name }) => name === port)?.port;
  if (!address || number === undefined) return reached;
  const at = `${formatIp(address.value)}, port ${number}`;
  const [found] = reached.steps;
  const step: EvidenceStep = {
    stage: 'backend',
    outcome: 'match',
    reason: 'SERVICE_FOUND',
    message: `\`service-upstream\` sends requests to the address of the Service itself, ${at}`,
    object: service.ref,
  };
  if (reached.verdict !== served) {
    const message = `nothing answers behind the address of the Service, ${at}, and the controller does not ask: what a client gets is up to the proxy of the node`;
    return { ...reached, unspecified: [{ code: 'STATUS_UNSPECIFIED', message }], steps: [step, ...reached.steps.slice(1)] };
  }
  const backend = singleEndpoint(service, reached.backend?.portName ?? '', { address: formatIp(address.value), port: number });
  return { verdict: served, backend, unspecified: [], nearMisses: [], steps: found ? [found, step] : [step] };
}
