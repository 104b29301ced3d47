import { describe, expect, it } from 'vitest';
import { policyObjects, type PolicySpecs, rowsOf } from '../../../test/support/policy-cluster.js';
import { lineOf, lint, unhelpfulFixes } from '../../../test/support/policy-lint.js';
import { modelOf } from '../../../test/support/model.js';
import type { ProfileSettings } from '../model/profile-settings.js';
import { LINT_CODES, type LintCodeName } from './lint-codes.js';

/** An online shop, as far as policies go. */
const SHOP = `
  ns shop team=shop
  ns data team=data
  ns kube-system
  node n1 192.168.0.1
  shop/web app=web http=8080 @10.0.0.1
  shop/api app=api http=8080 @10.0.0.2
  data/db app=db sql=5432 @10.0.0.3
  kube-system/dns k8s-app=kube-dns dns=53/UDP dns-tcp=53 @10.0.0.9
  svc kube-system/kube-dns k8s-app=kube-dns dns=53:53/UDP dns-tcp=53:53
`;

const ON: ProfileSettings = { policy: { enforcement: 'on' }, podCIDRs: ['10.0.0.0/16'], serviceCIDRs: ['10.96.0.0/16'] };

/** The findings of one code, with their fixes applied and looked at again. */
function found(code: LintCodeName, policies: PolicySpecs, more = '', settings: ProfileSettings = ON): readonly string[] {
  const objects = policyObjects(`${SHOP}\n${more}`, policies);
  expect(unhelpfulFixes(objects, settings)).toEqual([]);
  return lint(modelOf(objects, settings), { codes: [code] }).result.findings.map(lineOf);
}

const app = (name: string) => ({ podSelector: { matchLabels: { app: name } } });
const dns = {
  to: [{ namespaceSelector: {} }],
  ports: [
    { protocol: 'UDP', port: 53 },
    { protocol: 'TCP', port: 53 },
  ],
};

describe('policy-lint, one policy', () => {
  it('POL-INVALID: what the API server refuses (validation.go ValidateNetworkPolicySpec; v1alpha2 "fail closed")', () => {
    const policies = {
      'shop/a': { podSelector: {}, ingress: [{ from: [{}, { ipBlock: { cidr: '10.0.0.0/33' } }], ports: [{ port: 80, endPort: 79 }] }] },
      'shop/b': { podSelector: { matchExpressions: [{ key: 'app', operator: 'Like', values: ['web'] }] } },
      'cnp c': { tier: 'Admin', priority: 1, subject: {}, ingress: [{ action: 'Deny', from: [{ moons: {} }] }] },
    };
    expect(found('POL-INVALID', policies)).toEqual(
      rowsOf(`
        POL-INVALID c /spec/ingress/0
        POL-INVALID c /spec/subject
        POL-INVALID shop/a /spec/ingress/0/from/0
        POL-INVALID shop/a /spec/ingress/0/from/1
        POL-INVALID shop/a /spec/ingress/0/ports/0
        POL-INVALID shop/b /spec/podSelector
      `),
    );
  });

  it('POL-NOT-ENFORCED: flannel ("creating a NetworkPolicy without a controller … has no effect"), and an API the plugin does not know', () => {
    const policies = { 'shop/a': { podSelector: {} }, 'cnp c': { tier: 'Admin', priority: 1, subject: { namespaces: {} } } };
    expect(found('POL-NOT-ENFORCED', policies, '', { policy: { enforcement: 'none' } })).toEqual([
      'POL-NOT-ENFORCED c',
      'POL-NOT-ENFORCED shop/a',
    ]);
    expect(found('POL-NOT-ENFORCED', policies, '', { policy: { enforcement: 'on', apis: ['networking.k8s.io'] } })).toEqual([
      'POL-NOT-ENFORCED c',
    ]);
  });

  it('POL-NOT-ENFORCED: ranges and SCTP where the profile says that the plugin does not enforce them (cilium/cilium#16622, #5719)', () => {
    const ports = [
      { protocol: 'TCP', port: 80, endPort: 90 },
      { protocol: 'SCTP', port: 80 },
    ];
    const policies = { 'shop/a': { ...app('web'), ingress: [{ ports }] } };
    expect(found('POL-NOT-ENFORCED', policies, '', { policy: { enforcement: 'on', endPort: false, sctp: true } })).toEqual([
      'POL-NOT-ENFORCED shop/a /spec/ingress/0/ports/0',
    ]);
    expect(found('POL-NOT-ENFORCED', policies, '', { policy: { enforcement: 'on', endPort: true, sctp: false } })).toEqual([
      'POL-NOT-ENFORCED shop/a /spec/ingress/0/ports/1',
    ]);
  });

  it('POL-SELECTS-NOTHING: with the nearest label as the fix; the template of a workload without pods counts', () => {
    expect(found('POL-SELECTS-NOTHING', { 'shop/a': app('wbe'), 'shop/b': app('nothing-like-it'), 'shop/c': app('web') })).toEqual([
      'POL-SELECTS-NOTHING shop/a /spec/podSelector +fix',
      'POL-SELECTS-NOTHING shop/b /spec/podSelector',
    ]);
  });

  it('POL-SELECTS-NOTHING: of several labels the nearest is the fix, whatever comes first', () => {
    const { findings } = lint(modelOf(policyObjects('shop/a app=carts-db\nshop/b app=carts', { 'shop/p': app('cart') }), ON)).result;
    expect(findings.find(({ code }) => code === 'POL-SELECTS-NOTHING')?.fix?.message).toBe('select `app=carts`');
  });

  it('POL-HOST-NETWORK: "NetworkPolicy behaviour for hostNetwork pods is undefined"', () => {
    const more = 'shop/agent app=agent host on n1';
    const excluded: ProfileSettings = { policy: { enforcement: 'on', hostNetworkPods: 'excluded' } };
    expect(found('POL-HOST-NETWORK', { 'shop/a': app('agent'), 'shop/b': app('web') }, more, excluded)).toEqual([
      'POL-HOST-NETWORK shop/a /spec/podSelector',
    ]);
    expect(found('POL-SELECTS-NOTHING', { 'shop/a': app('agent') }, more, excluded)).toEqual([]);
    const asPods: ProfileSettings = { policy: { enforcement: 'on', hostNetworkPods: 'as-pods' } };
    expect(found('POL-HOST-NETWORK', { 'shop/a': app('agent') }, more, asPods)).toEqual([]);
  });

  it('POL-PEER-MATCHES-NOTHING: pods, namespaces and nodes that are not there', () => {
    const ns = (name: string) => ({ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } } });
    const policies = {
      'shop/a': {
        ...app('web'),
        ingress: [{ from: [app('apii'), app('api'), ns('daat'), ns('elsewhere'), { ...ns('data'), ...app('db') }] }],
      },
      'cnp c': {
        tier: 'Admin',
        priority: 1,
        subject: { namespaces: {} },
        egress: [{ action: 'Deny', to: [{ nodes: { matchLabels: { gpu: 'yes' } } }, { pods: { namespaceSelector: {}, ...app('dbb') } }] }],
      },
    };
    expect(found('POL-PEER-MATCHES-NOTHING', policies)).toEqual(
      rowsOf(`
        POL-PEER-MATCHES-NOTHING c /spec/egress/0/to/0
        POL-PEER-MATCHES-NOTHING c /spec/egress/0/to/1 +fix
        POL-PEER-MATCHES-NOTHING shop/a /spec/ingress/0/from/0 +fix
        POL-PEER-MATCHES-NOTHING shop/a /spec/ingress/0/from/2 +fix
        POL-PEER-MATCHES-NOTHING shop/a /spec/ingress/0/from/3
      `),
    );
  });

  it('POL-PEER-SPLIT: two elements where one would match pods too ("Behavior of to and from selectors")', () => {
    const data = { namespaceSelector: { matchLabels: { team: 'data' } } };
    const policies = {
      'shop/a': { ...app('web'), ingress: [{ from: [data, app('db')] }] },
      'shop/b': { ...app('web'), ingress: [{ from: [{ ...data, ...app('db') }] }] },
      'shop/c': { ...app('web'), ingress: [{ from: [data, { podSelector: {} }] }] },
      'shop/d': { ...app('web'), ingress: [{ from: [app('api'), data] }] },
    };
    expect(found('POL-PEER-SPLIT', policies)).toEqual(['POL-PEER-SPLIT shop/a /spec/ingress/0/from/0 +fix']);
  });

  it('POL-CLUSTER-IP-IN-BLOCK: policies are judged behind the service (projectcalico/calico#3393)', () => {
    const more = 'svc data/db app=db sql=5432:5432';
    const to = (cidr: string) => ({ ...app('web'), policyTypes: ['Egress'], egress: [{ to: [{ ipBlock: { cidr } }] }, dns] });
    const objects = policyObjects(`${SHOP}\n${more}`, {});
    const [address] = modelOf(objects, ON).services.get('data/db')!.clusterIPs;
    const policies = {
      'shop/a': to(`${[24n, 16n, 8n, 0n].map((bits) => (address!.value.value >> bits) & 255n).join('.')}/32`),
      'shop/b': to('10.96.0.0/24'),
      'shop/c': to('203.0.113.0/24'),
    };
    expect(found('POL-CLUSTER-IP-IN-BLOCK', policies, more)).toEqual([
      'POL-CLUSTER-IP-IN-BLOCK shop/a /spec/egress/0/to/0 +fix',
      'POL-CLUSTER-IP-IN-BLOCK shop/b /spec/egress/0/to/0',
    ]);
  });

  it('POL-BLOCK-COVERS-PODS: "should be cluster-external IPs, since Pod IPs are ephemeral"; whether it matches them is up to the plugin', () => {
    const to = (cidr: string, except: readonly string[] = []) => ({
      ...app('web'),
      policyTypes: ['Egress'],
      egress: [{ to: [{ ipBlock: { cidr, except } }] }, dns],
    });
    const policies = {
      'shop/all': to('0.0.0.0/0'),
      'shop/outside': to('0.0.0.0/0', ['10.0.0.0/8']),
      'shop/pod': to('10.0.0.3/32'),
      'shop/world': to('203.0.113.0/24'),
    };
    const matching: ProfileSettings = { ...ON, policy: { enforcement: 'on', ipBlockMatchesPods: true } };
    expect(found('POL-BLOCK-COVERS-PODS', policies, '', matching)).toEqual([
      'POL-BLOCK-COVERS-PODS shop/all /spec/egress/0/to/0 +fix',
      'POL-BLOCK-COVERS-PODS shop/pod /spec/egress/0/to/0',
    ]);
    const blind: ProfileSettings = { ...ON, policy: { enforcement: 'on', ipBlockMatchesPods: false } };
    expect(found('POL-BLOCK-COVERS-PODS', policies, '', blind)).toEqual(['POL-BLOCK-COVERS-PODS shop/pod /spec/egress/0/to/0']);
  });

  it('POL-DENY-COVERS-PODS: "cluster-internal traffic will be checked against the rule as well" (v1alpha2 Networks)', () => {
    const deny = { action: 'Deny', to: [{ networks: ['0.0.0.0/0'] }] };
    const policies = {
      'cnp a': { tier: 'Admin', priority: 1, subject: { namespaces: {} }, egress: [deny] },
      'cnp b': { tier: 'Admin', priority: 2, subject: { namespaces: {} }, egress: [{ action: 'Pass', to: [{ namespaces: {} }] }, deny] },
    };
    const pods: ProfileSettings = { ...ON, policy: { enforcement: 'on', networksMatchPods: true } };
    expect(found('POL-DENY-COVERS-PODS', policies, '', pods)).toEqual(['POL-DENY-COVERS-PODS a /spec/egress/0/to/0 +fix']);
    const outside: ProfileSettings = { ...ON, policy: { enforcement: 'on', networksMatchPods: false } };
    expect(found('POL-DENY-COVERS-PODS', policies, '', outside)).toEqual([]);
  });

  it('POL-SERVICE-PORT: the number of the service where the pod has another', () => {
    const more = 'svc shop/web app=web http=80:8080';
    const policies = {
      'shop/a': {
        ...app('web'),
        ingress: [
          {
            ports: [
              { protocol: 'TCP', port: 80 },
              { protocol: 'TCP', port: 8080 },
            ],
          },
        ],
      },
      'shop/b': { ...app('api'), policyTypes: ['Egress'], egress: [{ to: [app('web')], ports: [{ protocol: 'TCP', port: 80 }] }, dns] },
      'shop/c': { ...app('api'), ingress: [{ ports: [{ protocol: 'TCP', port: 80 }] }] },
      'cnp d': {
        tier: 'Admin',
        priority: 1,
        subject: { pods: { namespaceSelector: {}, ...app('web') } },
        ingress: [{ action: 'Deny', from: [{ namespaces: {} }], protocols: [{ tcp: { destinationPort: { number: 80 } } }] }],
      },
      'anp e': {
        priority: 2,
        subject: { pods: { namespaceSelector: {}, ...app('web') } },
        ingress: [{ action: 'Deny', from: [{ namespaces: {} }], ports: [{ portNumber: { protocol: 'TCP', port: 80 } }] }],
      },
    };
    expect(found('POL-SERVICE-PORT', policies, more)).toEqual(
      rowsOf(`
        POL-SERVICE-PORT e /spec/ingress/0/ports/0 +fix
        POL-SERVICE-PORT d /spec/ingress/0/protocols/0 +fix
        POL-SERVICE-PORT shop/a /spec/ingress/0/ports/0 +fix
        POL-SERVICE-PORT shop/b /spec/egress/0/ports/0 +fix
      `),
    );
  });

  it('POL-NAMED-PORT-MISSING: on some of the selected pods, with another protocol, or beside addresses', () => {
    const ingress = (port: string, protocol = 'TCP') => [{ ports: [{ protocol, port }] }];
    const more = 'shop/old app=web';
    const policies = {
      'shop/some': { ...app('web'), ingress: ingress('http') },
      'shop/protocol': { ...app('api'), ingress: ingress('http', 'UDP') },
      'shop/typo': { ...app('api'), ingress: ingress('htpp') },
      'shop/right': { ...app('api'), ingress: ingress('http') },
      'shop/block': {
        ...app('api'),
        policyTypes: ['Egress'],
        egress: [{ to: [{ ipBlock: { cidr: '1.1.1.0/24' } }], ports: [{ protocol: 'TCP', port: 'http' }] }, dns],
      },
    };
    expect(found('POL-NAMED-PORT-MISSING', policies, more)).toEqual(
      rowsOf(`
        POL-NAMED-PORT-MISSING shop/block /spec/egress/0/ports/0
        POL-NAMED-PORT-MISSING shop/protocol /spec/ingress/0/ports/0 +fix
        POL-NAMED-PORT-MISSING shop/some /spec/ingress/0/ports/0
        POL-NAMED-PORT-MISSING shop/typo /spec/ingress/0/ports/0 +fix
      `),
    );
  });

  it('POL-RULES-WITHOUT-TYPE, POL-TYPES-MISSING, POL-PROTOCOL-MISSING: what policyTypes and protocol are taken for', () => {
    const policies = {
      'shop/a': { ...app('web'), policyTypes: ['Ingress'], egress: [dns] },
      'shop/b': { ...app('web'), policyTypes: ['Egress'], ingress: [{}], egress: [dns] },
      'shop/c': { ...app('web'), ingress: [{ ports: [{ port: 8080 }] }] },
    };
    expect(found('POL-RULES-WITHOUT-TYPE', policies)).toEqual([
      'POL-RULES-WITHOUT-TYPE shop/a /spec/egress +fix',
      'POL-RULES-WITHOUT-TYPE shop/b /spec/ingress +fix',
    ]);
    expect(found('POL-TYPES-MISSING', policies)).toEqual(['POL-TYPES-MISSING shop/c /spec/policyTypes +fix']);
    expect(found('POL-PROTOCOL-MISSING', policies)).toEqual(['POL-PROTOCOL-MISSING shop/c /spec/ingress/0/ports/0/protocol +fix']);
  });
});

describe('policy-lint, policies together', () => {
  it('POL-EGRESS-NO-DNS: UDP and TCP 53 to the pods behind the DNS service (Cyclonus CheckDNSBlockedOnUDP, …TCP)', () => {
    const egress = (...rules: readonly object[]) => ({ policyTypes: ['Egress'], egress: rules });
    const udp = { to: dns.to, ports: [{ protocol: 'UDP', port: 53 }] };
    const policies = {
      'shop/deny': { ...app('web'), ...egress() },
      'shop/api': { ...app('api'), ...egress(udp) },
      'data/right': { ...app('db'), ...egress(dns) },
    } as PolicySpecs;
    expect(found('POL-EGRESS-NO-DNS', policies)).toEqual([
      'POL-EGRESS-NO-DNS shop/api /spec/egress +fix',
      'POL-EGRESS-NO-DNS shop/deny /spec/egress +fix',
    ]);
  });

  it('POL-INGRESS-NO-DNS: policies of the DNS pods keep others out', () => {
    const dnsPods = { podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } } };
    const ports = [
      { protocol: 'UDP', port: 53 },
      { protocol: 'TCP', port: 53 },
    ];
    const open = { ...dnsPods, policyTypes: ['Ingress'], ingress: [{ from: [{ namespaceSelector: {} }], ports }] };
    expect(found('POL-INGRESS-NO-DNS', { 'kube-system/deny': { podSelector: {}, policyTypes: ['Ingress'] } })).toEqual([
      'POL-INGRESS-NO-DNS kube-system/deny /spec/ingress +fix',
    ]);
    expect(
      found('POL-INGRESS-NO-DNS', { 'kube-system/deny': { podSelector: {}, policyTypes: ['Ingress'] }, 'kube-system/dns': open }),
    ).toEqual([]);
    expect(found('POL-INGRESS-NO-DNS', { 'kube-system/dns': { ...open, ingress: [{ from: [{ podSelector: {} }], ports }] } })).toEqual([
      'POL-INGRESS-NO-DNS kube-system/dns /spec/ingress +fix',
    ]);
  });

  it('POL-REDUNDANT-RULE, POL-REDUNDANT-POLICY: without it exactly the same is allowed (NCA redundancy)', () => {
    const policies = {
      'shop/a': {
        ...app('web'),
        policyTypes: ['Ingress'],
        ingress: [
          { from: [app('api')], ports: [{ protocol: 'TCP', port: 8080 }] },
          { from: [{ podSelector: {} }], ports: [{ protocol: 'TCP', port: 8000, endPort: 9000 }] },
        ],
      },
      'shop/deny': { podSelector: {}, policyTypes: ['Ingress'] },
      'shop/deny-again': { ...app('web'), policyTypes: ['Ingress'] },
    };
    expect(found('POL-REDUNDANT-RULE', policies)).toEqual(['POL-REDUNDANT-RULE shop/a /spec/ingress/0 +fix']);
    expect(found('POL-REDUNDANT-POLICY', policies)).toEqual(['POL-REDUNDANT-POLICY shop/deny-again']);
  });

  it('POL-REDUNDANT-RULE: taking the last egress rule away keeps the isolation', () => {
    const policies = {
      'shop/a': { ...app('web'), egress: [dns] },
      'shop/b': { ...app('web'), policyTypes: ['Egress'], egress: [{}] },
    };
    expect(found('POL-REDUNDANT-RULE', policies)).toEqual(['POL-REDUNDANT-RULE shop/a /spec/egress/0 +fix']);
  });

  it('POL-SHADOWED-RULE: earlier rules of the tier decide it ("first match"), in one policy or an earlier one', () => {
    const all = [{ namespaces: {} }];
    const subject = { pods: { namespaceSelector: {}, ...app('web') } };
    const tcp = (number: number) => [{ tcp: { destinationPort: { number } } }];
    const policies = {
      'cnp a': {
        tier: 'Admin',
        priority: 1,
        subject,
        ingress: [
          { action: 'Deny', from: all, protocols: tcp(8080) },
          { action: 'Accept', from: [{ pods: { namespaceSelector: {}, ...app('api') } }], protocols: tcp(8080) },
        ],
      },
      'cnp b': { tier: 'Admin', priority: 2, subject, ingress: [{ action: 'Pass', from: all, protocols: tcp(8080) }] },
    };
    expect(found('POL-SHADOWED-RULE', policies)).toEqual([
      'POL-SHADOWED-RULE a /spec/ingress/1 +fix',
      'POL-SHADOWED-RULE b /spec/ingress/0 +fix',
    ]);
  });

  it('POL-VACUOUS: all policies of a namespace change nothing (NCA vacuity)', () => {
    const policies = {
      'shop/a': { podSelector: {}, policyTypes: ['Ingress'], ingress: [{}] },
      'data/b': { podSelector: {}, policyTypes: ['Ingress'] },
    };
    expect(found('POL-VACUOUS', policies)).toEqual(['POL-VACUOUS shop']);
  });

  it('POL-SAME-PRIORITY: told of policies that really decide differently (network-policy-api#222)', () => {
    const policy = (action: string, number: number, priority = 5) => ({
      tier: 'Admin',
      priority,
      subject: { namespaces: {} },
      ingress: [{ action, from: [{ namespaces: {} }], protocols: [{ tcp: { destinationPort: { number } } }] }],
    });
    const policies = {
      'cnp a': policy('Accept', 80),
      'cnp b': policy('Deny', 80),
      'cnp c': policy('Accept', 80),
      'cnp d': policy('Deny', 81),
    };
    expect(found('POL-SAME-PRIORITY', policies)).toEqual(['POL-SAME-PRIORITY b /spec/priority', 'POL-SAME-PRIORITY c /spec/priority']);
    expect(found('POL-SAME-PRIORITY', { ...policies, 'cnp first': policy('Pass', 80, 1) })).toEqual([]);
  });

  it('POL-ALL-BLOCKED, POL-ALL-ALLOWED, POL-UNCOVERED-WORKLOAD (Cyclonus CheckTargetAllIngressBlocked …; NCA allCaptured)', () => {
    const policies = {
      'shop/deny': { ...app('web'), policyTypes: ['Ingress'] },
      'shop/open': { ...app('api'), policyTypes: ['Ingress'], ingress: [{}] },
    };
    expect(found('POL-ALL-BLOCKED', policies)).toEqual(['POL-ALL-BLOCKED shop/deny']);
    // An earlier tier that only passes blocks nothing; one that denies does, whatever the NetworkPolicy behind it admits.
    const admin = (action: string) => ({ priority: 1, subject: { namespaces: {} }, ingress: [{ action, from: [{ namespaces: {} }] }] });
    expect(found('POL-ALL-BLOCKED', { 'anp first': admin('Pass'), 'shop/deny': policies['shop/deny'] })).toEqual([
      'POL-ALL-BLOCKED shop/deny',
    ]);
    const open = { ...app('web'), policyTypes: ['Ingress'], ingress: [{ from: [{ podSelector: {} }] }] };
    expect(found('POL-ALL-BLOCKED', { 'anp first': admin('Deny'), 'shop/open': open })).toEqual(['POL-ALL-BLOCKED first']);
    expect(found('POL-ALL-ALLOWED', policies)).toEqual(['POL-ALL-ALLOWED shop/open']);
    expect(found('POL-UNCOVERED-WORKLOAD', policies)).toEqual(['POL-UNCOVERED-WORKLOAD data/db', 'POL-UNCOVERED-WORKLOAD kube-system/dns']);
  });
});

describe('policy-lint, the answer', () => {
  const objects = policyObjects(SHOP, { 'shop/deny': { podSelector: {}, policyTypes: ['Ingress', 'Egress'] }, 'data/x': app('bd') });

  it('is of the gravest finding, sorted by gravity, counted before it is cut', () => {
    const answer = lint(modelOf(objects, ON), { limit: 1 });
    expect(answer.verdict).toBe('WARNINGS');
    expect(answer.result.findings.map(({ severity }) => severity)).toEqual(['warning']);
    expect(answer.result.counts.reduce((sum, { count }) => sum + count, 0)).toBe(answer.result.omitted + 1);
  });

  it('keeps to what was asked for', () => {
    const model = modelOf(objects, ON);
    const codes = (question: Parameters<typeof lint>[1]) => lint(model, question).result.findings.map(lineOf);
    expect(codes({ namespace: 'data', severity: 'warning' })).toEqual(['POL-SELECTS-NOTHING data/x /spec/podSelector +fix']);
    expect(
      codes({ policy: { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', namespace: 'data', name: 'x' }, severity: 'warning' }),
    ).toEqual(['POL-SELECTS-NOTHING data/x /spec/podSelector +fix']);
    expect(lint(model, { codes: ['POL-SAME-PRIORITY'] }).verdict).toBe('CLEAN');
  });

  it('has a meaning and a source for every code, and different fingerprints', () => {
    for (const { means, source } of Object.values(LINT_CODES)) expect([means, source].every((text) => text.length > 5)).toBe(true);
    const prints = lint(modelOf(objects, ON)).result.findings.map(({ fingerprint }) => fingerprint);
    expect(new Set(prints).size).toBe(prints.length);
  });
});
