import { qualifiedName } from '../../kernel/object-ref.js';
import type { IpFamily } from '../../net/ip.js';
import type { Endpoint, EndpointPort, Endpoints, EndpointSlice } from '../../resources/endpoint-slice.js';
import type { Service } from '../../resources/service.js';
import { newSlice } from './new-slice.js';
import { sliceLabels } from './slice-labels.js';

/** Marks Endpoints that carry a leader election, which are no addresses of a service. */
const LEADER = 'control-plane.alpha.kubernetes.io/leader';
const SKIP_MIRROR = 'endpointslice.kubernetes.io/skip-mirror';

/** Endpoints of one family and one set of ports. */
interface Group {
  readonly family: IpFamily;
  readonly ports: readonly EndpointPort[];
  readonly endpoints: Map<string, Endpoint>;
}

/**
 * Whether Endpoints are mirrored into slices (kubernetes `pkg/controller/endpointslicemirroring`, `shouldMirror`). Those of the API server's own service are
 * not, because it writes the same slice beside them (`pkg/controlplane/reconcilers/endpointsadapter.go`): they count as its mirror.
 */
export function isMirrored(endpoints: Endpoints): boolean {
  if (qualifiedName(endpoints.ref) === 'default/kubernetes') return true;
  return endpoints.labels[SKIP_MIRROR] !== 'true' && endpoints.annotations[LEADER] === undefined;
}

/**
 * Legacy Endpoints as slices: one for each family and set of ports; an address that stands in several subsets with the same ports is one endpoint, and ready
 * if one of them says so. `first` numbers the slices, so that their names differ from those the service has already.
 */
export function mirrorEndpoints(service: Service, endpoints: Endpoints, first = 0): readonly EndpointSlice[] {
  const labels = {
    ...endpoints.labels,
    ...sliceLabels({ ref: service.ref, labels: {} }, service.headless, 'endpointslicemirroring-controller.k8s.io'),
  };
  return groupSubsets(endpoints).map(({ family, ports, endpoints: found }, index) =>
    newSlice(service, labels, first + index, { family, ports, endpoints: [...found.values()] }),
  );
}

function groupSubsets(endpoints: Endpoints): readonly Group[] {
  const groups = new Map<string, Group>();
  for (const { addresses, notReadyAddresses, ports } of endpoints.subsets) {
    for (const endpoint of [...addresses, ...notReadyAddresses]) {
      const [address] = endpoint.addresses;
      if (address === undefined) continue;
      const family = address.includes(':') ? 6 : 4;
      const key = `${family} ${ports.map(({ name, protocol, port }) => `${name}/${port ?? ''}/${protocol}`).join(',')}`;
      const group = groups.get(key) ?? { family, ports, endpoints: new Map<string, Endpoint>() };
      groups.set(key, group);
      if (!group.endpoints.get(address)?.ready) group.endpoints.set(address, endpoint);
    }
  }
  return [...groups.values()];
}
