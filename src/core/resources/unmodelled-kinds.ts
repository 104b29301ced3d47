/** Which answers an object of a kind that is not modelled could change. */
export type Affected = 'policy' | 'routing' | 'gateways' | 'services' | 'dns' | 'ipam';

/** API group → kinds → what they affect. `*` stands for every other kind of the group. */
const AFFECTS: Readonly<Record<string, Readonly<Record<string, Affected | undefined>>>> = {
  'policy.networking.k8s.io': { '*': 'policy' },
  'cilium.io': {
    CiliumLocalRedirectPolicy: 'services',
    CiliumEnvoyConfig: 'services',
    CiliumClusterwideEnvoyConfig: 'services',
    CiliumGatewayClassConfig: 'gateways',
  },
  'security.istio.io': { AuthorizationPolicy: 'policy', PeerAuthentication: 'policy' },
  'networking.istio.io': {
    VirtualService: 'routing',
    Gateway: 'routing',
    DestinationRule: 'services',
    ServiceEntry: 'services',
    Sidecar: 'services',
    WorkloadEntry: 'services',
    EnvoyFilter: 'routing',
  },
  'crd.antrea.io': {
    NetworkPolicy: 'policy',
    ClusterNetworkPolicy: 'policy',
    Tier: 'policy',
    ClusterGroup: 'policy',
    Group: 'policy',
    Egress: 'ipam',
    ExternalIPPool: 'ipam',
    TrafficControl: 'services',
  },
  'security.antrea.tanzu.vmware.com': { '*': 'policy' },
  'k8s.ovn.org': {
    EgressFirewall: 'policy',
    AdminPolicyBasedExternalRoute: 'policy',
    EgressIP: 'ipam',
    EgressService: 'ipam',
    UserDefinedNetwork: 'ipam',
    ClusterUserDefinedNetwork: 'ipam',
  },
  'k8s.cni.cncf.io': { MultiNetworkPolicy: 'policy', NetworkAttachmentDefinition: 'ipam' },
  'policy.linkerd.io': { '*': 'policy' },
  'gateway.networking.k8s.io': { '*': 'routing', ReferenceGrant: 'routing' },
  'gateway.networking.x-k8s.io': { '*': 'routing' },
  // What implementations of the Gateway API attach to its objects: parameters, policies, filters and backends of their own.
  'gateway.envoyproxy.io': { '*': 'gateways' },
  'gateway.nginx.org': { '*': 'gateways' },
  'gateway.kgateway.dev': { '*': 'gateways' },
  'gateway.solo.io': { '*': 'gateways' },
  'gateway.k8s.aws': { '*': 'gateways' },
  'gateway-operator.konghq.com': { '*': 'gateways' },
  'networking.gke.io': { '*': 'gateways' },
  'alb.networking.azure.io': { '*': 'gateways' },
  'extensions.istio.io': { '*': 'gateways' },
  'apisix.apache.org': { GatewayProxy: 'gateways', BackendTrafficPolicy: 'gateways', HTTPRoutePolicy: 'gateways' },
  'traefik.io': { '*': 'routing' },
  'traefik.containo.us': { '*': 'routing' },
  'projectcontour.io': { HTTPProxy: 'routing', TLSCertificateDelegation: 'routing', ContourDeployment: 'gateways' },
  'contour.heptio.com': { IngressRoute: 'routing' },
  'route.openshift.io': { Route: 'routing' },
  'k8s.nginx.org': { '*': 'routing' },
  'configuration.konghq.com': { '*': 'routing' },
  'getambassador.io': { '*': 'routing' },
  'networking.internal.knative.dev': { Ingress: 'routing' },
  'serving.knative.dev': { Service: 'routing', Route: 'routing', DomainMapping: 'routing' },
  'multicluster.x-k8s.io': { ServiceImport: 'services', ServiceExport: 'services' },
  'split.smi-spec.io': { TrafficSplit: 'services' },
  'access.smi-spec.io': { TrafficTarget: 'policy' },
  'externaldns.k8s.io': { DNSEndpoint: 'dns' },
  'operator.openshift.io': { DNS: 'dns', IngressController: 'routing' },
  'metallb.io': { AddressPool: 'ipam' },
  'kubeovn.io': { '*': 'ipam' },
  'whereabouts.cni.cncf.io': { '*': 'ipam' },
  'networking.k8s.io': { IPAddress: 'ipam' },
};

/** Kinds that part pods from one another where every other object says that they may meet. */
const PARTING: Readonly<Record<string, readonly string[]>> = { 'k8s.ovn.org': ['UserDefinedNetwork', 'ClusterUserDefinedNetwork'] };

/** Whether pods may be kept apart by an object of this kind, although no answer knows it: worth a warning. */
export function partsPods(group: string, kind: string): boolean {
  return Object.hasOwn(PARTING, group) && PARTING[group]?.includes(kind) === true;
}

/** Which answers an object of this group and kind could change though it is not modelled; undefined when none. */
export function affectedBy(group: string, kind: string): Affected | undefined {
  const kinds = Object.hasOwn(AFFECTS, group) ? AFFECTS[group] : undefined;
  if (!kinds) return undefined;
  return Object.hasOwn(kinds, kind) ? kinds[kind] : kinds['*'];
}
