/** One small cluster for each code of findings: what is wrong, how it is asked for, and the line that has to be found. */
export interface FindingCase {
  readonly line: string;
  readonly yaml: string;
  /** What `trace` is asked; left out: `service-lint` finds it. */
  readonly ask?: Readonly<Record<string, unknown>>;
}

/** A node, the DNS of the cluster, and somebody who asks; all of it in order. */
export const BACKGROUND = `
{apiVersion: v1, kind: Node, metadata: {name: n1, labels: {topology.kubernetes.io/zone: z1}}, status: {addresses: [{type: InternalIP, address: 192.0.2.1}], conditions: [{type: Ready, status: 'True'}], allocatable: {cpu: '4'}}}
---
{apiVersion: v1, kind: Node, metadata: {name: n2, labels: {topology.kubernetes.io/zone: z2}}, status: {addresses: [{type: InternalIP, address: 192.0.2.2}], conditions: [{type: Ready, status: 'True'}], allocatable: {cpu: '4'}}}
---
{apiVersion: v1, kind: Service, metadata: {name: kube-dns, namespace: kube-system, labels: {k8s-app: kube-dns}}, spec: {clusterIP: 10.96.0.10, selector: {k8s-app: kube-dns}, ports: [{name: dns, port: 53, protocol: UDP}, {name: dns-tcp, port: 53, protocol: TCP}]}}
---
${pod('kube-system/coredns', '10.244.1.2', 'k8s-app: kube-dns', 'ports: [{name: dns, containerPort: 53, protocol: UDP}, {name: dns-tcp, containerPort: 53, protocol: TCP}]')}
---
${pod('t/client', '10.244.1.9', 'app: client')}
`;

/** A pod on `n1` that runs and is ready, unless told otherwise. */
function pod(
  key: string,
  ip: string,
  labels: string,
  container = 'ports: [{name: http, containerPort: 8080}]',
  spec = '',
  ready = true,
  node = 'n1',
): string {
  const [namespace = '', name = ''] = key.split('/');
  const own = spec === '' ? '' : `, ${spec}`;
  return `{apiVersion: v1, kind: Pod, metadata: {name: ${name}, namespace: ${namespace}, labels: {${labels}}}, spec: {nodeName: ${node}, containers: [{name: c, ${container}}]${own}}, status: {phase: Running, podIP: ${ip}, podIPs: [{ip: '${ip}'}], conditions: [{type: Ready, status: '${ready ? 'True' : 'False'}'}]}}`;
}

function service(name: string, spec: string, more = ''): string {
  return `{apiVersion: v1, kind: Service, metadata: {name: ${name}, namespace: t${more}}, spec: {${spec}}}`;
}

function policy(name: string, spec: string): string {
  return `{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: ${name}, namespace: t}, spec: {${spec}}}`;
}

function cilium(name: string, spec: string): string {
  return `{apiVersion: cilium.io/v2, kind: CiliumNetworkPolicy, metadata: {name: ${name}, namespace: t}, spec: {${spec}}}`;
}

const API = service('api', 'clusterIP: 10.96.0.20, selector: {app: api}, ports: [{port: 80, targetPort: 8080}]');
const API_POD = pod('t/api', '10.244.1.20', 'app: api');
const docs = (...parts: readonly string[]) => parts.join('\n---\n');
const from = 'pod/t/client';

/** The table of reference section 7 and what stands beside it: each expectation is a row of that table, the sources stand in `finding-codes.ts`. */
export const FINDING_CASES: readonly FindingCase[] = [
  {
    line: 'SELECTOR_NO_MATCH t/api /spec/selector +fix',
    yaml: docs(
      API,
      '{apiVersion: apps/v1, kind: Deployment, metadata: {name: api, namespace: t}, spec: {replicas: 0, selector: {matchLabels: {app: api}}, template: {metadata: {labels: {app: api}}, spec: {containers: [{name: c}]}}}}',
    ),
  },
  {
    line: 'SELECTOR_NO_MATCH t/api /spec/selector +fix',
    yaml: docs(
      API,
      '{apiVersion: apps/v1, kind: Deployment, metadata: {name: api, namespace: t}, spec: {selector: {matchLabels: {component: backend}}, template: {metadata: {labels: {component: backend}}, spec: {containers: [{name: c}]}}}}',
    ),
  },
  {
    line: 'SELECTOR_NEAR_MISS t/api /spec/selector/version +fix',
    yaml: docs(
      service('api', 'selector: {app: api, version: v2}, ports: [{port: 80}]'),
      pod('t/api', '10.244.1.20', 'app: api, version: v1'),
    ),
  },
  {
    line: 'SELECTOR_NEAR_MISS t/api /spec/selector/tier +fix',
    yaml: docs(service('api', 'selector: {app: api, tier: web}, ports: [{port: 80}]'), API_POD),
  },
  {
    line: 'SELECTOR_NEAR_MISS t/api /spec/selector/app.kubernetes.io~1name +fix',
    yaml: docs(
      service('api', "selector: {'app.kubernetes.io/name': api}, ports: [{port: 80}]"),
      pod('t/api', '10.244.1.20', "'app.kubernetes.io/name': apy"),
    ),
  },
  { line: 'SELECTORLESS t/api /spec/selector +fix', yaml: docs(service('api', 'ports: [{port: 80}]'), API_POD) },
  { line: 'SELECTORLESS t/nobody /spec/selector', yaml: service('nobody', 'ports: [{port: 80}]') },
  {
    line: 'NO_POD_IP t/api /spec/selector',
    yaml: docs(
      API,
      '{apiVersion: v1, kind: Pod, metadata: {name: api, namespace: t, labels: {app: api}}, spec: {containers: [{name: c}]}, status: {phase: Pending}}',
    ),
  },
  { line: 'POD_TERMINAL_PHASE t/api /spec/selector', yaml: docs(API, API_POD.replace('phase: Running', 'phase: Failed')) },
  { line: 'NOT_READY t/api /spec/selector', yaml: docs(API, API_POD.replace("status: 'True'", "status: 'False'")) },
  {
    line: 'NOT_READY t/db /spec/selector +fix',
    yaml: docs(
      service('db', 'clusterIP: None, selector: {app: db}, ports: [{port: 5432}]'),
      pod('t/db-0', '10.244.1.30', 'app: db', 'ports: [{containerPort: 5432}]', '', false),
    ),
  },
  {
    line: 'TERMINATING t/api /spec/selector',
    yaml: docs(API, API_POD.replace('labels:', "deletionTimestamp: '2026-01-01T00:00:00Z', labels:")),
  },
  { line: 'NODE_MISSING t/api /spec/selector +fix', yaml: docs(API, API_POD.replace('nodeName: n1', 'nodeName: n3')) },
  {
    line: 'FAMILY_MISMATCH t/api /spec/ipFamilies +fix',
    yaml: docs(
      service('api', 'clusterIP: 10.96.0.20, ipFamilies: [IPv4], selector: {app: api}, ports: [{port: 80}]'),
      API_POD.replaceAll('10.244.1.20', 'fd00::20'),
    ),
  },
  {
    line: 'PORT_NAME_NOT_FOUND t/api /spec/ports/0/targetPort +fix',
    yaml: docs(service('api', 'selector: {app: api}, ports: [{port: 80, targetPort: htttp}]'), API_POD),
  },
  {
    line: 'PORT_NAME_NOT_FOUND t/api /spec/ports/1/targetPort +fix',
    yaml: docs(
      service('api', 'selector: {app: api}, ports: [{name: a, port: 80, targetPort: http}, {name: b, port: 81, targetPort: metrics}]'),
      API_POD,
    ),
  },
  {
    line: 'PORT_PROTOCOL_MISMATCH t/api /spec/ports/0/protocol +fix',
    yaml: docs(service('api', 'selector: {app: api}, ports: [{port: 80, targetPort: http, protocol: UDP}]'), API_POD),
  },
  {
    line: 'PORT_PROTOCOL_MISMATCH t/api /spec/ports/0/protocol +fix',
    yaml: docs(service('api', 'selector: {app: api}, ports: [{port: 80, targetPort: 8080, protocol: UDP}]'), API_POD),
  },
  {
    line: 'TARGETPORT_UNDECLARED t/api /spec/ports/0/targetPort +fix',
    yaml: docs(service('api', 'selector: {app: api}, ports: [{port: 80, targetPort: 8081}]'), API_POD),
  },
  {
    line: 'HEADLESS_PORT t/db /spec/ports',
    ask: { from, to: 'db:80' },
    yaml: docs(service('db', 'clusterIP: None, selector: {app: api}, ports: [{port: 80, targetPort: 8080}]'), API_POD),
  },
  { line: 'SERVICE_PORT_MISSING t/api /spec/ports +fix', ask: { from, to: 'http://api:8080' }, yaml: docs(API, API_POD) },
  {
    line: 'NOT_LOCAL t/api /spec/internalTrafficPolicy +fix',
    ask: { from, to: 'api:80' },
    yaml: docs(
      service('api', 'clusterIP: 10.96.0.20, internalTrafficPolicy: Local, selector: {app: api}, ports: [{port: 80, targetPort: 8080}]'),
      API_POD,
      pod('t/far', '10.244.2.20', 'app: api', undefined, '', true, 'n2'),
    ),
  },
  {
    line: 'HINT_FILTERED t/api /spec/trafficDistribution +fix',
    ask: { from, to: 'api:80' },
    yaml: docs(
      service(
        'api',
        'clusterIP: 10.96.0.20, trafficDistribution: PreferClose, selector: {app: api}, ports: [{port: 80, targetPort: 8080}]',
      ),
      API_POD,
      pod('t/far', '10.244.2.20', 'app: api', undefined, '', true, 'n2'),
    ),
  },
  {
    line: 'ITP_LOCAL_NO_LOCAL t/api /spec/internalTrafficPolicy +fix',
    yaml: docs(
      service('api', 'clusterIP: 10.96.0.20, internalTrafficPolicy: Local, selector: {app: far}, ports: [{port: 80, targetPort: 8080}]'),
      pod('t/far', '10.244.2.20', 'app: far', undefined, '', true, 'n2'),
    ),
  },
  {
    line: 'ITP_LOCAL_NO_LOCAL t/api /spec/internalTrafficPolicy +fix',
    ask: { from, to: 'api:80' },
    yaml: docs(
      service('api', 'clusterIP: 10.96.0.20, internalTrafficPolicy: Local, selector: {app: far}, ports: [{port: 80, targetPort: 8080}]'),
      pod('t/far', '10.244.2.20', 'app: far', undefined, '', true, 'n2'),
    ),
  },
  {
    line: 'ETP_LOCAL_NO_LOCAL t/api /spec/externalTrafficPolicy +fix',
    yaml: docs(
      service(
        'api',
        'clusterIP: 10.96.0.20, type: NodePort, externalTrafficPolicy: Local, selector: {app: api}, ports: [{port: 80, targetPort: 8080, nodePort: 30080}]',
      ),
      API_POD,
    ),
  },
  {
    line: 'ETP_LOCAL_NO_LOCAL t/api /spec/externalTrafficPolicy +fix',
    ask: { from: 'ip/203.0.113.9', to: 'node/n2', port: 30080 },
    yaml: docs(
      service(
        'api',
        'clusterIP: 10.96.0.20, type: NodePort, externalTrafficPolicy: Local, selector: {app: api}, ports: [{port: 80, targetPort: 8080, nodePort: 30080}]',
      ),
      API_POD,
    ),
  },
  {
    line: 'LBSR_DENIED t/api /spec/loadBalancerSourceRanges +fix',
    ask: { from: 'ip/203.0.113.9', to: 'svc/t/api' },
    yaml: docs(
      `${service('api', 'clusterIP: 10.96.0.20, type: LoadBalancer, loadBalancerSourceRanges: [198.51.100.0/24], selector: {app: api}, ports: [{port: 80, targetPort: 8080}]').slice(0, -1)}, status: {loadBalancer: {ingress: [{ip: 203.0.113.80}]}}}`,
      API_POD,
    ),
  },
  {
    line: 'EXTERNALNAME_IP t/db /spec/externalName +fix',
    yaml: service('db', 'type: ExternalName, externalName: 192.0.2.77, ports: [{port: 5432}]'),
  },
  {
    line: 'EXTERNALNAME_CHAIN_BROKEN t/alias /spec/externalName +fix',
    yaml: docs(API, API_POD, service('alias', 'type: ExternalName, externalName: apy.t.svc.cluster.local')),
  },
  {
    line: 'EXTERNALNAME_CHAIN_BROKEN t/loop /spec/externalName',
    yaml: service('loop', 'type: ExternalName, externalName: loop.t.svc.cluster.local'),
  },
  {
    line: 'SEARCH_CAPTURE t/com /metadata/name',
    yaml: docs(service('com', 'clusterIP: 10.96.0.30, selector: {app: api}, ports: [{port: 80}]'), API_POD),
  },
  {
    line: 'SEARCH_CAPTURE io /metadata/name',
    yaml: docs(
      '{apiVersion: v1, kind: Namespace, metadata: {name: io}}',
      '{apiVersion: v1, kind: Service, metadata: {name: github, namespace: io}, spec: {clusterIP: 10.96.0.31, ports: [{port: 443}]}}',
    ),
  },
  {
    line: 'SEARCH_CAPTURE io/github /metadata/name +fix',
    ask: { from, to: 'https://github.io' },
    yaml: docs(
      '{apiVersion: v1, kind: Namespace, metadata: {name: io}}',
      '{apiVersion: v1, kind: Service, metadata: {name: github, namespace: io}, spec: {clusterIP: 10.96.0.31, selector: {app: pages}, ports: [{port: 443}]}}',
      pod('io/pages', '10.244.1.40', 'app: pages'),
    ),
  },
  {
    line: 'MUSL_NDOTS t/shy /spec/dnsConfig +fix',
    ask: { from: 'pod/t/shy', to: 'api.t.svc:80', libc: 'musl' },
    yaml: docs(API, API_POD, pod('t/shy', '10.244.1.50', 'app: shy', undefined, "dnsConfig: {options: [{name: ndots, value: '2'}]}")),
  },
  {
    line: 'SUBDOMAIN_SERVICE_MISSING t/w-0 /spec/subdomain +fix',
    yaml: pod('t/w-0', '10.244.1.60', 'app: w', undefined, 'hostname: w-0, subdomain: workers'),
  },
  {
    line: 'SUBDOMAIN_WITHOUT_HOSTNAME t/w-0 /spec/hostname +fix',
    yaml: docs(
      service('workers', 'clusterIP: None, selector: {app: w}'),
      pod('t/w-0', '10.244.1.60', 'app: w', undefined, 'subdomain: workers'),
    ),
  },
  {
    line: 'HOST_NETWORK_DNS t/agent /spec/dnsPolicy +fix',
    yaml: pod('t/agent', '192.0.2.1', 'app: agent', undefined, 'hostNetwork: true'),
  },
  { line: 'NAME_UNKNOWN t/client', ask: { from, to: 'apy:80' }, yaml: docs(API, API_POD) },
  { line: 'DNS_EGRESS_DENIED t/deny /spec/egress +fix', yaml: policy('deny', 'podSelector: {}, policyTypes: [Egress]') },
  {
    line: 'DNS_EGRESS_DENIED t/deny /spec/egress +fix',
    ask: { from, to: 'api:80' },
    yaml: docs(API, API_POD, policy('deny', 'podSelector: {}, policyTypes: [Egress]')),
  },
  {
    line: 'POLICY_DENIED t/closed /spec/ingress +fix',
    ask: { from, to: 'api:80' },
    yaml: docs(API, API_POD, policy('closed', 'podSelector: {matchLabels: {app: api}}')),
  },
  {
    line: 'POLICY_DENIED t/closed /spec/ingress +fix',
    ask: { from, to: 'api:80' },
    yaml: docs(API, API_POD, cilium('closed', 'endpointSelector: {matchLabels: {app: api}}, ingress: [{}]')),
  },
  {
    line: 'POLICY_DENIED t/closed /spec/egress +fix',
    ask: { from, to: '10.96.0.20:80' },
    yaml: docs(
      API,
      API_POD,
      cilium(
        'closed',
        "endpointSelector: {matchLabels: {app: client}}, egress: [{toEndpoints: [{matchLabels: {app: other}}], toPorts: [{ports: [{port: '1', protocol: TCP}]}]}]",
      ),
    ),
  },
  {
    line: 'POLICY_DENIED t/reads /spec/ingress/0/toPorts/0/rules/http +fix',
    ask: { from, to: 'http://10.96.0.20/admin?of=a.b' },
    yaml: docs(
      API,
      API_POD,
      cilium(
        'reads',
        "endpointSelector: {matchLabels: {app: api}}, ingress: [{fromEndpoints: [{}], toPorts: [{ports: [{port: '8080', protocol: TCP}], rules: {http: [{method: GET, path: /public}]}}]}]",
      ),
    ),
  },
  {
    line: 'DNS_EGRESS_DENIED t/closed /spec/egress +fix',
    ask: { from, to: 'api:80' },
    yaml: docs(
      API,
      API_POD,
      cilium('closed', 'endpointSelector: {matchLabels: {app: client}}, egress: [{toEndpoints: [{matchLabels: {app: api}}]}]'),
    ),
  },
  {
    line: 'SERVICE_PORT_MISSING t/api /spec/ports +fix',
    ask: { from, to: 'http://api:8443' },
    yaml: docs(
      service(
        'api',
        'clusterIP: 10.96.0.20, selector: {app: api}, ports: [{name: a, port: 80, targetPort: 8080}, {name: b, port: 443, targetPort: 8443}]',
      ),
      API_POD,
    ),
  },
  {
    line: 'SERVICE_PORT_MISSING t/api /spec/ports',
    ask: { from, to: 'http://api:9999' },
    yaml: docs(
      service(
        'api',
        'clusterIP: 10.96.0.20, selector: {app: api}, ports: [{name: a, port: 80, targetPort: 8080}, {name: b, port: 443, targetPort: 8443}]',
      ),
      API_POD,
    ),
  },
  {
    line: 'POLICY_DENIED t/dns-only /spec/egress +fix',
    ask: { from, to: 'api:80' },
    yaml: docs(
      API,
      API_POD,
      policy(
        'dns-only',
        'podSelector: {matchLabels: {app: client}}, policyTypes: [Egress], egress: [{ports: [{port: 53, protocol: UDP}, {port: 53, protocol: TCP}]}]',
      ),
    ),
  },
];
