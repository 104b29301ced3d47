import { describe, expect, it } from 'vitest';
import { modelOf } from '../../../test/support/model.js';
import {
  askPolicy,
  endpoints,
  judgedRows,
  policyCluster,
  policyObjects,
  type PolicySpecs,
  rowsOf,
} from '../../../test/support/policy-cluster.js';
import type { JsonObject } from '../kernel/json.js';
import type { NetworkModel } from '../model/network-model.js';
import { hasConnection } from './internal/connection-set.js';
import { judgeConnection } from './internal/judge-connection.js';
import { partiesOf } from './internal/parties.js';
import { PolicyIndex } from './internal/policy-index.js';
import { finished } from '../kernel/steps.js';

/** Everything that the plugin of these clusters is asked for: Cilium, with its defaults (cilium/cilium `Documentation/security/policy`). */
const CILIUM = { cni: { plugin: 'cilium' }, policy: { cilium: { hostPolicies: true, nodeLabels: true } } };

const clusterOf = (text: string, policies: PolicySpecs, settings: JsonObject = CILIUM) => policyCluster(text, policies, settings);

/** Judges a table and shows the rows with the verdicts given. */
function expectRows(text: string, policies: PolicySpecs, table: string, settings: JsonObject = CILIUM): void {
  expect(judgedRows(clusterOf(text, policies, settings), table)).toEqual(rowsOf(table));
}

/** Whether an ICMP echo request goes from one pod to another. */
function pings(model: NetworkModel, from: string, to: string): boolean {
  const index = PolicyIndex.of(model);
  const endpointOf = (name: string) => finished(partiesOf(model, index, endpoints(model, name))).parties[0]!.class.endpoint;
  const flow = { source: endpointOf(from), destination: endpointOf(to), self: false, ownNode: false };
  return hasConnection(judgeConnection(index, flow).allowed, { number: 1, down: 8, across: 0 });
}

const select = (matchLabels: JsonObject): JsonObject => ({ matchLabels });
const tcp = (port: string, more: JsonObject = {}): JsonObject => ({ toPorts: [{ ports: [{ port, protocol: 'TCP' }], ...more }] });

describe('deny.rst: "the following table represents the expected enforcement"', () => {
  const PODS = 'demo/client app=client\ndemo/server app=server';
  const client = { fromEndpoints: [select({ app: 'client' })] };
  const http = tcp('80', { rules: { http: [{ method: 'GET', path: '/' }] } });
  const ALLOW = [http, tcp('80'), tcp('81'), client];
  const columns: readonly (readonly [name: string, allow: readonly JsonObject[], deny: readonly JsonObject[], results: string])[] = [
    ['1: no deny policies', ALLOW, [], 'allow allow allow'],
    ['2: deny 80/TCP', ALLOW, [tcp('80')], 'allow deny allow'],
    ['3: deny the client', ALLOW, [client], 'deny deny deny'],
    ['4: deny 80/TCP and the client', ALLOW, [tcp('80'), client], 'deny deny deny'],
    ['5: deny 80/TCP, and nothing is allowed', [], [tcp('80')], 'deny deny deny'],
  ];
  it.each(columns)('column %s: server:81, server:80, ping', (_, allow, deny, results) => {
    const spec = { endpointSelector: select({ app: 'server' }), ingress: allow, ingressDeny: deny } as JsonObject;
    const model = clusterOf(PODS, { 'ciliumnp demo/p': spec });
    const curl = (port: number) => (askPolicy(model, `demo/client -> demo/server:${port}`).verdict === 'ALLOWED' ? 'allow' : 'deny');
    const ping = pings(model, 'demo/client', 'demo/server') ? 'allow' : 'deny';
    expect([curl(81), curl(80), ping].join(' ')).toBe(results);
  });

  it('"regardless of whether they are a Cilium Network Policy, a Clusterwide Cilium Network Policy or even a Kubernetes Network Policy"', () => {
    const policies = {
      'demo/np': { podSelector: {}, ingress: [{}] },
      'ccnp allow': { endpointSelector: {}, ingress: [{ fromEntities: ['all'] }] },
      'ciliumnp demo/deny': { endpointSelector: select({ app: 'server' }), ingressDeny: [client] },
    };
    expectRows(PODS, policies, 'demo/client -> demo/server:80 = deny\ndemo/server -> demo/client:80 = allow');
  });

  it('"deny ingress from world on all namespaces … Existing inter-cluster policies will still be allowed" (from_world_deny.yaml)', () => {
    const policy = { endpointSelector: {}, ingressDeny: [{ fromEntities: ['world'] }], ingress: [{ fromEntities: ['all'] }] };
    expectRows(PODS, { 'ccnp external-lockdown': policy }, '203.0.113.7 -> demo/server:80 = deny\ndemo/client -> demo/server:80 = allow');
  });
});

describe('intro.rst: when an endpoint is in default-deny', () => {
  const PODS = 'a/x app=x\na/y app=y';
  const about = (more: JsonObject): PolicySpecs => ({ 'ciliumnp a/p': { endpointSelector: select({ app: 'y' }), ...more } });
  it.each([
    ['"If both ingress and egress are omitted, the rule has no effect"', {}, 'allow', 'allow'],
    ['"ingress: if omitted or empty, this rule does not apply at ingress"', { ingress: [] }, 'allow', 'allow'],
    ['an ingress section: default-deny for ingress alone', { ingress: [{}] }, 'deny', 'allow'],
    ['an egress section: for egress alone', { egress: [{}] }, 'allow', 'deny'],
    ['"Rules with EnableDefaultDeny disabled are ignored"', { ingress: [{}], enableDefaultDeny: { ingress: false } }, 'allow', 'allow'],
    ['cilium#35558: a direction without rules stays open', { egress: [{}], enableDefaultDeny: { ingress: true } }, 'allow', 'deny'],
    ['deny rules do it too', { egressDeny: [{ toEntities: ['world'] }] }, 'allow', 'deny'],
    [
      'what is denied is denied without default-deny',
      { ingressDeny: [{ fromEndpoints: [{}] }], enableDefaultDeny: { ingress: false } },
      'deny',
      'allow',
    ],
  ])('%s', (_, more, ingress, egress) => {
    expectRows(PODS, about(more), `a/x -> a/y:80 = ${ingress}\na/y -> a/x:80 = ${egress}`);
  });

  const mode = (name: string) => ({ cni: { plugin: 'cilium' }, policy: { cilium: { mode: name } } });
  it('"with always mode, policy enforcement is enabled on all endpoints even if no rules select specific endpoints"', () => {
    expectRows(PODS, {}, 'a/x -> a/y:80 = deny', mode('always'));
    const allowed = { 'ccnp all': { endpointSelector: {}, ingress: [{ fromEntities: ['all'] }], egress: [{ toEntities: ['all'] }] } };
    expectRows(PODS, allowed, 'a/x -> a/y:80 = allow', mode('always'));
  });

  it('"--enable-host-firewall: Enable host network policies", off by default: nodes are no such endpoints unless somebody means them to be', () => {
    const nodes = `${PODS}\nnode n1 192.168.0.1\nnode n2 192.168.0.2`;
    expectRows(nodes, {}, 'node/n1 -> node/n2:80 = allow', mode('always'));
    const about = { 'ccnp n1': { nodeSelector: {}, ingress: [{ fromEntities: ['world'] }] } };
    expectRows(nodes, about, 'node/n1 -> node/n2:80 = deny', mode('always'));
    const told = { cni: { plugin: 'cilium' }, policy: { cilium: { mode: 'always', hostPolicies: true } } };
    expectRows(nodes, {}, 'node/n1 -> node/n2:80 = deny', told);
  });

  it('"with never mode, policy enforcement is disabled on all endpoints, even if rules do select specific endpoints"', () => {
    const model = clusterOf(PODS, about({ ingress: [{}] }), mode('never'));
    const { verdict, result, warnings } = askPolicy(model, 'a/x -> a/y:80');
    expect([verdict, result.policyVerdict, warnings.map(({ code }) => code)]).toEqual(['ALLOWED', 'DENIED', ['NOT_ENFORCED']]);
  });

  it('`spec` and `specs` stand side by side, each with its own subject', () => {
    const [policy] = policyObjects('', { 'ciliumnp a/p': { endpointSelector: select({ app: 'y' }), ingress: [{}] } });
    const specs = [{ endpointSelector: select({ app: 'x' }), ingress: [{}] }];
    const model = modelOf([...policyObjects(`${PODS}\na/z app=z`), { ...policy!, specs }], CILIUM);
    const table = 'a/z -> a/x:80 = deny\na/z -> a/y:80 = deny\na/x -> a/z:80 = allow';
    expect(judgedRows(model, table)).toEqual(rowsOf(table));
  });
});

describe('layer3.rst, endpoints based', () => {
  const PODS =
    'default/frontend role=frontend\ndefault/backend role=backend\ndefault/other role=other\nother/frontend role=frontend\nother/backend role=backend';
  const rows: readonly (readonly [source: string, spec: JsonObject, table: string])[] = [
    [
      'l3.yaml: "from endpoints with the label role=frontend to endpoints with the label role=backend", of the own namespace',
      { endpointSelector: select({ role: 'backend' }), ingress: [{ fromEndpoints: [select({ role: 'frontend' })] }] },
      `default/frontend -> default/backend:80 = allow
       default/other -> default/backend:80 = deny
       other/frontend -> default/backend:80 = deny
       203.0.113.1 -> default/backend:80 = deny
       default/other -> default/frontend:80 = allow
       other/frontend -> other/backend:80 = allow`,
    ],
    [
      'ingress-allow-all.yaml: `fromEndpoints: [{}]` is every endpoint of the own namespace',
      { endpointSelector: select({ role: 'backend' }), ingress: [{ fromEndpoints: [{}] }] },
      `default/other -> default/backend:80 = allow
       other/frontend -> default/backend:80 = deny
       203.0.113.1 -> default/backend:80 = deny`,
    ],
    [
      'egress-allow-all.yaml: "allows all egress traffic from endpoints with role=frontend to all other endpoints in the same namespace"',
      { endpointSelector: select({ role: 'frontend' }), egress: [{ toEndpoints: [{}] }] },
      `default/frontend -> default/other:80 = allow
       default/frontend -> other/backend:80 = deny
       default/frontend -> 203.0.113.1:80 = deny`,
    ],
    [
      'egress-deny.yaml: "egress traffic is denied even if the policy contains egress rules that would otherwise allow it"',
      {
        endpointSelector: select({ role: 'frontend' }),
        egress: [{ toEntities: ['all'] }],
        egressDeny: [{ toEndpoints: [select({ role: 'backend' })] }],
      },
      `default/frontend -> default/backend:80 = deny
       default/frontend -> other/backend:80 = allow
       default/frontend -> 203.0.113.1:80 = allow`,
    ],
    [
      'CRD: "an empty non-nil FromEndpoints does not select anything"',
      { endpointSelector: select({ role: 'backend' }), ingress: [{ fromEndpoints: [], ...tcp('80') }] },
      'default/frontend -> default/backend:80 = deny',
    ],
    [
      'CRD: "nil FromEndpoints is implicitly treated as a wildcard selector if ToPorts are also specified"',
      { endpointSelector: select({ role: 'backend' }), ingress: [tcp('80')] },
      `other/frontend -> default/backend:80 = allow
       203.0.113.1 -> default/backend:80 = allow
       default/frontend -> default/backend:81 = deny`,
    ],
    [
      'label sources: `k8s:` is a label of the pod, `reserved:world` the outside',
      {
        endpointSelector: select({ 'k8s:role': 'backend' }),
        ingress: [{ fromEndpoints: [select({ 'k8s:role': 'frontend' })] }, { fromEndpoints: [select({ 'reserved:world': '' })] }],
      },
      `default/frontend -> default/backend:80 = allow
       203.0.113.1 -> default/backend:80 = allow
       default/other -> default/backend:80 = deny`,
    ],
    [
      'identity-relevant labels: "Ignore all pod-template-hash labels"',
      { endpointSelector: { matchExpressions: [{ key: 'pod-template-hash', operator: 'Exists' }] }, ingress: [{}] },
      'default/frontend -> default/backend:80 = allow',
    ],
  ];
  it.each(rows)('%s', (_, spec, table) => {
    expectRows(`${PODS}\ndefault/hashed role=backend pod-template-hash=7`, { 'ciliumnp default/p': spec }, table);
  });
});

describe('identity-relevant-labels.rst', () => {
  const policies: PolicySpecs = {
    'ciliumnp shop/p': { endpointSelector: {}, ingress: [{ fromEndpoints: [{ matchLabels: { env: 'prod' } }] }] },
    'ciliumnp shop/q': {
      endpointSelector: {},
      ingressDeny: [{ fromEndpoints: [{ matchExpressions: [{ key: 'tier', operator: 'DoesNotExist' }] }] }],
    },
  };
  const rows = (...labels: string[]) => {
    const model = policyCluster('shop/a team=x env=prod tier=y\nshop/b', policies, {
      cni: { plugin: 'cilium' },
      policy: { cilium: { labels } },
    });
    return judgedRows(model, 'shop/a -> shop/b:80 = allow');
  };
  it('"will have the label env=prod ignored as soon as Cilium is started with the filter k8s:team": whoever asks for it finds nobody', () => {
    expect([rows(), rows('k8s:team', 'k8s:env', 'k8s:tier'), rows('k8s:team', 'k8s:tier')]).toEqual([
      ['shop/a -> shop/b:80 = allow'],
      ['shop/a -> shop/b:80 = allow'],
      ['shop/a -> shop/b:80 = deny'],
    ]);
  });
  it('and whoever asks that a label be absent finds everybody', () => {
    expect(rows('k8s:!tier')).toEqual(['shop/a -> shop/b:80 = deny']);
  });
});

describe('kubernetes.rst', () => {
  const CLUSTER = `
    ns ns1 team=a
    ns ns2 team=b
    ns1/leia name=leia as leia
    ns1/luke name=luke as luke
    ns2/luke name=luke as luke
    ns2/leia name=leia
    kube-system/dns k8s-app=kube-dns`;
  it('"Enforce namespace boundaries" (isolate-namespaces.yaml)', () => {
    const isolate = { endpointSelector: { matchLabels: {} }, ingress: [{ fromEndpoints: [{ matchLabels: {} }] }] };
    expectRows(
      CLUSTER,
      { 'ciliumnp ns1/isolate': isolate, 'ciliumnp ns2/isolate': isolate },
      `ns1/luke -> ns1/leia:80 = allow
       ns2/luke -> ns1/leia:80 = deny
       ns1/leia -> kube-system/dns:53 UDP = allow`,
    );
  });

  it('"exposes all pods with the label name=leia in ns1 to all pods with the label name=luke in ns2" (namespace-policy.yaml)', () => {
    const peer = select({ 'k8s:io.kubernetes.pod.namespace': 'ns2', name: 'luke' });
    expectRows(
      CLUSTER,
      { 'ciliumnp ns1/p': { endpointSelector: select({ name: 'leia' }), ingress: [{ fromEndpoints: [peer] }] } },
      `ns2/luke -> ns1/leia:80 = allow
       ns1/luke -> ns1/leia:80 = deny
       ns2/leia -> ns1/leia:80 = deny`,
    );
  });

  it('"to communicate with kube-dns on port 53/UDP in the kube-system namespace" (kubedns-policy.yaml)', () => {
    const dns = select({ 'k8s:io.kubernetes.pod.namespace': 'kube-system', 'k8s-app': 'kube-dns' });
    const rule = { toEndpoints: [dns], toPorts: [{ ports: [{ port: '53', protocol: 'UDP' }] }] };
    expectRows(
      CLUSTER,
      { 'ciliumnp ns1/p': { endpointSelector: {}, egress: [rule] } },
      `ns1/leia -> kube-system/dns:53 UDP = allow
       ns1/leia -> kube-system/dns:53 TCP = deny
       ns1/leia -> ns1/luke:80 = deny
       ns2/leia -> kube-system/dns:53 TCP = allow`,
    );
  });

  it('labels of namespaces (namespace-labels-policy.yaml)', () => {
    const peer = select({ 'io.cilium.k8s.namespace.labels.team': 'b' });
    expectRows(
      CLUSTER,
      { 'ciliumnp ns1/p': { endpointSelector: select({ name: 'leia' }), ingress: [{ fromEndpoints: [peer] }] } },
      'ns2/luke -> ns1/leia:80 = allow\nns1/luke -> ns1/leia:80 = deny',
    );
  });

  it('service accounts (serviceaccount-policy.yaml)', () => {
    const account = (name: string) => select({ 'io.cilium.k8s.policy.serviceaccount': name });
    expectRows(
      CLUSTER,
      { 'ciliumnp ns1/p': { endpointSelector: account('leia'), ingress: [{ fromEndpoints: [account('luke')] }] } },
      `ns1/luke -> ns1/leia:80 = allow
       ns2/luke -> ns1/leia:80 = deny
       ns1/leia -> ns1/luke:80 = allow`,
    );
  });

  it('"allow ingress from pods matching name=luke from any namespace to pods matching name=leia in any namespace" (clusterscope-policy.yaml)', () => {
    expectRows(
      CLUSTER,
      { 'ccnp p': { endpointSelector: select({ name: 'leia' }), ingress: [{ fromEndpoints: [select({ name: 'luke' })] }] } },
      `ns2/luke -> ns1/leia:80 = allow
       ns1/luke -> ns2/leia:80 = allow
       kube-system/dns -> ns1/leia:80 = deny`,
    );
  });

  it('"allows all Cilium managed endpoints in the cluster to communicate with kube-dns" and nobody else (wildcard-from-endpoints.yaml)', () => {
    const dns = select({ 'k8s:io.kubernetes.pod.namespace': 'kube-system', 'k8s-app': 'kube-dns' });
    const rule = { fromEndpoints: [{}], toPorts: [{ ports: [{ port: '53', protocol: 'UDP' }] }] };
    expectRows(
      CLUSTER,
      { 'ccnp p': { endpointSelector: dns, ingress: [rule] } },
      `ns1/leia -> kube-system/dns:53 UDP = allow
       203.0.113.9 -> kube-system/dns:53 UDP = deny
       ns1/leia -> kube-system/dns:53 TCP = deny`,
    );
  });
});
