import type { OpenShiftNetworkConfig, OpenShiftNetworkOperator } from '../../../resources/openshift-network.js';
import type { ResourceIndex } from '../resource-index.js';
import { portRange } from './offer-control-plane.js';
import type { ProfileDraft } from './profile-draft.js';
import { toldBy } from './told-by.js';

/** What OpenShift's operator of the network is told, then what its configuration says that there is (openshift/api `operator/v1/types_network.go`, `config/v1/types_network.go`). */
export function offerOpenShift(draft: ProfileDraft, { openShiftNetworks }: ResourceIndex): void {
  for (const network of openShiftNetworks) {
    if (network.kind === 'OpenShiftNetworkOperator') offerOperator(draft, network);
    else offerConfig(draft, network);
    offerRanges(draft, network);
  }
}

function offerRanges(
  draft: ProfileDraft,
  { ref, kind, clusterNetworks, serviceNetworks }: OpenShiftNetworkConfig | OpenShiftNetworkOperator,
): void {
  const part = kind === 'OpenShiftNetworkOperator' ? '/spec' : '/status';
  const at = (field: string, why: string) => toldBy(ref, `${part}/${field}`, why);
  const ranges = clusterNetworks.map(({ cidr }) => cidr);
  draft.offer('podCIDRs', ranges.length > 0 ? ranges : undefined, at('clusterNetwork', 'OpenShift’s cluster networks'));
  for (const { cidr, hostPrefix } of clusterNetworks) {
    const field = cidr.family === 4 ? 'nodeCIDRMaskSizes.v4' : 'nodeCIDRMaskSizes.v6';
    draft.offer(field, hostPrefix, at('clusterNetwork', 'what each node gets of a cluster network'));
  }
  draft.offer(
    'serviceCIDRs',
    serviceNetworks.length > 0 ? serviceNetworks : undefined,
    at('serviceNetwork', 'OpenShift’s service network'),
  );
}

/** What is told OVN-Kubernetes concerns no other plugin. */
function offerOperator(draft: ProfileDraft, { ref, mtu, genevePort, routingViaHost, ipsec }: OpenShiftNetworkOperator): void {
  if (draft.get('cni.plugin') !== 'ovn-kubernetes') return;
  const at = (field: string, why: string) => toldBy(ref, `/spec/defaultNetwork/ovnKubernetesConfig/${field}`, why);
  draft.offer('cni.mtu', mtu, at('mtu', 'OVN-Kubernetes’ MTU'));
  draft.offer('cni.tunnelPort', genevePort, at('genevePort', 'OVN-Kubernetes’ port of Geneve'));
  draft.offer('cni.routingViaHost', routingViaHost, at('gatewayConfig/routingViaHost', 'OVN-Kubernetes’ gateway'));
  // `External` encrypts what leaves the cluster alone.
  const encryption = ipsec && (ipsec === 'Full' ? 'ipsec' : 'none');
  draft.offer('cni.encryption', encryption, at('ipsecConfig', 'whether OVN-Kubernetes encrypts what crosses nodes'));
}

function offerConfig(draft: ProfileDraft, { ref, mtu, nodePortRange }: OpenShiftNetworkConfig): void {
  draft.offer(
    'proxy.nodePortRange',
    portRange(nodePortRange),
    toldBy(ref, '/spec/serviceNodePortRange', 'OpenShift’s range of node ports'),
  );
  draft.offer('cni.mtu', mtu, toldBy(ref, '/status/clusterNetworkMTU', 'the MTU of OpenShift’s cluster network'));
}
