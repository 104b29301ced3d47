import type { Severity } from '../kernel/diagnostic.js';

/** What one code says, how grave it is, and where the rule stands. */
export interface FindingCode {
  readonly severity: Severity;
  readonly means: string;
  readonly source: string;
}

const SLICES = 'kubernetes/endpointslice utils.go, reconciler.go';
const CONTROLLER = 'kubernetes/endpointslice util/controller_utils.go';
const TOPOLOGY = 'kubernetes pkg/proxy/topology.go';
const PROXIER = 'kubernetes pkg/proxy/iptables/proxier.go';
const COREDNS = 'coredns plugin/kubernetes';
const SPEC = 'kubernetes/dns docs/specification.md';
const KUBELET = 'kubernetes pkg/kubelet/network/dns/dns.go';
const DOCS = 'Kubernetes documentation, Network Policies';

/** Every code of findings about services and names: a closed list, in the order in which a request meets what they are about. */
export const FINDING_CODES = {
  DNS_EGRESS_DENIED: { severity: 'error', means: 'policies keep a pod from the DNS of the cluster over port 53', source: DOCS },
  HOST_NETWORK_DNS: {
    severity: 'info',
    means: 'a hostNetwork pod with dnsPolicy ClusterFirst gets the resolv.conf of its node, which knows no names of the cluster',
    source: `${KUBELET} getPodDNSType`,
  },
  NAME_UNKNOWN: { severity: 'error', means: 'nobody in the cluster has the name', source: SPEC },
  MUSL_NDOTS: {
    severity: 'warning',
    means: 'the name has ndots dots or more: musl asks for it as it is and never along the search list',
    source: 'musl src/network/lookup_name.c',
  },
  SEARCH_CAPTURE: {
    severity: 'warning',
    means: 'a service or namespace is called like a public domain, and captures names of the internet along the search list',
    source: 'coredns#5733, coredns#6161',
  },
  EXTERNALNAME_IP: {
    severity: 'error',
    means: 'the externalName is an address: the name does not exist',
    source: `${COREDNS}; coredns#2324`,
  },
  EXTERNALNAME_CHAIN_BROKEN: {
    severity: 'error',
    means: 'the externalName leads to a name of the cluster that gives nothing',
    source: 'coredns plugin/backend_lookup.go; coredns#6088',
  },
  SUBDOMAIN_SERVICE_MISSING: {
    severity: 'warning',
    means: 'a pod’s subdomain names no service: it has no name of its own',
    source: CONTROLLER,
  },
  SUBDOMAIN_WITHOUT_HOSTNAME: {
    severity: 'warning',
    means: 'a pod has a subdomain and no hostname: it has no name of its own',
    source: `${CONTROLLER} ShouldSetHostname; kubernetes#47992`,
  },
  SERVICE_PORT_MISSING: { severity: 'error', means: 'the service has no such port', source: `${PROXIER} syncProxyRules` },
  SELECTORLESS: { severity: 'warning', means: 'the service has neither a selector nor endpoints of its own', source: SLICES },
  SELECTOR_NO_MATCH: { severity: 'error', means: 'no pod matches the selector', source: SLICES },
  SELECTOR_NEAR_MISS: { severity: 'warning', means: 'pods differ from the selector in one label', source: SLICES },
  NO_POD_IP: { severity: 'warning', means: 'selected pods have no address', source: `${CONTROLLER} ShouldPodBeInEndpoints` },
  POD_TERMINAL_PHASE: { severity: 'info', means: 'selected pods have succeeded or failed', source: `${CONTROLLER} ShouldPodBeInEndpoints` },
  NODE_MISSING: { severity: 'warning', means: 'the node of selected pods does not exist', source: SLICES },
  NOT_READY: { severity: 'warning', means: 'selected pods are not ready', source: `${CONTROLLER} ShouldPodBeInEndpoints` },
  TERMINATING: { severity: 'info', means: 'selected pods are being deleted', source: `${SLICES}; KEP-1669` },
  FAMILY_MISMATCH: { severity: 'error', means: 'selected pods have no address of a family of the service', source: SLICES },
  PORT_NAME_NOT_FOUND: {
    severity: 'error',
    means: 'the targetPort is a name that selected pods do not have',
    source: `${SLICES} FindPort`,
  },
  PORT_PROTOCOL_MISMATCH: {
    severity: 'error',
    means: 'the target port exists on selected pods with another protocol',
    source: `${SLICES} FindPort`,
  },
  TARGETPORT_UNDECLARED: {
    severity: 'warning',
    means: 'the targetPort is a number that no container declares',
    source: `${SLICES} FindPort`,
  },
  HEADLESS_PORT: {
    severity: 'error',
    means: 'a headless service translates no port, and its endpoints listen on another',
    source: `${SPEC} 2.4`,
  },
  NOT_LOCAL: { severity: 'info', means: 'a Local policy leaves out endpoints of other nodes', source: TOPOLOGY },
  HINT_FILTERED: { severity: 'info', means: 'topology hints leave out endpoints', source: `${TOPOLOGY}; KEP-2433, KEP-4444` },
  ITP_LOCAL_NO_LOCAL: {
    severity: 'warning',
    means: 'internalTrafficPolicy Local, and a node without an endpoint: packets are dropped there',
    source: `${PROXIER}; KEP-2086`,
  },
  ETP_LOCAL_NO_LOCAL: {
    severity: 'info',
    means: 'externalTrafficPolicy Local, and a node without an endpoint: packets from outside are dropped there',
    source: PROXIER,
  },
  LBSR_DENIED: { severity: 'error', means: 'loadBalancerSourceRanges do not contain the sender', source: `${PROXIER}, firewall chain` },
  POLICY_DENIED: { severity: 'error', means: 'policies keep the sender from an endpoint', source: DOCS },
} as const satisfies Record<string, FindingCode>;

/** A code of a finding. */
export type FindingCodeName = keyof typeof FINDING_CODES;

/** All codes, in the order of {@link FINDING_CODES}. */
export const FINDING_CODE_NAMES: readonly FindingCodeName[] = Object.keys(FINDING_CODES).filter(
  (text): text is FindingCodeName => text in FINDING_CODES,
);
