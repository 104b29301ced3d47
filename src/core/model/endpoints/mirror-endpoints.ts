import { qualifiedName } from '../../kernel/object-ref.js';
import type { IpFamily } from '../../net/ip.js';
import type { Endpoint, EndpointPort, Endpoints, EndpointSlice } from '../../resources/endpoint-slice.js';
import type { Labels } from '../../resources/resource.js';
import { API_SERVICE } from '../api-service.js';
import { newSlice } from './new-slice.js';
import { MANAGED_BY, MIRRORING_CONTROLLER, SERVICE_NAME } from './slice-labels.js';

/** Marks Endpoints that carry a leader election, which are no addresses of a service. */
const LEADER = 'control-plane.alpha.kubernetes.io/leader';
const SKIP_MIRROR = 'endpointslice.kubernetes.io/skip-mirror';
/** Annotations that slices do not take over. */
const NOT_COPIED = ['endpoints.kubernetes.io/last-change-trigger-time', 'kubectl.kubernetes.io/last-applied-configuration'];
/** `--mirroring-max-endpoints-per-subset` of kube-controller-manager. */
const MOST_ADDRESSES = 1_000;

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
  if (qualifiedName(endpoints.ref) === API_SERVICE) return true;
  return endpoints.labels[SKIP_MIRROR] !== 'true' && endpoints.annotations[LEADER] === undefined;
}

/**
 * Legacy Endpoints as slices: one for each family and set of ports, with the labels and annotations of the Endpoints; what stands there twice for the same
 * ports is one endpoint, as its last mention has it. Of a subset the first thousand addresses count. `first` numbers the slices, so that their names differ
 * from those the service has already (kubernetes `pkg/controller/endpointslicemirroring`, `reconciler.go`, `utils.go`).
 */
export function mirrorEndpoints(endpoints: Endpoints, first = 0): readonly EndpointSlice[] {
  const labels = {
    ...endpoints.labels,
    [SERVICE_NAME]: endpoints.ref.name,
    [MANAGED_BY]: MIRRORING_CONTROLLER,
  };
  const annotations: Labels = Object.fromEntries(Object.entries(endpoints.annotations).filter(([key]) => !NOT_COPIED.includes(key)));
  return groupSubsets(endpoints).map(({ family, ports, endpoints: found }, index) =>
    newSlice(endpoints, { labels, annotations }, first + index, { family, ports, endpoints: [...found.values()].slice(0, MOST_ADDRESSES) }),
  );
}

function groupSubsets(endpoints: Endpoints): readonly Group[] {
  const groups = new Map<string, Group>();
  for (const { addresses, notReadyAddresses, ports } of endpoints.subsets) {
    for (const endpoint of [...addresses, ...notReadyAddresses].slice(0, MOST_ADDRESSES)) {
      const [address] = endpoint.addresses;
      if (address === undefined) continue;
      const family = address.includes(':') ? 6 : 4;
      const key = `${family} ${portsKey(ports)}`;
      const group = groups.get(key) ?? { family, ports, endpoints: new Map<string, Endpoint>() };
      groups.set(key, group);
      group.endpoints.set(endpointKey(endpoint), endpoint);
    }
  }
  return [...groups.values()];
}

/** What tells endpoints apart: an address under two names is two (kubernetes/endpointslice `util/endpointset.go`, `hashEndpoint`). */
function endpointKey({ addresses, hostname, targetRef }: Endpoint): string {
  return [...addresses, hostname, targetRef?.namespace, targetRef?.name].join(' ');
}

/** The order of ports is of no account. */
function portsKey(ports: readonly EndpointPort[]): string {
  return ports
    .map(({ name, protocol, port, appProtocol }) => `${name}/${port ?? ''}/${protocol}/${appProtocol ?? ''}`)
    .sort()
    .join(',');
}
