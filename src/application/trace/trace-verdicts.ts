/** Every verdict of `trace`, with its meaning: a closed list, the first thing that a request fails of. */
export const TRACE_VERDICTS = {
  CONNECTS: 'the name resolves, and the packet reaches an endpoint that policies let it reach, whichever is chosen',
  CONNECTS_IN_PART: 'some packets arrive and others do not: it depends on the endpoint, the node or the pod that sends',
  CONNECTS_IF: 'packets arrive, and a proxy lets only some requests through: policies ask something of what the connection carries',
  LEAVES_CLUSTER: 'the destination lies outside the cluster: what happens there is not known, and nothing keeps the packet from leaving',
  DNS_BLOCKED: 'policies keep the sender from its name server: the name is never resolved',
  NAME_FAILS: 'the name does not resolve',
  NOT_SERVED: 'nobody answers at the address and port: no service, pod or node has them',
  NO_ENDPOINTS: 'the service has no usable endpoint: the connection is refused',
  UNKNOWN: 'the service has endpoints that the input does not show: the API servers write those of default/kubernetes themselves',
  DROPPED:
    'kube-proxy drops the packet (a Local policy without an endpoint on the node, loadBalancerSourceRanges), or Cilium (an egress gateway that is not there): a timeout',
  BLOCKED_BY_POLICY: 'network policies refuse the packet on its way to every endpoint',
} as const;

/** What becomes of a request. */
export type TraceVerdict = keyof typeof TRACE_VERDICTS;

/** The steps under which the evidence of the rooms stands. */
export const TRACE_REASONS = {
  NAME_ASKED: 'the name is looked up as the sender looks it up',
  DNS_QUERY_JUDGED: 'what policies make of the queries to the name server',
  SERVICE_MATCHED: 'the service that the name or address belongs to',
  ENDPOINTS_JUDGED: 'who stands behind the service, and who does not',
  PACKET_JUDGED: 'what kube-proxy makes of the packet',
  DATA_PATH_JUDGED: 'what policies make of the packet on its way to the endpoint',
  SOURCE_OUTSIDE: 'which source the world sees of a packet that leaves the cluster',
} as const;
