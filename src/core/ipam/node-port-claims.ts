import type { ModelService, NetworkModel } from '../model/network-model.js';

/** A number out of the range of node ports that a service has, and where it stands. */
export interface NodePortClaim {
  readonly service: ModelService;
  readonly number: number;
  /** JSON pointer in the Service. */
  readonly pointer: string;
  /** The object says so itself; another number is one that the API server would choose. */
  readonly isGiven: boolean;
  /** Undefined: of the health check, which is the service's own beside its ports. */
  readonly protocol: string | undefined;
}

/** Every number that services have: node ports, and ports of health checks, which come out of the same range (kubernetes `pkg/registry/core/service/storage/alloc.go`, allocHealthCheckNodePort). */
export function* nodePortClaims({ services }: NetworkModel): Generator<NodePortClaim> {
  for (const service of services.values()) {
    const { ports, healthCheckNodePort } = service.resource;
    for (const [index, port] of service.nodePorts.entries()) {
      if (!port) continue;
      const isGiven = port.provenance === 'observed';
      yield { service, number: port.value, pointer: `/spec/ports/${index}/nodePort`, isGiven, protocol: ports[index]?.protocol };
    }
    if (healthCheckNodePort !== undefined && healthCheckNodePort > 0)
      yield { service, number: healthCheckNodePort, pointer: '/spec/healthCheckNodePort', isGiven: true, protocol: undefined };
  }
}
