import type { NetworkModel } from '../../model/network-model.js';
import { type Cidr, cidrContains, cidrOf } from '../../net/cidr.js';
import { familyBits, parseIp } from '../../net/ip.js';
import type { CalicoEntity } from '../../resources/calico-policy.js';
import type { EndpointSlice } from '../../resources/endpoint-slice.js';
import { type ConnectionSet, connectionsOf, NO_CONNECTIONS, unionOfConnections } from './connection-set.js';
import type { PolicyEndpoint } from './policy-endpoint.js';

type Named = NonNullable<CalicoEntity['service']>;

/** An address behind a Service, with the ports that it serves. */
interface ServedAddress {
  readonly net: Cidr;
  readonly connections: ConnectionSet;
}

/** The Services that rules name. Felix knows them by their EndpointSlices alone: a Service need not be there. */
export class CalicoServices {
  private readonly served = new Map<string, readonly ServedAddress[]>();
  private unclaimed: ReadonlyMap<string, readonly EndpointSlice[]> | undefined;

  constructor(private readonly model: Pick<NetworkModel, 'services' | 'orphanSlices'>) {}

  /** The addresses behind a Service, each with the ports that it serves there: those of which the slice tells the number. */
  endpointsOf({ namespace, name }: Named): readonly ServedAddress[] {
    const key = `${namespace}/${name}`;
    let found = this.served.get(key);
    if (!found) {
      const slices = this.model.services.get(key)?.endpoints.slices ?? this.unclaimedSlices.get(key) ?? [];
      found = slices.flatMap(({ endpoints, ports }) => {
        const numbered = ports.flatMap(({ protocol, port }) => (port === undefined ? [] : [connectionsOf(protocol, port, port)]));
        const connections = unionOfConnections(numbered);
        const addresses = endpoints.flatMap((endpoint) => endpoint.addresses.flatMap((text) => parseIp(text) ?? []));
        return addresses.map((ip) => ({ net: cidrOf(ip, familyBits(ip.family)), connections }));
      });
      this.served.set(key, found);
    }
    return found;
  }

  /** What a Service serves at one of its endpoints. */
  servedAt(service: Named, { address }: PolicyEndpoint): ConnectionSet {
    if (address === undefined) return NO_CONNECTIONS;
    const here = this.endpointsOf(service).filter(({ net }) => cidrContains(net, address));
    return unionOfConnections(here.map(({ connections }) => connections));
  }

  /** Slices of Services that are not there, by the Service. */
  private get unclaimedSlices(): ReadonlyMap<string, readonly EndpointSlice[]> {
    if (this.unclaimed) return this.unclaimed;
    const byService = new Map<string, EndpointSlice[]>();
    for (const slice of this.model.orphanSlices) {
      if (slice.serviceName === undefined) continue;
      const key = `${slice.ref.namespace ?? ''}/${slice.serviceName}`;
      const known = byService.get(key);
      if (known) known.push(slice);
      else byService.set(key, [slice]);
    }
    this.unclaimed = byService;
    return byService;
  }
}
