import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../kernel/json.js';
import { judgedRows, policyCluster, type PolicySpecs, rowsOf } from '../../../test/support/policy-cluster.js';

/**
 * Situations of the conformance suite of kubernetes-sigs/network-policy-api, `conformance/tests/*.go` with `conformance/base/*.yaml`; each test names its file.
 * Its four houses, of two pods each, are namespaces here.
 */

const HOUSES = ['gryffindor', 'hufflepuff', 'ravenclaw', 'slytherin'] as const;
const CLUSTER = HOUSES.map(
  (house, h) => `
    ns ${house} conformance-house=${house}
    ${house}/p-0 conformance-house=${house} statefulset.kubernetes.io/pod-name=p-0 on n${h} @10.${h}.0.1
    ${house}/p-1 conformance-house=${house} statefulset.kubernetes.io/pod-name=p-1 on n${h} @10.${h}.0.2`,
).join('');

const APIS = ['networking.k8s.io', 'policy.networking.k8s.io/v1alpha2'];

function expectRows(policies: PolicySpecs, table: string, settings: JsonObject = {}, more = ''): void {
  const model = policyCluster(CLUSTER + more, policies, { ...settings, policy: { apis: APIS, ...(settings['policy'] as JsonObject) } });
  expect(judgedRows(model, table)).toEqual(rowsOf(table));
}

const house = (name: string) => ({ 'conformance-house': name });
const houses = (name: string) => ({ namespaces: { matchLabels: house(name) } });
const anyHouse = { namespaces: { matchExpressions: [{ key: 'conformance-house', operator: 'Exists' }] } };
const podsOf = (labels: JsonObject) => ({ pods: { podSelector: { matchLabels: labels } } });
const podOf = (name: string, pod: string) => ({
  pods: { namespaceSelector: { matchLabels: house(name) }, podSelector: { matchLabels: { 'statefulset.kubernetes.io/pod-name': pod } } },
});
const cnp = (subject: JsonObject, rules: JsonObject, tier = 'Admin'): JsonObject => ({ tier, priority: 15, subject, ...rules });
const both = (peer: JsonObject, rule: JsonObject): JsonObject => ({
  ingress: [{ ...rule, from: [peer] }],
  egress: [{ ...rule, to: [peer] }],
});

describe.each(['Admin', 'Baseline'])('tier %s', (tier) => {
  it('pods alone, without their namespaces: as subject and as peers (standard-pod-selector-rules)', () => {
    const rules = (peers: readonly JsonObject[], field: string) => peers.map((peer) => ({ action: 'Deny', [field]: [peer] }));
    const policies = {
      'cnp pod-selector-rules': cnp(
        podsOf(house('gryffindor')),
        {
          egress: rules([podsOf(house('ravenclaw')), podOf('hufflepuff', 'p-0')], 'to'),
          ingress: rules([podsOf(house('slytherin')), podOf('hufflepuff', 'p-0')], 'from'),
        },
        tier,
      ),
      'cnp pod-name-subject-rules': cnp(podOf('ravenclaw', 'p-0'), { egress: rules([houses('slytherin')], 'to') }, tier),
    };
    const table = `
      gryffindor/p-0 -> ravenclaw/p-0:80 = deny
      gryffindor/p-0 -> hufflepuff/p-0:80 = deny
      gryffindor/p-0 -> hufflepuff/p-1:80 = allow
      slytherin/p-0 -> gryffindor/p-0:80 = deny
      hufflepuff/p-0 -> gryffindor/p-0:80 = deny
      hufflepuff/p-1 -> gryffindor/p-0:80 = allow
      slytherin/p-0 -> hufflepuff/p-0:80 = allow
      ravenclaw/p-0 -> slytherin/p-0:80 = deny
      ravenclaw/p-1 -> slytherin/p-0:80 = allow`;
    expectRows(policies, table);
  });

  it('policies of one priority all act, each on its own subject (standard-same-priority)', () => {
    const port = (number: number) => ({ action: 'Deny', protocols: [{ tcp: { destinationPort: { number } } }] });
    const policies = {
      'cnp gryffindor-slytherin': cnp(houses('gryffindor'), both(houses('slytherin'), port(80)), tier),
      'cnp gryffindor-hufflepuff': cnp(houses('gryffindor'), both(houses('hufflepuff'), port(80)), tier),
      'cnp hufflepuff-slytherin': cnp(houses('hufflepuff'), both(houses('slytherin'), port(8080)), tier),
    };
    const table = `
      slytherin/p-0 -> gryffindor/p-0:80 = deny
      gryffindor/p-0 -> slytherin/p-0:80 = deny
      hufflepuff/p-0 -> gryffindor/p-0:80 = deny
      gryffindor/p-1 -> hufflepuff/p-0:80 = deny
      slytherin/p-1 -> hufflepuff/p-0:8080 = deny
      hufflepuff/p-1 -> slytherin/p-0:8080 = deny
      slytherin/p-0 -> gryffindor/p-0:8080 = allow
      gryffindor/p-0 -> slytherin/p-0:8080 = allow
      slytherin/p-1 -> hufflepuff/p-0:80 = allow
      hufflepuff/p-0 -> slytherin/p-0:80 = allow
      ravenclaw/p-0 -> gryffindor/p-0:80 = allow
      gryffindor/p-1 -> ravenclaw/p-0:80 = allow`;
    expectRows(policies, table);
  });

  it('ranges of ports of each protocol, in v1beta1 (standard-port-range-rules)', () => {
    const range = (protocol: string, start: number, end: number) => ({
      action: 'Accept',
      protocols: [{ [protocol]: { destinationPort: { range: { start, end } } } }],
    });
    const all = [
      both(houses('ravenclaw'), range('tcp', 80, 8080)),
      both(houses('hufflepuff'), range('udp', 53, 5353)),
      both(houses('slytherin'), range('sctp', 9003, 9005)),
      both(anyHouse, { action: 'Deny' }),
    ];
    const side = (field: 'ingress' | 'egress') => all.flatMap((rules) => rules[field] as JsonObject[]);
    const policies = { 'cnp/v1beta1 ranges': cnp(houses('gryffindor'), { ingress: side('ingress'), egress: side('egress') }, tier) };
    const ports: readonly (readonly [string, string, string])[] = [
      ['ravenclaw', '80 TCP', 'allow'],
      ['ravenclaw', '8080 TCP', 'allow'],
      ['ravenclaw', '8081 TCP', 'deny'],
      ['ravenclaw', '53 UDP', 'deny'],
      ['hufflepuff', '53 UDP', 'allow'],
      ['hufflepuff', '5353 UDP', 'allow'],
      ['hufflepuff', '80 TCP', 'deny'],
      ['slytherin', '9003 SCTP', 'allow'],
      ['slytherin', '9005 SCTP', 'allow'],
      ['slytherin', '80 TCP', 'deny'],
    ];
    const rows = ports.flatMap(([name, port, outcome]) => [
      `gryffindor/p-0 -> ${name}/p-0:${port} = ${outcome}`,
      `${name}/p-1 -> gryffindor/p-0:${port} = ${outcome}`,
    ]);
    expectRows(policies, rows.join('\n'));
  });

  it('rules of one direction leave the other alone (standard-ingress-isolation, standard-egress-isolation)', () => {
    const { ingress, egress } = both(houses('slytherin'), { action: 'Deny' });
    const others = ['ravenclaw', 'hufflepuff'].map(
      (name) => `gryffindor/p-0 -> ${name}/p-0:80 = allow\n${name}/p-0 -> gryffindor/p-0:80 = allow`,
    );
    const [inward, outward] = ['slytherin/p-0 -> gryffindor/p-0:80', 'gryffindor/p-0 -> slytherin/p-0:80'];
    expectRows(
      { 'cnp a': cnp(houses('gryffindor'), { ingress: ingress ?? [] }, tier) },
      [`${inward} = deny`, `${outward} = allow`, ...others].join('\n'),
    );
    expectRows(
      { 'cnp a': cnp(houses('gryffindor'), { egress: egress ?? [] }, tier) },
      [`${inward} = allow`, `${outward} = deny`, ...others].join('\n'),
    );
  });

  it('networks beside pods, the earlier rule first (standard-egress-inline-cidr-rules)', () => {
    const subject = {
      pods: { namespaceSelector: { matchLabels: house('gryffindor') }, podSelector: { matchLabels: house('gryffindor') } },
    };
    const to = (action: string, ...peers: JsonObject[]) => ({ action, to: peers });
    const denied = [to('Accept', podsOf(house('slytherin'))), to('Deny', { networks: ['0.0.0.0/0', '::/0'] })];
    const own = to('Accept', { networks: ['10.2.0.1/32', '10.1.0.1/32'] });
    const row = (peer: string, outcome: string) => `gryffindor/p-0 -> ${peer}:80 = ${outcome}`;
    expectRows(
      { 'cnp/v1beta1 a': cnp(subject, { egress: denied }, tier) },
      [row('slytherin/p-0', 'allow'), row('ravenclaw/p-0', 'deny'), row('hufflepuff/p-0', 'deny')].join('\n'),
    );
    expectRows(
      { 'cnp/v1beta1 a': cnp(subject, { egress: [own, ...denied] }, tier) },
      [row('ravenclaw/p-0', 'allow'), row('hufflepuff/p-0', 'allow'), row('ravenclaw/p-1', 'deny')].join('\n'),
    );
  });
});

describe('pods of any namespace', () => {
  it('labelled pods of other namespaces, those of an unlabelled namespace too (standard-gress-omitted-namespaceselector)', () => {
    const labelled = { pods: { podSelector: { matchExpressions: [{ key: 'conformance-house', operator: 'Exists' }] } } };
    const subject = { namespaces: { matchLabels: { 'kubernetes.io/metadata.name': 'durmstrang' } } };
    const table = `
      gryffindor/p-0 -> durmstrang/viktor:80 = deny
      beauxbatons/fleur -> durmstrang/viktor:80 = deny
      beauxbatons/maxime -> durmstrang/viktor:80 = allow`;
    const more = `
      ns durmstrang
      ns beauxbatons
      durmstrang/viktor @10.8.0.1
      beauxbatons/fleur conformance-house=guest @10.9.0.1
      beauxbatons/maxime @10.9.0.2`;
    expectRows({ 'cnp a': cnp(subject, { ingress: [{ action: 'Deny', from: [labelled] }] }) }, table, {}, more);
  });
});

describe('a pod that reaches itself by its Service (hairpin-rules)', () => {
  it('is denied where the plugin judges such traffic, an optional feature of the suite', () => {
    const policies = { 'cnp a': cnp(houses('gryffindor'), { ingress: [{ action: 'Deny', from: [houses('gryffindor')] }] }) };
    const row = (outcome: string) => `gryffindor/p-0 -> gryffindor/p-0:80 = ${outcome}`;
    expectRows(policies, row('deny'), { policy: { loopback: 'policy' } });
    expectRows(policies, row('allow'), { policy: { loopback: 'allow' } });
    expectRows(policies, 'gryffindor/p-0 -> gryffindor/p-1:80 = deny', { policy: { loopback: 'allow' } });
  });
});

describe('nodes, a peer of egress (experimental-egress-rules)', () => {
  const more = `
    node n8 192.168.0.8 kubernetes.io/os=linux
    node n9 192.168.0.9 kubernetes.io/os=windows
    ns forest
    forest/centaur @192.168.0.8 on n8 host
    forest/troll @192.168.0.9 on n9 host`;
  const linux = { nodes: { matchLabels: { 'kubernetes.io/os': 'linux' } } };
  const port = (protocol: string, number: number) => ({ protocols: [{ [protocol]: { destinationPort: { number } } }] });
  const egress = [
    { action: 'Accept', to: [linux], ...port('tcp', 34345) },
    { action: 'Pass', to: [linux], ...port('udp', 34346) },
    { action: 'Deny', to: [houses('slytherin'), linux] },
  ];
  const policy = (tier: string) => ({ 'cnp a': cnp(houses('gryffindor'), { egress }, tier) });
  const to = (peer: string, port: string, outcome: string) => `gryffindor/p-1 -> ${peer}:${port} = ${outcome}`;

  it.each(['Admin', 'Baseline'])('by the labels of the node on which a hostNetwork pod listens, tier %s', (tier) => {
    const table = ['forest/centaur', 'node/n8', '192.168.0.8'].flatMap((peer) => [
      to(peer, '34345 TCP', 'allow'),
      to(peer, '34346 UDP', 'allow'),
      to(peer, '34347 TCP', 'deny'),
      to(peer, '34346 TCP', 'deny'),
      to(peer, '34345 UDP', 'deny'),
      to(peer, '9003 SCTP', 'deny'),
    ]);
    const others = [to('forest/troll', '34347 TCP', 'allow'), to('slytherin/p-0', '34345 TCP', 'deny')];
    expectRows(policy(tier), [...table, ...others].join('\n'), {}, more);
  });

  it('what passes meets the Baseline', () => {
    const policies = { ...policy('Admin'), 'cnp b': cnp(houses('gryffindor'), { egress: [{ action: 'Deny', to: [linux] }] }, 'Baseline') };
    expectRows(policies, [to('node/n8', '34346 UDP', 'deny'), to('node/n8', '34345 TCP', 'allow')].join('\n'), {}, more);
  });
});

describe('Admin, NetworkPolicy, Baseline (standard-integration)', () => {
  const denied = both(houses('slytherin'), { action: 'Deny' });
  const peer = [{ namespaceSelector: { matchLabels: house('slytherin') } }];
  const open = {
    'gryffindor/open': { podSelector: null, policyTypes: ['Ingress', 'Egress'], ingress: [{ from: peer }], egress: [{ to: peer }] },
  };
  const baseline = { 'cnp/v1beta1 default': cnp(houses('gryffindor'), denied, 'Baseline') };
  const admin = (rules: JsonObject) => ({ 'cnp/v1beta1 pass-example': cnp(houses('gryffindor'), rules) });
  const table = (inward: string, outward: string) => `
    slytherin/p-0 -> gryffindor/p-0:80 = ${inward}
    slytherin/p-1 -> gryffindor/p-0:8080 = ${inward}
    gryffindor/p-0 -> slytherin/p-0:80 = ${outward}
    gryffindor/p-1 -> slytherin/p-0:8080 = ${outward}`;

  it('a denial of Admin is final; Pass leads to the NetworkPolicy, and where there is none to the Baseline', () => {
    const passed = both(houses('slytherin'), { action: 'Pass' });
    expectRows({ ...admin(denied), ...open, ...baseline }, table('deny', 'deny'));
    expectRows({ ...admin({ ...denied, ingress: passed['ingress'] ?? [] }), ...open, ...baseline }, table('allow', 'deny'));
    expectRows({ ...admin(passed), ...open, ...baseline }, table('allow', 'allow'));
    expectRows({ ...admin(passed), ...baseline }, table('deny', 'deny'));
  });
});

describe('the versions of ClusterNetworkPolicy', () => {
  const rules = { egress: [{ action: 'Deny', to: [houses('slytherin')] }] };
  it.each(['policy.networking.k8s.io', 'policy.networking.k8s.io/v1alpha2', 'policy.networking.k8s.io/v1beta1'])(
    'one object is served in both: who enforces %s sees either',
    (api) => {
      const settings = { policy: { apis: ['networking.k8s.io', api] } };
      for (const version of ['cnp', 'cnp/v1beta1']) {
        expectRows({ [`${version} a`]: cnp(houses('gryffindor'), rules) }, 'gryffindor/p-0 -> slytherin/p-0:80 = deny', settings);
      }
    },
  );

  it('AdminNetworkPolicy is another kind', () => {
    const settings = { policy: { apis: ['networking.k8s.io', 'policy.networking.k8s.io/v1alpha1'] } };
    for (const version of ['cnp', 'cnp/v1beta1']) {
      expectRows({ [`${version} a`]: cnp(houses('gryffindor'), rules) }, 'gryffindor/p-0 -> slytherin/p-0:80 = allow', settings);
    }
  });
});
