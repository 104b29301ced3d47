import type { CalicoInstallation } from './calico-installation.js';
import type { NetworkAttachmentDefinition } from './network-attachment-definition.js';
import type { AntreaIPPool } from './antrea-ip-pool.js';
import type { CalicoHostEndpoint } from './calico-host-endpoint.js';
import type { CalicoIPPool } from './calico-ip-pool.js';
import type { CalicoBlockAffinity, CalicoIPAMBlock, CalicoIPAMConfig, CalicoIPAMHandle, CalicoIPReservation } from './calico-ipam.js';
import type { CalicoPolicy } from './calico-policy.js';
import type { CalicoProfile } from './calico-profile.js';
import type { CalicoTier } from './calico-tier.js';
import type { CiliumCIDRGroup } from './cilium-cidr-group.js';
import type { CiliumEgressGatewayPolicy } from './cilium-egress-gateway.js';
import type { CiliumNode, CiliumPodIPPool } from './cilium-ipam.js';
import type { CiliumPolicy } from './cilium-policy.js';
import type { KubeOvnSubnet } from './kube-ovn-subnet.js';
import type { CiliumLoadBalancerIPPool, IPAddressPool } from './load-balancer-pool.js';
import type { ClusterPolicy } from './cluster-policy.js';
import type { ClusterInformation } from './cluster-information.js';
import type { ConfigMap } from './config-map.js';
import type { Endpoints, EndpointSlice } from './endpoint-slice.js';
import type { FelixConfiguration } from './felix-configuration.js';
import type { BackendTLSPolicy, Gateway, GatewayClass, ListenerSet, ReferenceGrant } from './gateway.js';
import type { GatewayRoute } from './gateway-route.js';
import type { Ingress, IngressClass } from './ingress.js';
import type { Namespace } from './namespace.js';
import type { NetworkPolicy } from './network-policy.js';
import type { NetworkSet } from './network-set.js';
import type { Node } from './node.js';
import type { OpenShiftNetworkConfig, OpenShiftNetworkOperator } from './openshift-network.js';
import type { OpenShiftRoute } from './openshift-route.js';
import type { Pod } from './pod.js';
import type { Secret } from './secret.js';
import type { Service } from './service.js';
import type { ServiceAccount } from './service-account.js';
import type { ServiceCIDR } from './service-cidr.js';
import type { IPAddress } from './ip-address.js';
import type { KubeControllersConfiguration } from './kube-controllers-configuration.js';
import type { ServiceImport } from './service-import.js';
import type { StagedPolicy } from './staged-policy.js';
import type { TraefikResource } from './traefik.js';
import type { NginxPolicy } from './nginx-policy.js';
import type { GlobalConfiguration, TransportServer } from './transport-server.js';
import type { VirtualServer, VirtualServerRoute } from './virtual-server.js';
import type { Workload } from './workload.js';

/** Every kind the model understands. Adding one breaks the build wherever a decision about it is due. */
export type UnderstoodResource =
  | Namespace
  | Node
  | Pod
  | Workload
  | Service
  | EndpointSlice
  | Endpoints
  | NetworkPolicy
  | ClusterPolicy
  | CiliumPolicy
  | CiliumCIDRGroup
  | CiliumNode
  | CiliumEgressGatewayPolicy
  | CiliumPodIPPool
  | CiliumLoadBalancerIPPool
  | IPAddressPool
  | AntreaIPPool
  | Ingress
  | IngressClass
  | OpenShiftRoute
  | OpenShiftNetworkConfig
  | OpenShiftNetworkOperator
  | KubeOvnSubnet
  | VirtualServer
  | VirtualServerRoute
  | NginxPolicy
  | TransportServer
  | GlobalConfiguration
  | GatewayClass
  | Gateway
  | ListenerSet
  | GatewayRoute
  | ReferenceGrant
  | BackendTLSPolicy
  | TraefikResource
  | ConfigMap
  | Secret
  | CalicoIPPool
  | CalicoIPAMBlock
  | CalicoBlockAffinity
  | CalicoIPAMHandle
  | CalicoIPAMConfig
  | CalicoIPReservation
  | FelixConfiguration
  | KubeControllersConfiguration
  | ClusterInformation
  | CalicoInstallation
  | NetworkAttachmentDefinition
  | ServiceAccount
  | ServiceCIDR
  | IPAddress
  | ServiceImport
  | CalicoPolicy
  | StagedPolicy
  | CalicoTier
  | CalicoProfile
  | NetworkSet
  | CalicoHostEndpoint;
