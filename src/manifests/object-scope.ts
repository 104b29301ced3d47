import { apiGroup } from '../core/kernel/object-ref.js';
import { READINGS } from '../core/resources/readings.js';

/** Whether objects of a kind live in a namespace. */
export type Scope = 'Namespaced' | 'Cluster';

/** Groups of the API server itself: every kind in them that is not listed below as cluster-scoped lives in a namespace. */
const BUILT_IN_GROUPS: ReadonlySet<string> = new Set(
  [
    ' apps batch extensions policy autoscaling networking.k8s.io discovery.k8s.io events.k8s.io coordination.k8s.io storage.k8s.io',
    'scheduling.k8s.io node.k8s.io certificates.k8s.io admissionregistration.k8s.io apiregistration.k8s.io apiextensions.k8s.io',
    'authentication.k8s.io authorization.k8s.io rbac.authorization.k8s.io resource.k8s.io storagemigration.k8s.io metrics.k8s.io',
    'flowcontrol.apiserver.k8s.io internal.apiserver.k8s.io',
  ].flatMap((groups) => groups.split(' ')),
);

/** Cluster-scoped kinds by group: the API server's (`kubectl api-resources --namespaced=false`) and those of widespread extensions. */
const CLUSTER_SCOPED: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries({
    '': 'Namespace Node PersistentVolume ComponentStatus',
    extensions: 'PodSecurityPolicy',
    policy: 'PodSecurityPolicy',
    'networking.k8s.io': 'IngressClass IPAddress ServiceCIDR ClusterCIDR',
    'storage.k8s.io': 'StorageClass VolumeAttachment CSIDriver CSINode VolumeAttributesClass',
    'scheduling.k8s.io': 'PriorityClass',
    'node.k8s.io': 'RuntimeClass',
    'certificates.k8s.io': 'CertificateSigningRequest ClusterTrustBundle',
    'rbac.authorization.k8s.io': 'ClusterRole ClusterRoleBinding',
    'admissionregistration.k8s.io':
      'MutatingWebhookConfiguration ValidatingWebhookConfiguration ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding MutatingAdmissionPolicy MutatingAdmissionPolicyBinding',
    'apiregistration.k8s.io': 'APIService',
    'apiextensions.k8s.io': 'CustomResourceDefinition',
    'authentication.k8s.io': 'TokenReview SelfSubjectReview',
    'authorization.k8s.io': 'SubjectAccessReview SelfSubjectAccessReview SelfSubjectRulesReview',
    'flowcontrol.apiserver.k8s.io': 'FlowSchema PriorityLevelConfiguration',
    'internal.apiserver.k8s.io': 'StorageVersion',
    'storagemigration.k8s.io': 'StorageVersionMigration',
    'resource.k8s.io': 'DeviceClass ResourceSlice DeviceTaintRule',
    'metrics.k8s.io': 'NodeMetrics',
    'gateway.networking.k8s.io': 'GatewayClass',
    'policy.networking.k8s.io': 'AdminNetworkPolicy BaselineAdminNetworkPolicy ClusterNetworkPolicy',
    'snapshot.storage.k8s.io': 'VolumeSnapshotClass VolumeSnapshotContent',
    'crd.projectcalico.org':
      'BGPConfiguration BGPFilter BGPPeer BlockAffinity CalicoNodeStatus ClusterInformation FelixConfiguration GlobalNetworkPolicy GlobalNetworkSet HostEndpoint IPAMBlock IPAMConfig IPAMHandle IPPool IPReservation KubeControllersConfiguration StagedGlobalNetworkPolicy Tier',
    'projectcalico.org':
      'BGPConfiguration BGPFilter BGPPeer BlockAffinity CalicoNodeStatus ClusterInformation FelixConfiguration GlobalNetworkPolicy GlobalNetworkSet HostEndpoint IPAMConfiguration IPPool IPReservation KubeControllersConfiguration Node Profile StagedGlobalNetworkPolicy Tier',
    'operator.tigera.io': 'APIServer Goldmane ImageSet Installation TigeraStatus Whisker',
    'cilium.io':
      'CiliumBGPAdvertisement CiliumBGPClusterConfig CiliumBGPNodeConfig CiliumBGPNodeConfigOverride CiliumBGPPeerConfig CiliumBGPPeeringPolicy CiliumCIDRGroup CiliumClusterwideEnvoyConfig CiliumClusterwideLocalRedirectPolicy CiliumClusterwideNetworkPolicy CiliumEgressGatewayPolicy CiliumExternalWorkload CiliumIdentity CiliumL2AnnouncementPolicy CiliumLoadBalancerIPPool CiliumNode CiliumPodIPPool CiliumVTEPConfig',
    'crd.antrea.io':
      'AntreaAgentInfo AntreaControllerInfo ClusterGroup ClusterNetworkPolicy Egress ExternalIPPool IPPool SupportBundleCollection Tier Traceflow TrafficControl',
    'kubeovn.io':
      'DNSNameResolver IP IptablesDnatRule IptablesEIP IptablesFIPRule IptablesSnatRule IPPool OvnDnatRule OvnEip OvnFip OvnSnatRule ProviderNetwork QoSPolicy SecurityGroup Subnet SwitchLBRule Vip Vlan Vpc VpcDns VpcNatGateway',
    'k8s.ovn.org': 'AdminPolicyBasedExternalRoute ClusterUserDefinedNetwork EgressIP EgressService RouteAdvertisements',
    'submariner.io': 'GatewayRoute NonGatewayRoute',
    'cert-manager.io': 'ClusterIssuer',
    'kyverno.io': 'ClusterPolicy ClusterCleanupPolicy',
    'karpenter.sh': 'NodeClaim NodePool',
    'config.openshift.io':
      'APIServer Authentication Build ClusterOperator ClusterVersion Console DNS FeatureGate Image Infrastructure Ingress Network Node OAuth OperatorHub Project Proxy Scheduler',
    'project.openshift.io': 'Project',
    'security.openshift.io': 'SecurityContextConstraints',
    'network.openshift.io': 'ClusterNetwork HostSubnet NetNamespace',
    'operator.openshift.io':
      'CSISnapshotController ClusterCSIDriver Config DNS Etcd KubeAPIServer KubeControllerManager KubeScheduler Network OpenShiftAPIServer ServiceCA Storage',
    'machineconfiguration.openshift.io': 'ContainerRuntimeConfig ControllerConfig KubeletConfig MachineConfig MachineConfigPool',
  }).map(([group, kinds]) => [group, new Set(kinds.split(' ').filter(Boolean))] as const),
);

/** Whether the group belongs to the API server itself. */
export function isBuiltInGroup(group: string): boolean {
  return BUILT_IN_GROUPS.has(group);
}

/** The scope of a kind as far as it is known without its definition; undefined for custom resources that no table names. */
export function knownScope(apiVersion: string, kind: string): Scope | undefined {
  const group = apiGroup(apiVersion);
  const kinds = CLUSTER_SCOPED.get(group);
  if (kinds?.has(kind)) return 'Cluster';
  return isBuiltInGroup(group) || READINGS.get(`${apiVersion}/${kind}`)?.scope === 'namespaced' ? 'Namespaced' : undefined;
}
