import { describe, expect, it } from 'vitest';
import { calicoCluster } from '../../../test/support/calico-cluster.js';
import { compare, witnesses } from '../../../test/support/policy-compare.js';
import { policyCluster, type PolicySpecs } from '../../../test/support/policy-cluster.js';
import type { JsonObject } from '../kernel/json.js';
import type { ProfileSettings } from '../model/profile-settings.js';

/** Nobody of whom selectors could be said to be equal by chance: what is compared is what there could be. */
const SHOP = `
  ns shop team=shop
  shop/web app=web
`;

const CILIUM: ProfileSettings = { cni: { plugin: 'cilium' }, policy: { enforcement: 'on' } };

/** How policies of Calico with these rules stand to one another, over all that there could be. */
function ofCalico(a: JsonObject, b: JsonObject, kind = 'gnp', more: PolicySpecs = {}): string | undefined {
  const name = (one: string) => (kind === 'np' ? `np shop/${one}` : `${kind} ${one}`);
  const spec = (own: JsonObject) => ({ selector: "app == 'web'", types: ['Ingress'], ...own });
  const model = calicoCluster(SHOP, { [name('a')]: spec(a), [name('b')]: spec(b), ...more });
  const [one, other] = kind === 'np' ? ['shop/a', 'shop/b'] : ['a', 'b'];
  const { possible, whyNot } = compare(model, [one], [other]).result;
  return possible?.relation ?? whyNot ?? undefined;
}

const allow = (source: JsonObject, more: JsonObject = {}) => ({ ingress: [{ action: 'Allow', source, ...more }] });
const from = (selector: string) => allow({ selector });

// projectcalico/calico `libcalico-go/lib/selector/parser`, and the fields of `api/pkg/apis/projectcalico/v3`.
describe('policy-compare over all that there could be, policies of Calico', () => {
  it.each<[string, JsonObject, JsonObject, string]>([
    ['the same in other words', from("role == 'a' || role == 'b'"), from("role in {'a', 'b'}"), 'EQUAL'],
    ['"!a" of a comparison is its opposite', from("!(role == 'a')"), from("role != 'a'"), 'EQUAL'],
    ['"!= also matches if the label is not present"', from("role != 'a'"), from("has(role) && role != 'a'"), 'CONTAINING'],
    ['De Morgan', from("!(role == 'a' || tier == 'b')"), from("role != 'a' && tier != 'b'"), 'EQUAL'],
    ['a beginning holds for each value with it', from("role in {'web-a', 'web-b'}"), from("role starts with 'web-'"), 'CONTAINED'],
    ['a beginning and an ending', from("role starts with 'a' && role ends with 'b'"), from("role contains 'a'"), 'CONTAINED'],
    ['an ending is no beginning', from("role starts with 'a'"), from("role ends with 'a'"), 'OVERLAPPING'],
    ['nothing satisfies both', from("role == 'a' && role == 'b'"), {}, 'EQUAL'],
    ['a notSelector means addresses outside too', allow({ notSelector: "role == 'a'" }), from("role != 'a'"), 'CONTAINING'],
    [
      'a namespace by its name and by a label',
      allow({ namespaceSelector: "projectcalico.org/name == 'shop'" }),
      allow({ namespaceSelector: "team == 'shop'" }),
      'OVERLAPPING',
    ],
    ['all() as a namespaceSelector: pods, and no host endpoint', allow({ namespaceSelector: 'all()' }), from('all()'), 'CONTAINED'],
    ['two halves of a network', allow({ nets: ['10.0.0.0/25', '10.0.0.128/25'] }), allow({ nets: ['10.0.0.0/24'] }), 'EQUAL'],
    ['notNets', allow({ nets: ['10.0.0.0/24'], notNets: ['10.0.0.0/25'] }), allow({ nets: ['10.0.0.128/25'] }), 'EQUAL'],
    [
      'ports and notPorts',
      allow({}, { protocol: 'TCP', destination: { ports: ['1:80', '82:65535'] } }),
      allow({}, { protocol: 'TCP', destination: { notPorts: [81] } }),
      'EQUAL',
    ],
    [
      'a port by name may be another number',
      allow({}, { protocol: 'TCP', destination: { ports: ['http'] } }),
      allow({}, { protocol: 'TCP', destination: { ports: [80] } }),
      'OVERLAPPING',
    ],
    ['a protocol by name and by number', allow({}, { protocol: 'UDPLite' }), allow({}, { protocol: 136 }), 'EQUAL'],
    ['a type of ICMP', allow({}, { protocol: 'ICMP', icmp: { type: 8 } }), allow({}, { protocol: 'ICMP' }), 'CONTAINED'],
    [
      'what an earlier rule denies a later one does not allow',
      {
        ingress: [
          { action: 'Deny', source: { selector: "role == 'a'" } },
          { action: 'Allow', source: { selector: 'has(role)' } },
        ],
      },
      from("has(role) && role != 'a'"),
      'EQUAL',
    ],
    [
      'service accounts by name and by label',
      allow({ serviceAccounts: { names: ['ops'] } }),
      allow({ serviceAccounts: { selector: "team == 'ops'" } }),
      'OVERLAPPING',
    ],
    ['types', {}, { types: ['Ingress', 'Egress'] }, 'CONTAINING'],
  ])('%s', (_, a, b, relation) => {
    expect(ofCalico(a, b)).toBe(relation);
  });

  // `updateprocessors/rules.go`: "Endpoints for a namespaced policy are limited to the namespace as soon as any of the selector fields are used".
  it('a selector of a NetworkPolicy means pods of its namespace', () => {
    expect(
      ofCalico(from("role == 'a'"), allow({ selector: "role == 'a'", namespaceSelector: "projectcalico.org/name == 'shop'" }), 'np'),
    ).toBe('EQUAL');
    expect(ofCalico(from("role == 'a'"), allow({ selector: "role == 'a'", namespaceSelector: 'all()' }), 'np')).toBe('CONTAINED');
  });

  it('tells a host endpoint from a pod with the same labels', () => {
    expect(ofCalico({ selector: "app == 'web'" }, { selector: "app == 'web' && has(projectcalico.org/namespace)" })).toBe('CONTAINED');
  });

  it('gives no pair of pods whose namespace would need two values of one label', () => {
    const spec = (source: JsonObject) => ({
      selector: 'all()',
      namespaceSelector: "projectcalico.org/name == 'shop' && team == 'x'",
      ...allow(source),
    });
    const never = "projectcalico.org/name == 'shop' && team == 'y'";
    expect(ofCalico(spec({ namespaceSelector: never }), spec({ selector: "role == 'a' && role == 'b'" }))).toBe('EQUAL');
  });
});

/** docs.tigera.io, "Policy for forwarded traffic", "Untracked policy", "Pre-DNAT policy"; projectcalico/calico `felix/rules/static.go`, which host endpoint is met where. */
describe('policy-compare over all that there could be, policies about packets that pass nodes', () => {
  // What no rule matches is left to what is behind the tier, so that these policies only take away; pods have a namespace, host endpoints none.
  const NODES = 'has(node) && !has(projectcalico.org/namespace)';
  const tier = { 'tier first': { order: 1, defaultAction: 'Pass' } };
  const deny = (more: JsonObject) => ({ tier: 'first', selector: NODES, order: 1, ingress: [{ action: 'Deny', ...more }] });
  const telnet = deny({ protocol: 'TCP', destination: { ports: [23] } });
  const forward = { applyOnForward: true };
  const nobody = { tier: 'first', selector: "node == 'a' && node == 'b'" };
  const early = { ...forward, preDNAT: true };

  it.each<[string, JsonObject, JsonObject, string]>([
    ['"applyOnForward: true" is about more than the node', { ...telnet, ...forward }, telnet, 'CONTAINED'],
    [
      'the same in other words',
      { ...telnet, ...forward },
      { ...telnet, ...forward, selector: '!(has(projectcalico.org/namespace) || !has(node))' },
      'EQUAL',
    ],
    ['untracked denials reach what passes', { ...telnet, ...forward, doNotTrack: true }, nobody, 'CONTAINED'],
    [
      'whichever nodes have the label',
      { ...telnet, ...forward, selector: `${NODES} && node == 'a'` },
      { ...telnet, ...forward },
      'CONTAINING',
    ],
    ['before its own node, too, pre-DNAT policies are asked', { ...telnet, ...early }, { ...telnet, ...forward }, 'CONTAINED'],
  ])('%s', (_, a, b, relation) => {
    expect(ofCalico(a, b, 'gnp', tier)).toBe(relation);
  });

  // "to-hep-forward" of the interface over which packets come in; the host endpoint of all interfaces stands back behind one of that interface.
  it('what comes from a node without host endpoints meets the one of the interface over which it comes', () => {
    const specs = { ...tier, 'gnp a': { ...telnet, ...forward, types: ['Ingress'] }, 'gnp b': { ...nobody, types: ['Ingress'] } };
    const { possible } = compare(calicoCluster(SHOP, specs), ['a'], ['b']).result;
    const pairs = (possible?.differences ?? [])
      .flatMap((one) => one.witnesses)
      .filter(({ from: one, to }) => [one, to].every((name) => name.startsWith('a pod')));
    const nodeOf = (name: string) => name.replace(/^.* on a node with /, '');
    const behind = new Set(pairs.filter((pair) => nodeOf(pair.from) === 'no host endpoint').map(({ to }) => nodeOf(to)));
    const [all, its] = ['a host endpoint of all interfaces (node=a)', 'a host endpoint of its interface (node=a)'];
    expect([...behind].filter((node) => ![all, its, `${all} and ${its}`].includes(node))).toEqual([]);
    expect(behind.has(its)).toBe(true);
  });

  it('says so where there are too many sorts of nodes', () => {
    const many = Array.from({ length: 40 }, (_, index) => `gnp p${index}`);
    const specs = Object.fromEntries(many.map((name, index) => [name, { ...telnet, ...forward, selector: `has(node${index})` }]));
    const names = many.map((name) => name.slice(4));
    const { possible, whyNot } = compare(calicoCluster(SHOP, specs), names, names.slice(1)).result;
    expect([possible, whyNot]).toEqual([null, expect.stringContaining('than can be')]);
  });
});

/** How policies of Cilium for the same pods stand to one another. */
function ofCilium(a: JsonObject, b: JsonObject, cluster = SHOP) {
  const endpointSelector = { matchLabels: { app: 'web' } };
  const model = policyCluster(
    cluster,
    { 'ciliumnp shop/a': { endpointSelector, ...a }, 'ciliumnp shop/b': { endpointSelector, ...b } },
    CILIUM,
  );
  return compare(model, ['shop/a'], ['shop/b']).result;
}

const app = (name: string) => ({ matchLabels: { app: name } });

// cilium/cilium Documentation/security/policy: layer3.rst, layer4.rst, deny.rst, language.rst.
describe('policy-compare over all that there could be, policies of Cilium', () => {
  it.each<[string, JsonObject, JsonObject, string]>([
    [
      'the empty selector means the own namespace',
      { ingress: [{ fromEndpoints: [{}] }] },
      { ingress: [{ fromEntities: ['all'] }] },
      'CONTAINED',
    ],
    [
      'the own namespace by its label',
      { ingress: [{ fromEndpoints: [{}] }] },
      { ingress: [{ fromEndpoints: [{ matchLabels: { 'k8s:io.kubernetes.pod.namespace': 'shop' } }] }] },
      'EQUAL',
    ],
    [
      'values one by one, and together',
      { ingress: [{ fromEndpoints: [app('x'), app('y')] }] },
      { ingress: [{ fromEndpoints: [{ matchExpressions: [{ key: 'app', operator: 'In', values: ['x', 'y'] }] }] }] },
      'EQUAL',
    ],
    [
      'world is every address outside',
      { ingress: [{ fromEntities: ['world'] }] },
      { ingress: [{ fromCIDR: ['0.0.0.0/0', '::/0'] }] },
      'EQUAL',
    ],
    [
      'nodes are of the cluster, and not outside',
      { ingress: [{ fromEntities: ['host', 'remote-node'] }] },
      { ingress: [{ fromEntities: ['cluster'] }] },
      'CONTAINED',
    ],
    ['the own node is no other', { ingress: [{ fromEntities: ['host'] }] }, { ingress: [{ fromEntities: ['remote-node'] }] }, 'DISJOINT'],
    [
      'deny beats allow, in whatever order',
      { ingress: [{ fromEntities: ['all'] }], ingressDeny: [{ fromEntities: ['world'] }] },
      { ingress: [{ fromEntities: ['cluster'] }] },
      'EQUAL',
    ],
    [
      'a block without its exception',
      { egress: [{ toCIDRSet: [{ cidr: '10.0.0.0/8', except: ['10.96.0.0/12'] }] }] },
      { egress: [{ toCIDR: ['10.0.0.0/8'] }] },
      'CONTAINED',
    ],
    [
      'ANY is TCP, UDP and SCTP',
      { ingress: [{ toPorts: [{ ports: [{ port: '53', protocol: 'ANY' }] }] }] },
      { ingress: [{ toPorts: [{ ports: ['TCP', 'UDP', 'SCTP'].map((protocol) => ({ port: '53', protocol })) }] }] },
      'EQUAL',
    ],
    ['a rule without peers and ports allows nothing', { ingress: [{}] }, { ingress: [] }, 'CONTAINED'],
    [
      'default-deny switched off',
      { enableDefaultDeny: { ingress: false }, ingress: [{}] },
      { ingress: [{ fromEntities: ['all'] }] },
      'EQUAL',
    ],
    ['a name, and a pattern that covers it', fqdn({ matchName: 'www.cilium.io' }), fqdn({ matchPattern: '*.cilium.io' }), 'CONTAINED'],
    [
      '"* matches 0 or more characters, except dots"',
      fqdn({ matchName: 'a.b.cilium.io' }),
      fqdn({ matchPattern: '*.cilium.io' }),
      'OVERLAPPING',
    ],
    ['"**. any number of subdomains"', fqdn({ matchName: 'a.b.cilium.io' }), fqdn({ matchPattern: '**.cilium.io' }), 'CONTAINED'],
    [
      'a pattern beside a name that it covers',
      fqdn({ matchName: 'www.cilium.io' }, { matchPattern: '*' }),
      fqdn({ matchPattern: '*' }),
      'EQUAL',
    ],
  ])('%s', (_, a, b, relation) => {
    expect(ofCilium(a, b).possible?.relation).toBe(relation);
  });

  it('says so where the API server would have to be known', () => {
    const { possible, whyNot } = ofCilium({ ingress: [{ fromEntities: ['kube-apiserver'] }] }, { ingress: [{}] });
    expect([possible, whyNot]).toEqual([null, expect.stringContaining('kube-apiserver')]);
  });

  it('gives a connection for a difference of names', () => {
    const { cluster } = ofCilium(fqdn({ matchName: 'www.cilium.io' }), fqdn({ matchName: 'docs.cilium.io' }));
    expect(witnesses(cluster)[0]).toMatch(/^a: Pod shop\/web -> .*www\.cilium\.io.* TCP 1$/);
  });
});

function fqdn(...toFQDNs: readonly JsonObject[]): JsonObject {
  return { egress: [{ toFQDNs }] };
}

it('compares a policy of Cilium with one of Kubernetes over all that there could be', () => {
  const policies: PolicySpecs = {
    'ciliumnp shop/a': { endpointSelector: {}, ingress: [{ fromEndpoints: [app('x')] }] },
    'shop/b': { podSelector: {}, policyTypes: ['Ingress'], ingress: [{ from: [{ podSelector: app('x') }] }] },
  };
  const { possible } = compare(policyCluster(SHOP, policies, CILIUM), ['shop/a'], ['shop/b']).result;
  expect(possible?.relation).toBe('EQUAL');
});

it('tells addresses apart as the policies of both plugins do', () => {
  const endpointSelector = { matchLabels: { app: 'web' } };
  const model = calicoCluster(
    SHOP,
    { 'gnp a': { selector: "app == 'web'", types: ['Egress'], egress: [{ action: 'Allow', destination: { nets: ['10.0.0.0/8'] } }] } },
    { others: { 'ccnp b': { endpointSelector, egress: [{ toCIDR: ['10.0.0.0/9'] }] } } },
  );
  expect(compare(model, ['a'], ['b']).result.cluster.relation).toBe('CONTAINING');
});
