import { type ObjectRef } from '../kernel/object-ref.js';
import { calicoStoredLabels } from './internal/calico-stored-labels.js';
import { GATEWAY_GROUP } from './gateway-reference.js';
import { ObjectReader } from './internal/object-reader.js';
import { normaliseAntreaIPPool } from './normalise-antrea-ip-pool.js';
import { normaliseCalicoHostEndpoint } from './normalise-calico-host-endpoint.js';
import { normaliseCalicoInstallation } from './normalise-calico-installation.js';
import { normaliseCalicoIPPool } from './normalise-calico-ip-pool.js';
import {
  normaliseCalicoBlockAffinity,
  normaliseCalicoIPAMBlock,
  normaliseCalicoIPAMConfig,
  normaliseCalicoIPAMHandle,
  normaliseCalicoIPReservation,
} from './normalise-calico-ipam.js';
import { normaliseCalicoNetworkPolicy, normaliseGlobalNetworkPolicy } from './normalise-calico-policy.js';
import { normaliseCalicoProfile } from './normalise-calico-profile.js';
import { normaliseCalicoTier } from './normalise-calico-tier.js';
import { normaliseCiliumCIDRGroup } from './normalise-cilium-cidr-group.js';
import { normaliseCiliumNode, normaliseCiliumPodIPPool } from './normalise-cilium-ipam.js';
import { normaliseCiliumLoadBalancerIPPool, normaliseIPAddressPool } from './normalise-load-balancer-pool.js';
import { normaliseCiliumClusterwideNetworkPolicy, normaliseCiliumNetworkPolicy } from './normalise-cilium-policy.js';
import {
  normaliseAdminNetworkPolicy,
  normaliseBaselineAdminNetworkPolicy,
  normaliseClusterNetworkPolicy,
} from './normalise-cluster-policy.js';
import { normaliseConfigMap } from './normalise-config-map.js';
import { normaliseEndpointSlice } from './normalise-endpoint-slice.js';
import { normaliseEndpoints } from './normalise-endpoints.js';
import { normaliseFelixConfiguration } from './normalise-felix-configuration.js';
import { normaliseGateway, normaliseGatewayClass, normaliseListenerSet } from './normalise-gateway.js';
import { normaliseBackendTLSPolicy, normaliseReferenceGrant } from './normalise-gateway-policy.js';
import {
  normaliseGRPCRoute,
  normaliseHTTPRoute,
  normaliseTCPRoute,
  normaliseTLSRoute,
  normaliseUDPRoute,
} from './normalise-gateway-route.js';
import { normaliseCiliumEgressGatewayPolicy } from './normalise-cilium-egress-gateway.js';
import { normaliseClusterInformation } from './normalise-cluster-information.js';
import { normaliseIngress } from './normalise-ingress.js';
import { normaliseIngressClass } from './normalise-ingress-class.js';
import { normaliseIngressRoute } from './normalise-ingress-route.js';
import { normaliseMiddleware } from './normalise-middleware.js';
import { normaliseNamespace } from './normalise-namespace.js';
import { normaliseNetworkAttachmentDefinition } from './normalise-network-attachment-definition.js';
import { normaliseNetworkPolicy } from './normalise-network-policy.js';
import { normaliseGlobalNetworkSet, normaliseNetworkSet } from './normalise-network-set.js';
import { normaliseNode } from './normalise-node.js';
import { normaliseKubeOvnSubnet } from './normalise-kube-ovn-subnet.js';
import { normaliseOpenShiftNetworkConfig, normaliseOpenShiftNetworkOperator } from './normalise-openshift-network.js';
import { normaliseOpenShiftRoute } from './normalise-openshift-route.js';
import { normalisePod } from './normalise-pod.js';
import { normaliseSecret } from './normalise-secret.js';
import { normaliseServiceAccount } from './normalise-service-account.js';
import { normaliseService } from './normalise-service.js';
import { normaliseKubeControllersConfiguration } from './normalise-kube-controllers-configuration.js';
import { normaliseIPAddress } from './normalise-ip-address.js';
import { normaliseServiceCIDR } from './normalise-service-cidr.js';
import { normaliseServiceImport } from './normalise-service-import.js';
import {
  normaliseStagedGlobalNetworkPolicy,
  normaliseStagedKubernetesNetworkPolicy,
  normaliseStagedNetworkPolicy,
} from './normalise-staged-policy.js';
import { normaliseServersTransport, normaliseTLSOption, normaliseTLSStore, normaliseTraefikService } from './normalise-traefik-objects.js';
import {
  normaliseIngressRouteTCP,
  normaliseIngressRouteUDP,
  normaliseMiddlewareTCP,
  normaliseServersTransportTCP,
} from './normalise-traefik-stream.js';
import { TRAEFIK_VERSIONS } from './traefik.js';
import { NGINX_ORG_VERSIONS } from './nginx-policy.js';
import { normaliseNginxPolicy } from './normalise-nginx-policy.js';
import { normaliseGlobalConfiguration, normaliseTransportServer } from './normalise-transport-server.js';
import { normaliseVirtualServer, normaliseVirtualServerRoute } from './normalise-virtual-server.js';
import { checkGatewayObject } from './check-gateway-object.js';
import { normaliseWorkload } from './normalise-workload.js';
import type { UnderstoodResource } from './understood-resource.js';
import type { WorkloadKind } from './workload.js';

/** Reads an object of a kind. */
export type Normalise = (root: ObjectReader, ref: ObjectRef) => UnderstoodResource;

/** How one version of one kind is read. */
export interface Reading {
  readonly scope: 'namespaced' | 'cluster';
  readonly normalise: Normalise;
  /** The version that replaced this removed one. */
  readonly successor: string | undefined;
}

/** Kinds of the Gateway API; all of these versions are served side by side (kubernetes-sigs/gateway-api `config/crd`). */
const GATEWAY_API: readonly (readonly [Reading['scope'], string, Normalise, readonly string[]])[] = [
  ['cluster', 'GatewayClass', normaliseGatewayClass, gatewayVersions('v1', 'v1beta1')],
  ['namespaced', 'Gateway', normaliseGateway, gatewayVersions('v1', 'v1beta1')],
  ['namespaced', 'ListenerSet', normaliseListenerSet, gatewayVersions('v1')],
  ['namespaced', 'HTTPRoute', normaliseHTTPRoute, gatewayVersions('v1', 'v1beta1')],
  ['namespaced', 'GRPCRoute', normaliseGRPCRoute, gatewayVersions('v1', 'v1alpha2')],
  ['namespaced', 'TLSRoute', normaliseTLSRoute, gatewayVersions('v1', 'v1alpha3', 'v1alpha2')],
  ['namespaced', 'TCPRoute', normaliseTCPRoute, gatewayVersions('v1', 'v1alpha2')],
  ['namespaced', 'UDPRoute', normaliseUDPRoute, gatewayVersions('v1', 'v1alpha2')],
  ['namespaced', 'ReferenceGrant', normaliseReferenceGrant, gatewayVersions('v1', 'v1beta1', 'v1alpha2')],
  ['namespaced', 'BackendTLSPolicy', normaliseBackendTLSPolicy, gatewayVersions('v1', 'v1alpha3')],
];

/** What the CRD refuses is told after what the reader tells. */
function checkedByCRD(normalise: Normalise): Normalise {
  return (root, ref) => {
    const resource = normalise(root, ref);
    checkGatewayObject(root, ref);
    return resource;
  };
}

function gatewayVersions(...versions: readonly string[]): readonly string[] {
  return versions.map((version) => `${GATEWAY_GROUP}/${version}`);
}

/** How each version of each kind is read, by `apiVersion/kind`. */
export const READINGS: ReadonlyMap<string, Reading> = new Map([
  ...reading('cluster', 'Namespace', normaliseNamespace, ['v1']),
  ...reading('cluster', 'Node', normaliseNode, ['v1']),
  ...reading('namespaced', 'Pod', normalisePod, ['v1']),
  ...reading('namespaced', 'Service', normaliseService, ['v1']),
  ...reading('namespaced', 'Endpoints', normaliseEndpoints, ['v1']),
  ...reading('namespaced', 'EndpointSlice', normaliseEndpointSlice, ['discovery.k8s.io/v1', 'discovery.k8s.io/v1beta1']),
  ...reading('namespaced', 'ConfigMap', normaliseConfigMap, ['v1']),
  ...reading('namespaced', 'Secret', normaliseSecret, ['v1']),
  ...reading('namespaced', 'NetworkPolicy', normaliseNetworkPolicy, ['networking.k8s.io/v1', 'extensions/v1beta1']),
  ...reading('cluster', 'AdminNetworkPolicy', normaliseAdminNetworkPolicy, ['policy.networking.k8s.io/v1alpha1']),
  ...reading('cluster', 'BaselineAdminNetworkPolicy', normaliseBaselineAdminNetworkPolicy, ['policy.networking.k8s.io/v1alpha1']),
  ...reading('cluster', 'ClusterNetworkPolicy', normaliseClusterNetworkPolicy, ['policy.networking.k8s.io/v1beta1']),
  ...reading('cluster', 'ClusterNetworkPolicy', normaliseClusterNetworkPolicy, ['policy.networking.k8s.io/v1alpha2']),
  ...reading('namespaced', 'CiliumNetworkPolicy', normaliseCiliumNetworkPolicy, ['cilium.io/v2']),
  ...reading('cluster', 'CiliumClusterwideNetworkPolicy', normaliseCiliumClusterwideNetworkPolicy, ['cilium.io/v2']),
  ...reading('cluster', 'CiliumCIDRGroup', normaliseCiliumCIDRGroup, ['cilium.io/v2']),
  ...reading('cluster', 'CiliumCIDRGroup', normaliseCiliumCIDRGroup, ['cilium.io/v2alpha1']),
  ...reading('cluster', 'CiliumEgressGatewayPolicy', normaliseCiliumEgressGatewayPolicy, ['cilium.io/v2']),
  ...reading('cluster', 'CiliumNode', normaliseCiliumNode, ['cilium.io/v2']),
  // The old version is deprecated, and served beside the new one.
  ...reading('cluster', 'CiliumPodIPPool', normaliseCiliumPodIPPool, ['cilium.io/v2']),
  ...reading('cluster', 'CiliumPodIPPool', normaliseCiliumPodIPPool, ['cilium.io/v2alpha1']),
  ...reading('cluster', 'CiliumLoadBalancerIPPool', normaliseCiliumLoadBalancerIPPool, ['cilium.io/v2']),
  ...reading('cluster', 'CiliumLoadBalancerIPPool', normaliseCiliumLoadBalancerIPPool, ['cilium.io/v2alpha1']),
  ...reading('cluster', 'IPPool', normaliseAntreaIPPool, ['crd.antrea.io/v1beta1']),
  ...reading('cluster', 'IPPool', normaliseAntreaIPPool, ['crd.antrea.io/v1alpha2']),
  ...reading('namespaced', 'IPAddressPool', normaliseIPAddressPool, ['metallb.io/v1beta1']),
  ...reading('namespaced', 'Ingress', normaliseIngress, ['networking.k8s.io/v1', 'networking.k8s.io/v1beta1', 'extensions/v1beta1']),
  ...reading('cluster', 'IngressClass', normaliseIngressClass, ['networking.k8s.io/v1', 'networking.k8s.io/v1beta1']),
  ...reading('cluster', 'Network', normaliseOpenShiftNetworkConfig, ['config.openshift.io/v1']),
  ...reading('cluster', 'Network', normaliseOpenShiftNetworkOperator, ['operator.openshift.io/v1']),
  ...reading('cluster', 'ServiceCIDR', normaliseServiceCIDR, [
    'networking.k8s.io/v1',
    'networking.k8s.io/v1beta1',
    'networking.k8s.io/v1alpha1',
  ]),
  ...reading('cluster', 'IPAddress', normaliseIPAddress, [
    'networking.k8s.io/v1',
    'networking.k8s.io/v1beta1',
    'networking.k8s.io/v1alpha1',
  ]),
  ...reading('namespaced', 'ServiceImport', normaliseServiceImport, ['multicluster.x-k8s.io/v1alpha1']),
  ...workload('Deployment', ['apps/v1', 'apps/v1beta2', 'apps/v1beta1', 'extensions/v1beta1']),
  ...workload('ReplicaSet', ['apps/v1', 'apps/v1beta2', 'extensions/v1beta1']),
  ...workload('StatefulSet', ['apps/v1', 'apps/v1beta2', 'apps/v1beta1']),
  ...workload('DaemonSet', ['apps/v1', 'apps/v1beta2', 'extensions/v1beta1']),
  ...workload('Job', ['batch/v1']),
  ...workload('CronJob', ['batch/v1', 'batch/v1beta1', 'batch/v2alpha1']),
  ...workload('ReplicationController', ['v1']),
  ...reading('namespaced', 'ServiceAccount', normaliseServiceAccount, ['v1']),
  ...GATEWAY_API.flatMap(([scope, kind, normalise, versions]) =>
    versions.flatMap((version) => reading(scope, kind, checkedByCRD(normalise), [version])),
  ),
  ...reading('namespaced', 'IngressRoute', normaliseIngressRoute, TRAEFIK_VERSIONS),
  ...reading('namespaced', 'Middleware', normaliseMiddleware, TRAEFIK_VERSIONS),
  ...reading('namespaced', 'TraefikService', normaliseTraefikService, TRAEFIK_VERSIONS),
  ...reading('namespaced', 'TLSOption', normaliseTLSOption, TRAEFIK_VERSIONS),
  ...reading('namespaced', 'TLSStore', normaliseTLSStore, TRAEFIK_VERSIONS),
  ...reading('namespaced', 'ServersTransport', normaliseServersTransport, TRAEFIK_VERSIONS),
  ...nginxOrg('VirtualServer', normaliseVirtualServer),
  ...nginxOrg('VirtualServerRoute', normaliseVirtualServerRoute),
  ...nginxOrg('Policy', normaliseNginxPolicy),
  ...nginxOrg('TransportServer', normaliseTransportServer),
  ...nginxOrg('GlobalConfiguration', normaliseGlobalConfiguration),
  ...reading('namespaced', 'IngressRouteTCP', normaliseIngressRouteTCP, TRAEFIK_VERSIONS),
  ...reading('namespaced', 'IngressRouteUDP', normaliseIngressRouteUDP, TRAEFIK_VERSIONS),
  ...reading('namespaced', 'MiddlewareTCP', normaliseMiddlewareTCP, TRAEFIK_VERSIONS),
  ...reading('namespaced', 'ServersTransportTCP', normaliseServersTransportTCP, TRAEFIK_VERSIONS),
  ...calico('cluster', 'IPPool', normaliseCalicoIPPool),
  ...calico('cluster', 'IPAMBlock', normaliseCalicoIPAMBlock),
  ...calico('cluster', 'BlockAffinity', normaliseCalicoBlockAffinity),
  ...calico('cluster', 'IPAMHandle', normaliseCalicoIPAMHandle),
  ...calico('cluster', 'IPAMConfig', normaliseCalicoIPAMConfig),
  ...calico('cluster', 'IPAMConfiguration', normaliseCalicoIPAMConfig),
  ...calico('cluster', 'IPReservation', normaliseCalicoIPReservation),
  ...calico('cluster', 'FelixConfiguration', normaliseFelixConfiguration),
  ...calico('cluster', 'KubeControllersConfiguration', normaliseKubeControllersConfiguration),
  ...calico('cluster', 'ClusterInformation', normaliseClusterInformation),
  ...calico('namespaced', 'NetworkPolicy', normaliseCalicoNetworkPolicy),
  ...calico('cluster', 'GlobalNetworkPolicy', normaliseGlobalNetworkPolicy),
  ...calico('namespaced', 'StagedNetworkPolicy', normaliseStagedNetworkPolicy),
  ...calico('cluster', 'StagedGlobalNetworkPolicy', normaliseStagedGlobalNetworkPolicy),
  ...calico('namespaced', 'StagedKubernetesNetworkPolicy', normaliseStagedKubernetesNetworkPolicy),
  ...calico('cluster', 'Tier', normaliseCalicoTier),
  ...calico('namespaced', 'NetworkSet', normaliseNetworkSet),
  ...calico('cluster', 'GlobalNetworkSet', normaliseGlobalNetworkSet),
  ...calico('cluster', 'HostEndpoint', normaliseCalicoHostEndpoint),
  ...calico('cluster', 'Profile', normaliseCalicoProfile),
]);

/**
 * Kinds that count as not modelled, and of which some answers use a part: whom a Route serves, for netpol-analyzer's listing, while how it matches requests is not known; the
 * MTU of Kube-OVN's Subnets, while who gets their addresses is not; the MTU of Calico's Installation; of networks that are attached, the one that Multus is told to be the first.
 */
export const IN_PART: ReadonlyMap<string, Reading> = new Map([
  ...reading('namespaced', 'Route', normaliseOpenShiftRoute, ['route.openshift.io/v1']),
  ...reading('cluster', 'Subnet', normaliseKubeOvnSubnet, ['kubeovn.io/v1']),
  ...reading('cluster', 'Installation', normaliseCalicoInstallation, ['operator.tigera.io/v1']),
  ...reading('namespaced', 'NetworkAttachmentDefinition', normaliseNetworkAttachmentDefinition, ['k8s.cni.cncf.io/v1']),
]);

/** The versions of each kind that are read, for hints. */
export const VERSIONS = versionsByKind();

function reading(
  scope: Reading['scope'],
  kind: string,
  normalise: Normalise,
  versions: readonly string[],
): readonly (readonly [string, Reading])[] {
  return versions.map((version, index) => [`${version}/${kind}`, { scope, normalise, successor: index === 0 ? undefined : versions[0] }]);
}

/** Calico serves its kinds in two groups: the API, and the CRDs that hold the same objects. */
function calico(scope: Reading['scope'], kind: string, normalise: Normalise): readonly (readonly [string, Reading])[] {
  const stored: Normalise = (root, ref) => {
    const resource = normalise(root, ref);
    return { ...resource, labels: { ...resource.labels, ...calicoStoredLabels(root) } };
  };
  return [...reading(scope, kind, normalise, ['projectcalico.org/v3']), ...reading(scope, kind, stored, ['crd.projectcalico.org/v1'])];
}

/** Kinds of the controller of NGINX Inc. */
function nginxOrg(kind: string, normalise: Normalise): readonly (readonly [string, Reading])[] {
  return NGINX_ORG_VERSIONS.flatMap((version) => reading('namespaced', kind, normalise, [version]));
}

function workload(kind: WorkloadKind, versions: readonly string[]): readonly (readonly [string, Reading])[] {
  return reading('namespaced', kind, (root, ref) => normaliseWorkload(kind, root, ref), versions);
}

function versionsByKind(): ReadonlyMap<string, readonly string[]> {
  const versions = new Map<string, string[]>();
  for (const key of READINGS.keys()) {
    const slash = key.lastIndexOf('/');
    const [version, kind] = [key.slice(0, slash), key.slice(slash + 1)];
    versions.set(kind, [...(versions.get(kind) ?? []), version]);
  }
  return versions;
}
