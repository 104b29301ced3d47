import type { ModelService, NetworkModel } from '../../../model/network-model.js';
import { formatIp } from '../../../net/ip.js';
import type { RouteBackend } from '../../route-result.js';
import { type BackendOutcome, backendOutcome, singleEndpoint } from '../backend-outcome.js';
import type { RoutingObject } from '../path-rule.js';
import type { TraefikOptions } from './options.js';
import { droppedTarget, type Target, UNTOUCHED_TARGET } from './target.js';

/** A Service as a router asks for it. */
export interface AskedService {
  readonly pointer: string;
  /** `namespace/name`. */
  readonly key: string;
  readonly port: number | string;
  readonly passHostHeader: boolean;
  readonly nativeLB: boolean;
  readonly nodePortLB: boolean;
  readonly sticky: boolean;
  /** Whether endpoints that terminate and still serve keep the Service from being empty: they are servers that get no new client (`EndpointServing`, `Fenced`). */
  readonly keepsDraining: boolean;
}

const STICKY = {
  code: 'SESSION_NOT_KNOWN',
  message: 'the Service is sticky: the shares are those of clients that come for the first time, without a cookie of Traefik',
};

/** Services of Kubernetes, as both providers look them up (`loadServers`, `loadService`). */
export class PlainServices {
  constructor(
    private readonly model: NetworkModel,
    private readonly options: TraefikOptions,
  ) {}

  service(holder: RoutingObject, asked: AskedService, served: 'ROUTED' | 'DEFAULT_BACKEND' = 'ROUTED'): Target {
    const [namespace = '', name = ''] = asked.key.split('/');
    const service = this.model.services.get(asked.key);
    const port = service?.resource.ports.find((one) => one.port === asked.port || (one.name !== '' && one.name === asked.port));
    const place = { ...holder, namespace };
    const reached = backendOutcome(this.model, place, { type: 'service', pointer: asked.pointer, name, port: asked.port }, served);
    const single = (address: string, to: number, portName: string) => singleEndpoint({ namespace, name }, portName, { address, port: to });
    if (service?.resource.type === 'ExternalName') {
      const to = port?.port ?? (typeof asked.port === 'number' && holder.ref.kind !== 'Ingress' ? asked.port : undefined);
      if (!this.options.allowExternalNameServices) {
        const message = `Service ${asked.key} is of type ExternalName, which Traefik follows with \`allowExternalNameServices\` alone`;
        return droppedTarget('EXTERNAL_NAME_BACKEND', message, holder, asked.pointer);
      }
      if (to === undefined) return this.finish(reached, asked);
      return this.finish(servedBy(single(service.resource.externalName ?? '', to, port?.name ?? ''), reached), asked);
    }
    if (service && port && asked.nativeLB) {
      const [address] = service.clusterIPs;
      if (!address) return droppedTarget('BACKEND_INVALID', `no clusterIP found for service: ${asked.key}`, holder, asked.pointer);
      return this.finish(servedBy(single(formatIp(address.value), port.port, port.name), reached), asked);
    }
    if (service?.resource.type === 'NodePort' && port && asked.nodePortLB) {
      const endpoints = this.atNodes(service, service.resource.ports.indexOf(port));
      if (endpoints.length === 0)
        return droppedTarget('BACKEND_INVALID', `no node has an address for Service ${asked.key}`, holder, asked.pointer);
      return this.finish(servedBy({ ...single('', port.port, port.name), endpoints }, reached), asked);
    }
    return this.finish(reached, asked, port !== undefined && isDraining(service, port.name));
  }

  /** A port of a Service at the internal addresses of every node. */
  private atNodes({ nodePorts }: ModelService, index: number): RouteBackend['endpoints'] {
    const port = nodePorts[index]?.value;
    if (port === undefined) return [];
    return [...this.model.nodes.values()].flatMap(({ name, addresses }) =>
      addresses.filter(({ type }) => type === 'InternalIP').map(({ ip }) => ({ address: formatIp(ip), port, pod: null, node: name })),
    );
  }

  private finish(reached: BackendOutcome, { passHostHeader, sticky, keepsDraining }: AskedService, drains = false): Target {
    const target = fromOutcome(reached, passHostHeader);
    const keeps = target.dropped?.reason === 'NO_READY_ENDPOINTS' && (this.options.allowEmptyServices || (keepsDraining && drains));
    return { ...target, dropped: keeps ? undefined : target.dropped, assumptions: sticky ? [STICKY] : [] };
  }
}

function isDraining(service: ModelService | undefined, portName: string): boolean {
  const slices = service?.endpoints.slices.filter(({ ports }) => ports.some(({ name, port }) => name === portName && port !== undefined));
  return slices?.some(({ endpoints }) => endpoints.some(({ serving, terminating }) => serving && terminating)) === true;
}

function servedBy(backend: RouteBackend, reached: BackendOutcome): BackendOutcome {
  return { verdict: 'ROUTED', backend, unspecified: [], nearMisses: [], steps: reached.steps.slice(0, 1) };
}

/** What the Ingress dialects share, as a target. */
export function fromOutcome(reached: BackendOutcome, passHostHeader = true): Target {
  const { verdict, backend, steps, nearMisses } = reached;
  const isServed = verdict === 'ROUTED' || verdict === 'DEFAULT_BACKEND';
  const last = steps.findLast((step) => step.outcome === 'no-match');
  return {
    ...UNTOUCHED_TARGET,
    dropped: isServed ? undefined : { reason: last?.reason ?? verdict, message: last?.message ?? 'no Service serves it' },
    backends: backend ? [{ backend, passHostHeader }] : [],
    steps,
    nearMisses,
  };
}
