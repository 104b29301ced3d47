import type { Severity } from '../kernel/diagnostic.js';

/** What one code says, how grave it is, and where the rule stands. */
export interface LintCode {
  readonly severity: Severity;
  readonly means: string;
  readonly source: string;
}

const TYPES = 'kubernetes/api networking/v1/types.go';
const DOCS = 'Kubernetes documentation, Network Policies';
const CNP = 'network-policy-api apis/v1alpha2/clusternetworkpolicy_types.go';
const NCA = 'np-guard/network-config-analyzer docs/SupportedQueries.md';
const CYCLONUS = 'mattfenwick/cyclonus pkg/linter/checks.go';

/** Every code of `policy-lint`: a closed list, in the order in which the checks run. */
export const LINT_CODES = {
  'POL-INVALID': {
    severity: 'error',
    means: 'the API server refuses a part of the policy: it matches nothing, or fails closed',
    source: 'kubernetes pkg/apis/networking/validation; network-policy-api CRD validation',
  },
  'POL-NOT-ENFORCED': {
    severity: 'error',
    means: 'the network plugin stores the policy and does nothing with it',
    source: `${DOCS}, Prerequisites`,
  },
  'POL-PARSERS-CONFLICT': {
    severity: 'error',
    means:
      "two rules of Cilium have the agent's proxy read one port of one peer by parsers that do not go together: it computes no policy of the endpoint",
    source: 'cilium/cilium pkg/policy/l4.go, L7ParserType.Merge',
  },
  'POL-SELECTS-NOTHING': { severity: 'warning', means: 'the policy selects no pod: it has no effect', source: `${NCA}, emptiness` },
  'POL-HOST-NETWORK': {
    severity: 'warning',
    means: 'the policy carries the labels of hostNetwork pods, and the plugin does not isolate those',
    source: `${DOCS}, NetworkPolicy and hostNetwork pods`,
  },
  'POL-PEER-MATCHES-NOTHING': { severity: 'warning', means: 'a peer matches no pod, node or address', source: `${NCA}, emptiness` },
  'POL-PEER-SPLIT': {
    severity: 'warning',
    means: 'namespaceSelector and podSelector are two elements (either matches), where one (both match) was probably meant',
    source: `${DOCS}, Behavior of to and from selectors`,
  },
  'POL-CLUSTER-IP-IN-BLOCK': {
    severity: 'warning',
    means: 'a block names addresses of services; policies are judged behind the service, on the pod, so that it matches nothing',
    source: `${DOCS}, What you can't do; projectcalico/calico#3393`,
  },
  'POL-BLOCK-COVERS-PODS': {
    severity: 'warning',
    means: 'a block covers addresses of pods: whether it matches them is up to the plugin, and such addresses change',
    source: `${TYPES}, IPBlock; cilium/cilium#9209`,
  },
  'POL-DENY-COVERS-PODS': {
    severity: 'warning',
    means: 'networks that a rule denies cover addresses of pods: traffic between pods is denied too',
    source: `${CNP}, Networks`,
  },
  'POL-SERVICE-PORT': {
    severity: 'warning',
    means: 'a rule names the port of a service; policies are judged on the port of the pod',
    source: `${DOCS}; cilium Documentation/security/policy/layer4.rst`,
  },
  'POL-NAMED-PORT-MISSING': {
    severity: 'warning',
    means: 'a rule names a port that destinations do not have, or have with another protocol: it matches nothing there',
    source: `${TYPES}, NetworkPolicyPort`,
  },
  'POL-RULES-WITHOUT-TYPE': {
    severity: 'warning',
    means: 'rules of a direction that is not among the policyTypes have no effect',
    source: `${TYPES}, PolicyTypes`,
  },
  'POL-TYPES-MISSING': { severity: 'info', means: 'policyTypes are left to the defaults', source: CYCLONUS },
  'POL-PROTOCOL-MISSING': { severity: 'info', means: 'the protocol of a port is left to the default, TCP', source: CYCLONUS },
  'POL-EGRESS-NO-DNS': {
    severity: 'warning',
    means: 'isolated pods do not reach the DNS of the cluster over UDP and TCP',
    source: `${CYCLONUS}; RFC 7766 (answers may need TCP)`,
  },
  'POL-INGRESS-NO-DNS': {
    severity: 'warning',
    means: 'policies of the DNS of the cluster keep pods out that ask it over UDP and TCP',
    source: CYCLONUS,
  },
  'POL-NAMES-NOT-LEARNT': {
    severity: 'warning',
    means: "a rule of Cilium names domain names, and no rule lets the agent's proxy read the DNS queries of its pods: it matches nothing",
    source: 'cilium/cilium Documentation/security/policy/layer3.rst, DNS based; pkg/fqdn/doc.go',
  },
  'POL-SHADOWED-RULE': {
    severity: 'warning',
    means: 'earlier rules decide everything that the rule matches',
    source: `${CNP}, Priority; Kano, policy shadow`,
  },
  'POL-REDUNDANT-RULE': { severity: 'info', means: 'without the rule exactly the same is allowed', source: `${NCA}, redundancy` },
  'POL-REDUNDANT-POLICY': { severity: 'warning', means: 'without the policy exactly the same is allowed', source: `${NCA}, redundancy` },
  'POL-VACUOUS': {
    severity: 'warning',
    means: 'the policies of the namespace, or of the cluster, together change nothing',
    source: `${NCA}, vacuity`,
  },
  'POL-SAME-PRIORITY': {
    severity: 'warning',
    means: 'two policies of one priority decide differently over a connection: which of them acts is up to the plugin',
    source: `${CNP}, Priority; kubernetes-sigs/network-policy-api#222`,
  },
  'POL-ALL-BLOCKED': { severity: 'info', means: 'policies block every connection of pods in a direction', source: CYCLONUS },
  'POL-ALL-ALLOWED': { severity: 'info', means: 'policies isolate pods in a direction, and allow every connection', source: CYCLONUS },
  'POL-UNCOVERED-WORKLOAD': { severity: 'info', means: 'no policy selects the workload', source: `${NCA}, allCaptured` },
} as const satisfies Record<string, LintCode>;

/** A code of `policy-lint`. */
export type LintCodeName = keyof typeof LINT_CODES;

/** All codes, in the order of {@link LINT_CODES}. */
export const LINT_CODE_NAMES: readonly LintCodeName[] = Object.keys(LINT_CODES).filter((text): text is LintCodeName => text in LINT_CODES);
