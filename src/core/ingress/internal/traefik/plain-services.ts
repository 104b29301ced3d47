import type { ModelService, NetworkModel } from '../../../model/network-model.js';
import { formatIp } from '../../../net/ip.js';
import type { ServicePort } from '../../../resources/service.js';
import type { RouteBackend } from '../../route-result.js';
import { type BackendOutcome, backendOutcome, singleEndpoint } from '../backend-outcome.js';
import { type BackendReading } from '../backend-reading.js';
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
  /** Undefined: as Traefik is set. */
  readonly nativeLB: boolean | undefined;
  readonly nodePortLB: boolean;
  readonly sticky: boolean;
}

/** How Services are looked up by one of those that do. */
export interface LookUp {
  readonly reading: BackendReading;
  /** `nativeLBByDefault` of the provider. */
  readonly nativeLBByDefault: boolean;
  /** Of `nativeLB` and `nodePortLB` the latter decides where both are asked for. */
  readonly nodesFirst: boolean;
  /** Whether endpoints that terminate and still serve keep the Service from being empty: they are servers that get no new client (`Fenced`). */
  readonly keepsDraining: boolean;
}

/** A Service and the port of it that is asked for. */
interface Found {
  readonly service: ModelService;
  readonly port: ServicePort | undefined;
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
    private readonly lookUp: LookUp,
  ) {}

  service(holder: RoutingObject, asked: AskedService, served: 'ROUTED' | 'DEFAULT_BACKEND' = 'ROUTED'): Target {
    const [namespace = '', name = ''] = asked.key.split('/');
    const service = this.model.services.get(asked.key);
    const port = service?.resource.ports.find((one) => one.port === asked.port || (one.name !== '' && one.name === asked.port));
    const backend = { type: 'service', pointer: asked.pointer, name, port: asked.port } as const;
    const reached = backendOutcome(this.model, { ...holder, namespace }, backend, served, this.lookUp.reading);
    if (service?.resource.type === 'ExternalName') return this.external(holder, asked, { service, port, reached });
    const instead = service && port && this.insteadOfEndpoints(asked, { service, port });
    if (typeof instead === 'string') return droppedTarget('BACKEND_INVALID', instead, holder, asked.pointer);
    if (instead) return this.finish(servedBy(instead, reached), asked);
    return this.finish(reached, asked, port !== undefined && isDraining(service, port.name));
  }

  /** By the name that stands for it, and the port that is asked for where it names none. */
  private external(holder: RoutingObject, asked: AskedService, { service, port, reached }: Found & { readonly reached: BackendOutcome }) {
    if (!this.options.allowExternalNameServices) {
      const message = `Service ${asked.key} is of type ExternalName, which Traefik follows with \`allowExternalNameServices\` alone`;
      return droppedTarget('EXTERNAL_NAME_BACKEND', message, holder, asked.pointer);
    }
    const to = port?.port ?? (typeof asked.port === 'number' && holder.ref.kind !== 'Ingress' ? asked.port : undefined);
    if (to === undefined) return this.finish(reached, asked);
    const address = service.resource.externalName ?? '';
    return this.finish(servedBy(singleEndpoint(service, port?.name ?? '', { address, port: to }), reached), asked);
  }

  /** Its own address, or the nodes; undefined: its endpoints; a text: why Traefik has no server. */
  private insteadOfEndpoints(
    { key, nativeLB, nodePortLB }: AskedService,
    { service, port }: Found & { readonly port: ServicePort },
  ): RouteBackend | string | undefined {
    const { nativeLBByDefault, nodesFirst } = this.lookUp;
    const isNative = nativeLB ?? nativeLBByDefault;
    const isAtNodes = service.resource.type === 'NodePort' && nodePortLB;
    if (isAtNodes && (nodesFirst || !isNative)) {
      if (this.options.disableClusterScopeResources)
        return `nodes lookup is disabled (\`disableClusterScopeResources\`), and \`nodePortLB\` asks for them`;
      const endpoints = this.atNodes(service, service.resource.ports.indexOf(port));
      if (endpoints.length === 0) return `no node has an address for Service ${key}`;
      return { ...singleEndpoint(service, port.name, { address: '', port: port.port }), endpoints };
    }
    if (!isNative) return undefined;
    const [address] = service.clusterIPs;
    if (!address) return `no clusterIP found for service: ${key}`;
    return singleEndpoint(service, port.name, { address: formatIp(address.value), port: port.port });
  }

  /** A port of a Service at the internal addresses of every node. */
  private atNodes({ nodePorts }: ModelService, index: number): RouteBackend['endpoints'] {
    const port = nodePorts[index]?.value;
    if (port === undefined) return [];
    return [...this.model.nodes.values()].flatMap(({ name, addresses }) =>
      addresses.filter(({ type }) => type === 'InternalIP').map(({ ip }) => ({ address: formatIp(ip), port, pod: null, node: name })),
    );
  }

  private finish(reached: BackendOutcome, { passHostHeader, sticky }: AskedService, drains = false): Target {
    const target = fromOutcome(reached, passHostHeader);
    const isEmpty = target.dropped?.reason === 'NO_READY_ENDPOINTS';
    const keeps = isEmpty && (this.options.allowEmptyServices || (this.lookUp.keepsDraining && drains));
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
