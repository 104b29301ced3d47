import type { ObjectRef } from '../kernel/object-ref.js';
import type { ObjectReader } from './internal/object-reader.js';
import { readResource } from './internal/read-resource.js';
import type { ClusterNetworkEntry, OpenShiftNetworkConfig, OpenShiftNetworkOperator } from './openshift-network.js';

const LARGEST_MTU = 65_535;
const IPSEC_MODES = ['Disabled', 'External', 'Full'] as const;

/** Reads a Network of `config.openshift.io/v1` (openshift/api `config/v1/types_network.go`): its status tells what is, its spec what was asked for. */
export function normaliseOpenShiftNetworkConfig(root: ObjectReader, ref: ObjectRef): OpenShiftNetworkConfig {
  const spec = root.object('spec') ?? root.empty('spec');
  const status = root.object('status') ?? root.empty('status');
  const networks = readEntries(status);
  const services = status.cidrs('serviceNetwork');
  return {
    ...readResource(root, ref),
    kind: 'OpenShiftNetworkConfig',
    networkType: status.filledText('networkType') ?? spec.filledText('networkType'),
    clusterNetworks: networks.length > 0 ? networks : readEntries(spec),
    serviceNetworks: services.length > 0 ? services : spec.cidrs('serviceNetwork'),
    mtu: status.integer('clusterNetworkMTU', 0, LARGEST_MTU) || undefined,
    nodePortRange: spec.filledText('serviceNodePortRange'),
  };
}

/** Reads a Network of `operator.openshift.io/v1` (openshift/api `operator/v1/types_network.go`). */
export function normaliseOpenShiftNetworkOperator(root: ObjectReader, ref: ObjectRef): OpenShiftNetworkOperator {
  const spec = root.object('spec') ?? root.empty('spec');
  const network = spec.object('defaultNetwork');
  const ovn = network?.object('ovnKubernetesConfig');
  return {
    ...readResource(root, ref),
    kind: 'OpenShiftNetworkOperator',
    networkType: network?.filledText('type'),
    clusterNetworks: readEntries(spec),
    serviceNetworks: spec.cidrs('serviceNetwork'),
    mtu: ovn?.integer('mtu', 0, LARGEST_MTU) || undefined,
    genevePort: ovn?.integer('genevePort', 0, 65_535) || undefined,
    routingViaHost: ovn?.object('gatewayConfig')?.boolean('routingViaHost'),
    ipsec: ovn && readIpsec(ovn),
  };
}

/** Older clusters have the object alone, which stands for `Full` (openshift/cluster-network-operator `pkg/network/ovn_kubernetes.go`, GetIPsecMode). */
function readIpsec(ovn: ObjectReader): OpenShiftNetworkOperator['ipsec'] {
  const config = ovn.object('ipsecConfig');
  return config && (config.has('mode') ? config.oneOf('mode', IPSEC_MODES) : 'Full');
}

function readEntries(reader: ObjectReader): readonly ClusterNetworkEntry[] {
  return reader.objects('clusterNetwork').flatMap((entry): readonly ClusterNetworkEntry[] => {
    const cidr = entry.cidr('cidr');
    return cidr ? [{ cidr, hostPrefix: entry.integer('hostPrefix', 0, 128) || undefined }] : [];
  });
}
