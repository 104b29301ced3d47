import { describe, expect, it } from 'vitest';
import { modelOf } from '../../../test/support/model.js';
import { askPolicy, judgedRows, policyCluster, policyObjects, type PolicySpecs, rowsOf } from '../../../test/support/policy-cluster.js';
import type { JsonObject } from '../kernel/json.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';

/** Sources: cilium/cilium `Documentation/security/policy/{layer3,layer4,layer7,host}.rst` and the examples they include. */

const settings = (policy: JsonObject = {}): JsonObject => ({
  cni: { plugin: 'cilium' },
  policy: { ...policy, cilium: { hostPolicies: true, nodeLabels: true, ...(policy['cilium'] as JsonObject | undefined) } },
});

function expectRows(
  text: string,
  policies: PolicySpecs,
  table: string,
  policy: JsonObject = {},
  more: readonly KubernetesObject[] = [],
): void {
  const model = modelOf([...policyObjects(text, policies), ...more], settings(policy));
  expect(judgedRows(model, table)).toEqual(rowsOf(table));
}

const select = (matchLabels: JsonObject): JsonObject => ({ matchLabels });
const about = (label: JsonObject, more: JsonObject): PolicySpecs => ({ 'ciliumnp shop/p': { endpointSelector: select(label), ...more } });
const ports = (...list: JsonObject[]): JsonObject => ({ toPorts: [{ ports: list }] });

const slice = (name: string, ...addresses: string[]): KubernetesObject => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { name: `${name}-1`, namespace: 'default', labels: { 'kubernetes.io/service-name': name } },
  addressType: 'IPv4',
  endpoints: [{ addresses, conditions: { ready: true } }],
  ports: [{ port: 443 }],
});
const service = (name: string, namespace: string, selector?: JsonObject, labels: JsonObject = {}): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace, labels },
  spec: { ports: [{ port: 443 }], ...(selector ? { selector } : {}) },
});

/** Two nodes, pods on both, one of them on the host network. */
const CLUSTER = `
  node n1 192.168.0.1 node-role.kubernetes.io/control-plane=
  node n2 192.168.0.2
  shop/dev env=dev on n1 @10.0.1.5 @fd00:1::5
  shop/web app=web on n2 @10.0.2.5
  shop/agent app=agent host on n2 @192.168.0.2
  other/pod app=x on n2 @10.0.2.9`;

describe('entities (layer3.rst "Entities based")', () => {
  const rows: readonly (readonly [entity: string, table: string])[] = [
    ['all', 'shop/web = allow; other/pod = allow; node/n1 = allow; node/n2 = allow; 203.0.113.1 = allow'],
    // "all network endpoints inside of the local cluster … as well as the host, remote-node"
    ['cluster', 'shop/web = allow; other/pod = allow; node/n1 = allow; node/n2 = allow; 203.0.113.1 = deny'],
    // "the host that is serving the particular endpoint"; "all containers running in host networking mode on the local host"
    ['host', 'shop/web = deny; other/pod = deny; node/n1 = allow; node/n2 = deny; shop/agent = deny; 203.0.113.1 = deny'],
    // "Any node other than the local host. This also includes all containers running in host-networking mode on remote nodes"
    ['remote-node', 'shop/web = deny; node/n1 = deny; node/n2 = allow; shop/agent = allow; 203.0.113.1 = deny'],
    ['world', 'shop/web = deny; node/n2 = deny; 203.0.113.1 = allow; 2001:db8::1 = allow'],
    ['none', 'shop/web = deny; node/n1 = deny; 203.0.113.1 = deny'],
    ['init', 'shop/web = deny; node/n1 = deny; 203.0.113.1 = deny'],
    ['ingress', 'shop/web = deny; node/n1 = deny; 203.0.113.1 = deny'],
  ];
  it.each(rows)('toEntities %s', (entity, list) => {
    const table = list
      .split('; ')
      .map((row) => `shop/dev -> ${row.replace(' = ', ':80 = ')}`)
      .join('\n');
    expectRows(CLUSTER, about({ env: 'dev' }, { egress: [{ toEntities: [entity] }] }), table);
  });

  /** cilium `pkg/labels/cidr.go` AddWorldLabel, `pkg/policy/api/entity.go` EntitySelectorMapping. */
  it.each([
    [['IPv4'], { toEntities: ['world'] }, 'allow'],
    [['IPv4'], { toEndpoints: [select({ 'reserved:world': '' })] }, 'allow'],
    [['IPv4'], { toEndpoints: [select({ 'reserved:world-ipv4': '' })] }, 'deny'],
    [['IPv4', 'IPv6'], { toEntities: ['world'] }, 'allow'],
    [['IPv4', 'IPv6'], { toEndpoints: [select({ 'reserved:world': '' })] }, 'deny'],
    [['IPv4', 'IPv6'], { toEndpoints: [select({ 'reserved:world-ipv4': '' })] }, 'allow'],
  ] as const)('the world has one label: in a cluster of families %j, %j = %s', (ipFamilies, peer, outcome) => {
    const objects = policyObjects(CLUSTER.replace(' @fd00:1::5', ''), about({ env: 'dev' }, { egress: [peer] }));
    const table = `shop/dev -> 203.0.113.1:80 = ${outcome}`;
    expect(judgedRows(modelOf(objects, { ...settings({}), ipFamilies: [...ipFamilies] }), table)).toEqual(rowsOf(table));
  });

  it('"Kubernetes will automatically allow all communication from the local host", unless `allow-localhost` is `policy`', () => {
    const closed = about({ env: 'dev' }, { ingress: [{}] });
    expectRows(CLUSTER, closed, 'node/n1 -> shop/dev:80 = allow\nnode/n2 -> shop/dev:80 = deny');
    expectRows(CLUSTER, closed, 'node/n1 -> shop/dev:80 = deny', { nodeToOwnPod: false });
    const host = about({ env: 'dev' }, { ingress: [{ fromEntities: ['host'] }] });
    expectRows(CLUSTER, host, 'node/n1 -> shop/dev:80 = allow\nnode/n2 -> shop/dev:80 = deny', { nodeToOwnPod: false });
  });

  it('nodes.yaml: "to receive traffic from any host in the cluster"', () => {
    const policy = about({ env: 'dev' }, { ingress: [{ fromEntities: ['host', 'remote-node'] }] });
    expectRows(CLUSTER, policy, 'node/n2 -> shop/dev:80 = allow\nshop/web -> shop/dev:80 = deny\n203.0.113.1 -> shop/dev:80 = deny');
  });

  it('reserved labels say the same as entities', () => {
    const policy = about({ env: 'dev' }, { egress: [{ toEndpoints: [select({ 'reserved:remote-node': '' })] }] });
    expectRows(CLUSTER, policy, 'shop/dev -> node/n2:80 = allow\nshop/dev -> node/n1:80 = deny\nshop/dev -> 203.0.113.1:80 = deny');
  });

  describe('kube-apiserver: "both deployments, within the cluster and outside of the cluster" (apiserver.yaml)', () => {
    const policy = about({ env: 'dev' }, { egress: [{ toEntities: ['kube-apiserver'] }] });
    it('inside: a node', () => {
      const objects = [service('kubernetes', 'default'), slice('kubernetes', '192.168.0.2')];
      expectRows(
        CLUSTER,
        policy,
        'shop/dev -> node/n2:6443 = allow\nshop/dev -> node/n1:6443 = deny\nshop/dev -> 203.0.113.1:6443 = deny',
        {},
        objects,
      );
    });
    it('outside: an address, which is the world too', () => {
      const objects = [service('kubernetes', 'default'), slice('kubernetes', '203.0.113.1')];
      expectRows(
        CLUSTER,
        policy,
        'shop/dev -> 203.0.113.1:6443 = allow\nshop/dev -> 203.0.113.2:6443 = deny\nshop/dev -> node/n2:6443 = deny',
        {},
        objects,
      );
    });
    it('nowhere: the answer says that it does not know', () => {
      const answer = askPolicy(policyCluster(CLUSTER, policy, settings()), 'shop/dev -> node/n2:6443');
      expect([answer.verdict, answer.confidence, answer.warnings.map(({ code }) => code)]).toEqual([
        'DENIED',
        'INSUFFICIENT_INFO',
        ['API_SERVER_UNKNOWN'],
      ]);
    });
  });
});

describe('nodes', () => {
  const policy = about({ env: 'dev' }, { ingress: [{ fromNodes: [select({ 'node-role.kubernetes.io/control-plane': '' })] }] });
  const CUSTOM = CLUSTER.replace('env=dev on n1', 'env=dev on n2');
  it('customnodes.yaml: "only from control plane nodes"', () => {
    expectRows(CUSTOM, policy, 'node/n1 -> shop/dev:80 = allow\nshop/agent -> shop/dev:80 = deny', { nodeToOwnPod: false });
  });
  it('"will only take effect when enable-node-selector-labels is set to true"', () => {
    expectRows(CUSTOM, policy, 'node/n1 -> shop/dev:80 = deny', { cilium: { nodeLabels: false } });
  });
  it('"an extension of the remote-node entity": never the own node (pkg/policy/utils/helpers_test.go, TestGetNodeSelector)', () => {
    expectRows(CLUSTER, policy, 'node/n1 -> shop/dev:80 = deny', { nodeToOwnPod: false });
    const all = about({ env: 'dev' }, { egress: [{ toNodes: [{}] }] });
    expectRows(CLUSTER, all, 'shop/dev -> node/n1:80 = deny\nshop/dev -> node/n2:80 = allow\nshop/dev -> shop/web:80 = deny', {
      nodeToOwnPod: false,
    });
  });
  it('of a pod of which nobody knows where it runs: the answer says so', () => {
    const objects = policyObjects(CLUSTER, policy).map((object) =>
      object.metadata.name === 'dev' ? { ...object, spec: { containers: [] } } : object,
    );
    const answer = askPolicy(modelOf(objects, settings({ nodeToOwnPod: false })), 'node/n1 -> shop/dev:80');
    expect([answer.verdict, answer.warnings.map(({ code }) => code)]).toEqual(['DENIED', ['NODE_UNKNOWN']]);
  });
});

describe('CIDR rules (layer3.rst "IP/CIDR based")', () => {
  const cidrs = about(
    { env: 'dev' },
    { egress: [{ toCIDR: ['20.1.1.1/32'] }, { toCIDRSet: [{ cidr: '10.0.0.0/8', except: ['10.96.0.0/12'] }] }] },
  );
  it('cidr.yaml: "20.1.1.1, as well as the CIDR prefix 10.0.0.0/8, but not CIDR prefix 10.96.0.0/12"', () => {
    expectRows(
      CLUSTER,
      cidrs,
      `shop/dev -> 20.1.1.1:80 = allow
       shop/dev -> 20.1.1.2:80 = deny
       shop/dev -> 10.77.0.1:80 = allow
       shop/dev -> 10.96.0.1:80 = deny
       shop/dev -> 10.111.255.255:80 = deny
       shop/dev -> 10.112.0.0:80 = allow`,
    );
  });

  it('"CIDR rules do not apply to traffic where both sides of the connection are managed by Cilium"', () => {
    expectRows(CLUSTER, cidrs, 'shop/dev -> shop/web:80 = deny');
    // … whatever the profile says of ipBlocks.
    expectRows(CLUSTER, cidrs, 'shop/dev -> shop/web:80 = deny', { ipBlockMatchesPods: true });
  });

  it('"or use an IP belonging to a node", unless `policy-cidr-match-mode` is `nodes`', () => {
    const nodes = about({ env: 'dev' }, { egress: [{ toCIDR: ['192.168.0.0/24'] }] });
    expectRows(CLUSTER, nodes, 'shop/dev -> node/n2:80 = deny\nshop/dev -> shop/agent:80 = deny\nshop/dev -> 192.168.0.77:80 = allow');
    expectRows(CLUSTER, nodes, 'shop/dev -> node/n2:80 = allow\nshop/dev -> shop/agent:80 = allow', { ipBlockMatchesNodes: true });
  });

  it('an ipBlock of a NetworkPolicy is such a rule', () => {
    const to = [{ ipBlock: { cidr: '0.0.0.0/0' } }];
    const policies = { 'shop/np': { podSelector: { matchLabels: { env: 'dev' } }, policyTypes: ['Egress'], egress: [{ to }] } };
    const table = 'shop/dev -> shop/web:80 = deny\nshop/dev -> node/n2:80 = deny\nshop/dev -> 203.0.113.1:80 = allow';
    expectRows(CLUSTER, policies, table);
    expectRows(CLUSTER, policies, 'shop/dev -> node/n2:80 = allow', { ipBlockMatchesNodes: true });
  });

  const group = (name: string, ...externalCIDRs: string[]): KubernetesObject => ({
    apiVersion: 'cilium.io/v2',
    kind: 'CiliumCIDRGroup',
    metadata: { name, labels: { zone: name } },
    spec: { externalCIDRs },
  });
  it.each([
    [{ cidrGroupRef: 'vpn' }, 'allow', 'deny'],
    [{ cidrGroupSelector: { matchExpressions: [{ key: 'zone', operator: 'Exists' }] } }, 'allow', 'allow'],
    [{ cidrGroupRef: 'vpn', except: ['10.48.0.0/30'] }, 'deny', 'deny'],
    [{ cidrGroupRef: 'missing' }, 'deny', 'deny'],
  ])('groups: %o', (set, first, second) => {
    const policy = about({ env: 'dev' }, { egress: [{ toCIDRSet: [set] }] });
    const table = `shop/dev -> 10.48.0.1:80 = ${first}\nshop/dev -> 10.49.0.1:80 = ${second}\nshop/dev -> 10.50.0.1:80 = deny`;
    expectRows(CLUSTER, policy, table, {}, [group('vpn', '10.48.0.0/24'), group('office', '10.49.0.0/24')]);
  });
});

describe('services (layer3.rst "Services based")', () => {
  const to = (toServices: JsonObject) => about({ env: 'dev' }, { egress: [{ toServices: [toServices] }] });
  const named = to({ k8sService: { serviceName: 'myservice', namespace: 'default' } });
  const backend = 'default/db app=db\ndefault/x app=x\nstaging/db app=db';

  it('service.yaml: "uses the discovered services’ label selector as an endpoint selector"', () => {
    const objects = [service('myservice', 'default', { app: 'db' })];
    expectRows(
      `${CLUSTER}\n${backend}`,
      named,
      'shop/dev -> default/db:5432 = allow\nshop/dev -> default/x:5432 = deny\nshop/dev -> staging/db:5432 = deny',
      {},
      objects,
    );
  });

  it('by the labels of services, of every namespace where none is named', () => {
    const objects = ['default', 'staging'].map((namespace) => service('db', namespace, { app: 'db' }, { env: 'staging' }));
    const selector = { matchLabels: { env: 'staging' } };
    const both = 'shop/dev -> default/db:5432 = allow\nshop/dev -> staging/db:5432 = allow\nshop/dev -> default/x:5432 = deny';
    expectRows(`${CLUSTER}\n${backend}`, to({ k8sServiceSelector: { selector } }), both, {}, objects);
    const one = 'shop/dev -> default/db:5432 = deny\nshop/dev -> staging/db:5432 = allow';
    expectRows(`${CLUSTER}\n${backend}`, to({ k8sServiceSelector: { selector, namespace: 'staging' } }), one, {}, objects);
  });

  it('"The IPs in the service’s EndpointSlices are converted to CIDR selectors. CIDR selectors cannot select pods"', () => {
    const objects = [service('myservice', 'default'), slice('myservice', '203.0.113.10', '10.0.2.5')];
    const table = 'shop/dev -> 203.0.113.10:443 = allow\nshop/dev -> 203.0.113.11:443 = deny\nshop/dev -> shop/web:443 = deny';
    expectRows(CLUSTER, named, table, {}, objects);
  });

  it('denied services deny nothing: Cilium looks them up for `egress` alone (pkg/policy/k8s/service.go, processRule)', () => {
    const denied = {
      egressDeny: [{ toServices: [{ k8sService: { serviceName: 'web', namespace: 'shop' } }] }],
      egress: [{ toEntities: ['all'] }],
    };
    expectRows(CLUSTER, about({ env: 'dev' }, denied), 'shop/dev -> shop/web:80 = allow', {}, [service('web', 'shop', { app: 'web' })]);
  });

  it('a service that does not exist matches nothing', () => {
    expectRows(CLUSTER, named, 'shop/dev -> shop/web:443 = deny\nshop/dev -> 203.0.113.10:443 = deny');
  });
});

describe('domain names (layer3.rst "DNS based")', () => {
  const policy = about({ env: 'dev' }, { egress: [{ toFQDNs: [{ matchName: 'my-remote-service.com' }] }] });
  it('which addresses a name has is not known', () => {
    const answer = askPolicy(policyCluster(CLUSTER, policy, settings()), 'shop/dev -> 203.0.113.1:443');
    expect([answer.verdict, answer.confidence, answer.warnings.map(({ code }) => code)]).toEqual([
      'DENIED',
      'INSUFFICIENT_INFO',
      ['DOMAIN_NOT_RESOLVED'],
    ]);
  });
  it('of another port decides nothing ("they may contain L4/L7 rules"), and nothing that a deny rule decides ("deny policies take precedence")', () => {
    const named = { toFQDNs: [{ matchName: 'my-remote-service.com' }], toPorts: [{ ports: [{ port: '80', protocol: 'TCP' }] }] };
    const denied = { egress: [{ toFQDNs: [{ matchName: 'my-remote-service.com' }] }], egressDeny: [{ toEntities: ['world'] }] };
    for (const [rules, port, confidence] of [
      [{ egress: [named] }, 443, 'CERTAIN'],
      [{ egress: [named] }, 80, 'INSUFFICIENT_INFO'],
      [denied, 443, 'CERTAIN'],
    ] as const) {
      const answer = askPolicy(policyCluster(CLUSTER, about({ env: 'dev' }, rules), settings()), `shop/dev -> 203.0.113.1:${port}`);
      expect([answer.verdict, answer.confidence]).toEqual(['DENIED', confidence]);
    }
  });
  it('"DNS based rules are intended for external connections"', () => {
    const answer = askPolicy(policyCluster(CLUSTER, policy, settings()), 'shop/dev -> shop/web:443');
    expect([answer.verdict, answer.confidence]).toEqual(['DENIED', 'CERTAIN']);
  });
});

describe('host policies (host.rst)', () => {
  const lockDown = {
    'ccnp lock-down': {
      nodeSelector: select({ type: 'worker' }),
      ingress: [ports({ port: '22', protocol: 'TCP' }, { port: '8472', protocol: 'UDP' })],
    },
  };
  const HOSTS =
    'node w 192.168.0.1 type=worker\nnode c 192.168.0.2\nshop/a app=a on c\nshop/agent app=agent host on w @192.168.0.1\nshop/b app=b on w';
  it('lock-down-ingress.yaml: "in each selected node, they apply only to the host namespace, including host-networking pods"', () => {
    expectRows(
      HOSTS,
      lockDown,
      `shop/a -> node/w:22 = allow
       shop/a -> node/w:80 = deny
       203.0.113.1 -> node/w:8472 UDP = allow
       shop/a -> shop/agent:80 = deny
       shop/a -> node/c:80 = allow
       shop/a -> shop/b:80 = allow
       node/w -> shop/a:80 = allow`,
    );
  });
  it('are enforced only where the host firewall is on', () => {
    expectRows(HOSTS, lockDown, 'shop/a -> node/w:80 = allow', { cilium: { hostPolicies: false } });
    const off = policyCluster(HOSTS, lockDown, settings({ cilium: { hostPolicies: false } }));
    expect(askPolicy(off, 'shop/a -> node/w:80').warnings.map(({ code }) => code)).toEqual(['API_NOT_ENFORCED']);
  });
  it('an endpointSelector selects no nodes', () => {
    expectRows(HOSTS, { 'ccnp p': { endpointSelector: {}, ingress: [{}] } }, 'shop/b -> node/c:80 = allow\nshop/b -> shop/a:80 = deny');
  });
});

describe('ports (layer4.rst)', () => {
  const PODS = 'shop/dev env=dev\nshop/web app=web http=8080 dns=5353/UDP @10.0.0.2\nshop/api app=api http=9090';
  const rows: readonly (readonly [what: string, rule: JsonObject, table: string])[] = [
    [
      'l4.yaml: "using TCP on port 80, to any layer 3 destination"',
      ports({ port: '80', protocol: 'TCP' }),
      'web:80 = allow; web:81 = deny; web:80 UDP = deny',
    ],
    [
      'l4_port_range.yaml: "TCP on ports 80-444"',
      ports({ port: '80', endPort: 444, protocol: 'TCP' }),
      'web:80 = allow; web:444 = allow; web:445 = deny',
    ],
    ['"If omitted or empty, any protocol matches"', ports({ port: '80' }), 'web:80 = allow; web:80 UDP = allow; web:80 SCTP = allow'],
    ['port 0 is every port', ports({ port: '0', protocol: 'UDP' }), 'web:9999 UDP = allow; web:9999 TCP = deny'],
    ['a name is that of the destination', ports({ port: 'http', protocol: 'TCP' }), 'web:8080 = allow; web:9090 = deny; api:9090 = allow'],
    [
      '"Named port specified for a container may narrow this down, but may not contradict this"',
      ports({ port: 'dns', protocol: 'TCP' }),
      'web:5353 UDP = deny; web:5353 TCP = deny',
    ],
    ['an element without ports matches nothing', { toPorts: [{}], toEntities: ['all'] }, 'web:80 = deny'],
    ['ICMP rules: "layer 4 communication will be blocked"', { icmps: [{ fields: [{ type: 8 }] }] }, 'web:80 = deny'],
  ];
  it.each(rows)('%s', (_, rule, list) => {
    const table = list
      .split('; ')
      .map((row) => `shop/dev -> shop/${row}`)
      .join('\n');
    expectRows(PODS, about({ env: 'dev' }, { egress: [rule] }), table);
  });
});

describe('conditions of the verdict (layer7.rst)', () => {
  const PODS = 'shop/client env=prod\nshop/service app=service';
  const rule = (rules: JsonObject, more: JsonObject = {}): JsonObject => ({
    toPorts: [{ ports: [{ port: '80', protocol: 'TCP' }], rules }],
    ...more,
  });
  const get = rule({ http: [{ method: 'GET', path: '/public' }] }, { fromEndpoints: [select({ env: 'prod' })] });
  const conditions = (spec: JsonObject, flow = 'shop/client -> shop/service:80') => {
    const { verdict, result } = askPolicy(policyCluster(PODS, about({ app: 'service' }, spec), settings()), flow);
    return [verdict, ...result.conditions.map(({ direction, kind, connection, text }) => `${direction} ${kind} ${connection}: ${text}`)];
  };

  it('"allows GET requests to the URL /public … Requests on ports other than port 80 will be dropped" (l7/http/simple/l7.yaml)', () => {
    expect(conditions({ ingress: [get] })).toEqual(['ALLOWED', 'ingress HTTP TCP 80: only HTTP requests that match `GET /public`']);
    expect(conditions({ ingress: [get] }, 'shop/client -> shop/service:81')).toEqual(['DENIED']);
  });

  it.each([
    ['a plain layer 4 rule', { toPorts: [{ ports: [{ port: '80', protocol: 'TCP' }] }] }],
    ['a plain layer 3 rule', { fromEndpoints: [select({ env: 'prod' })] }],
    ['a layer 7 rule that asks for nothing', rule({ http: [{}] })],
  ])('"the layer 7 portions of the latter rule will have no effect" beside %s', (_, plain) => {
    expect(conditions({ ingress: [get, plain as JsonObject] })).toEqual(['ALLOWED']);
  });

  it('"the layer 7 rules are combined together if they are of the same type"', () => {
    expect(conditions({ ingress: [get, rule({ http: [{ method: 'PUT' }] })] })).toEqual([
      'ALLOWED',
      'ingress HTTP TCP 80: only HTTP requests that match `GET /public`',
      'ingress HTTP TCP 80: only HTTP requests that match `PUT`',
    ]);
  });

  it('"EnableDefaultDeny does not apply to layer-7 policy" (intro.rst)', () => {
    const spec = { ingress: [get], enableDefaultDeny: { ingress: false } };
    expect(conditions(spec)).toEqual(['ALLOWED', 'ingress HTTP TCP 80: only HTTP requests that match `GET /public`']);
    expect(conditions(spec, 'shop/client -> shop/service:81')).toEqual(['ALLOWED']);
  });

  it('authentication stays although another rule admits without it', () => {
    const asked = { fromEndpoints: [select({ env: 'prod' })], authentication: { mode: 'required' } };
    expect(conditions({ ingress: [asked, { fromEntities: ['all'] }] })).toEqual([
      'ALLOWED',
      'ingress AUTHENTICATION TCP 80: only connections whose two sides authenticate each other',
    ]);
  });

  it('what is denied has no conditions', () => {
    expect(conditions({ ingress: [get], ingressDeny: [{ fromEntities: ['all'] }] })).toEqual(['DENIED']);
  });

  it('the summary and the evidence tell them', () => {
    const { summary, evidence } = askPolicy(
      policyCluster(PODS, about({ app: 'service' }, { ingress: [get] }), settings()),
      'shop/client -> shop/service:80',
    );
    expect(summary).toContain('only HTTP requests that match `GET /public`');
    expect(evidence.filter(({ reason }) => reason === 'CONDITION').map(({ pointer }) => pointer)).toEqual([
      '/spec/ingress/0/toPorts/0/rules/http',
    ]);
  });
});

describe('what cannot be read fails closed', () => {
  const PODS = 'shop/a app=a\nshop/b app=b';
  it('a rule that accepts matches nothing, and its endpoints are in default-deny', () => {
    const answer = askPolicy(
      policyCluster(PODS, about({ app: 'b' }, { ingress: [{ fromEntities: ['wrld'] }] }), settings()),
      'shop/a -> shop/b:80',
    );
    expect([answer.verdict, answer.warnings.map(({ code }) => code)]).toEqual(['DENIED', ['RULE_FAILS_CLOSED']]);
  });
  it('one that denies denies everything', () => {
    const deny = { ingress: [{ fromEntities: ['all'] }], ingressDeny: [{ fromEntities: ['wrld'] }] };
    expectRows(PODS, about({ app: 'b' }, deny), 'shop/a -> shop/b:80 = deny');
  });
});

describe('where Cilium does not enforce', () => {
  const PODS = 'shop/a app=a\nshop/b app=b';
  it('its policies are stored, and the answer says so', () => {
    const model = policyCluster(PODS, about({ app: 'b' }, { ingress: [{}] }), { cni: { plugin: 'antrea' } });
    const answer = askPolicy(model, 'shop/a -> shop/b:80');
    expect([answer.verdict, answer.warnings.map(({ code }) => code)]).toEqual(['ALLOWED', ['API_NOT_ENFORCED']]);
    expect(answer.enforcement?.caveats).toContain('antrea: policies of `cilium.io` are stored, not enforced');
  });
  it('Flannel enforces nothing, and the answer says what they would decide', () => {
    const model = policyCluster(PODS, about({ app: 'b' }, { ingress: [{}] }), { cni: { plugin: 'flannel' } });
    const { verdict, result, warnings } = askPolicy(model, 'shop/a -> shop/b:80');
    expect([verdict, result.policyVerdict, warnings.map(({ code }) => code)]).toEqual(['ALLOWED', 'DENIED', ['NOT_ENFORCED']]);
  });
});
