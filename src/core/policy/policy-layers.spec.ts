import { describe, expect, it } from 'vitest';
import { askPolicy, judgedRows, policyCluster, type PolicySpecs, rowsOf } from '../../../test/support/policy-cluster.js';
import { modelOf } from '../../../test/support/model.js';
import type { ProfileSettings } from '../model/profile-settings.js';
import { connectivity } from './connectivity.js';
import { podPolicies } from './pod-policies.js';
import { finished } from '../kernel/steps.js';

/** Sentences in quotes are those of network-policy-api `apis/v1alpha2/clusternetworkpolicy_types.go`, which v1alpha1 says alike. */

const CLUSTER = `
  ns shop team=red
  ns data team=blue
  node n1 192.168.0.1
  shop/web app=web http=8080 @10.0.1.1
  shop/api app=api dns=53/UDP @10.0.1.2
  data/db app=db @10.0.2.1
  data/agent app=agent @192.168.0.1 on n1 host
`;
const SWITCHES = {
  enforcement: 'on',
  apis: ['networking.k8s.io', 'policy.networking.k8s.io'],
  hostNetworkPods: 'excluded',
  networksMatchPods: true,
};
const SETTINGS: ProfileSettings = { policy: SWITCHES };

function check(name: string, policies: PolicySpecs, table: string, settings: ProfileSettings = SETTINGS): void {
  it(name, () => {
    expect(judgedRows(policyCluster(CLUSTER, policies, settings), table)).toEqual(rowsOf(table));
  });
}

const everyone = { namespaces: {} };
const team = (name: string) => ({ namespaces: { matchLabels: { team: name } } });
const app = (name: string) => ({ pods: { namespaceSelector: {}, podSelector: { matchLabels: { app: name } } } });
const tcp = (number: number) => ({ tcp: { destinationPort: { number } } });
const cnp = (tier: string, priority: number, rest: object) => ({ tier, priority, subject: everyone, ...rest }) as PolicySpecs[string];
const anp = (priority: number, rest: object) => ({ priority, subject: everyone, ...rest }) as PolicySpecs[string];
const DENY_ALL: PolicySpecs = { 'data/deny': { podSelector: {} } };

describe('the tiers', () => {
  check(
    '"If Admin tier has made a final decision (Accept or Deny) on a connection, then no further evaluation is done"',
    { ...DENY_ALL, 'cnp a': cnp('Admin', 1, { ingress: [{ action: 'Accept', from: [app('web')], protocols: [tcp(80)] }] }) },
    `
    shop/web -> data/db:80 = allow
    shop/web -> data/db:81 = deny
    shop/web -> data/db:80 UDP = deny
    shop/api -> data/db:80 = deny
    shop/api -> shop/web:80 = allow  # selecting a pod does not isolate it
    `,
  );
  check(
    '"Pass skips all further rules in the current tier, and passes evaluation to the next tier"',
    {
      'data/web': { podSelector: {}, ingress: [{ from: [{ namespaceSelector: {} }], ports: [{ port: 80 }] }] },
      'anp a': anp(1, { ingress: [{ action: 'Pass', from: [app('web')] }] }),
      'anp b': anp(2, { ingress: [{ action: 'Deny', from: [everyone] }] }),
    },
    `
    shop/web -> data/db:80 = allow
    shop/web -> data/db:81 = deny
    shop/api -> data/db:80 = deny
    shop/web -> shop/api:1 = allow   # passed, and no NetworkPolicy selects it
    shop/api -> shop/web:1 = deny
    `,
  );
  check(
    '"The Baseline tier can be overridden by the v1.NetworkPolicy", direction by direction',
    {
      'shop/web': { podSelector: { matchLabels: { app: 'web' } }, policyTypes: ['Egress'], egress: [{}] },
      'data/db': { podSelector: {}, ingress: [{}] },
      'banp default': { subject: everyone, ingress: [{ action: 'Deny', from: [everyone] }] },
    },
    `
    shop/api -> data/db:80 = allow
    shop/api -> shop/web:80 = deny   # its NetworkPolicy is about egress only
    shop/web -> shop/api:80 = deny
    `,
  );
  check(
    'Pass in Baseline leaves what is allowed by default',
    {
      'cnp a': cnp('Baseline', 1, { ingress: [{ action: 'Pass', from: [team('red')] }] }),
      'cnp b': cnp('Baseline', 2, { ingress: [{ action: 'Deny', from: [everyone] }] }),
    },
    'shop/web -> data/db:80 = allow\ndata/db -> shop/web:80 = deny',
  );
  check(
    '"Policies with lower priority values have higher precedence"; within one the rule that stands first',
    {
      'anp z': anp(1, {
        ingress: [
          { action: 'Deny', from: [app('web')] },
          { action: 'Allow', from: [app('web')] },
        ],
      }),
      'cnp a': cnp('Admin', 2, { ingress: [{ action: 'Accept', from: [everyone] }] }),
      ...DENY_ALL,
    },
    'shop/web -> data/db:80 = deny\nshop/api -> data/db:80 = allow',
  );
  check(
    '"An egress Accept does not bypass the destination’s ingress policies"',
    { ...DENY_ALL, 'cnp a': cnp('Admin', 1, { egress: [{ action: 'Accept', to: [everyone] }] }) },
    'shop/web -> data/db:80 = deny',
  );
});

describe('subjects, peers and ports', () => {
  check(
    '"host-networked pods are not included" as subject nor as peer',
    {
      'cnp a': cnp('Admin', 1, {
        ingress: [{ action: 'Deny', from: [everyone] }],
        egress: [{ action: 'Deny', to: [app('agent')] }],
      }),
    },
    'shop/web -> data/agent:80 = allow\ndata/agent -> shop/web:80 = allow\nshop/web -> data/db:80 = deny',
  );
  check(
    'nodes: "matching on the IPs present in the node.Status.Addresses"',
    { 'cnp a': cnp('Admin', 1, { egress: [{ action: 'Deny', to: [{ nodes: {} }] }] }) },
    'shop/web -> node/n1:80 = deny\nshop/web -> data/agent:80 = deny\nshop/web -> data/db:80 = allow\nshop/web -> 203.0.113.1:80 = allow',
  );
  check(
    'networks: "cluster-internal traffic will be checked against the rule as well"',
    { 'cnp a': cnp('Admin', 1, { egress: [{ action: 'Deny', to: [{ networks: ['10.0.2.0/24', '203.0.113.0/24'] }] }] }) },
    'shop/web -> data/db:80 = deny\nshop/web -> shop/api:80 = allow\nshop/web -> 203.0.113.1:80 = deny\nshop/web -> 203.0.114.1:80 = allow',
  );
  check(
    'unless the profile lets networks match outside addresses only',
    { 'cnp a': cnp('Admin', 1, { egress: [{ action: 'Deny', to: [{ networks: ['10.0.2.0/24', '203.0.113.0/24'] }] }] }) },
    'shop/web -> data/db:80 = allow\nshop/web -> 203.0.113.1:80 = deny',
    { policy: { ...SWITCHES, networksMatchPods: false } },
  );
  check(
    'a named port is number and protocol of the destination’s container port',
    {
      'anp a': anp(1, { ingress: [{ action: 'Deny', from: [everyone], ports: [{ namedPort: 'http' }, { namedPort: 'dns' }] }] }),
    },
    `
    shop/api -> shop/web:8080 = deny
    shop/api -> shop/web:8080 UDP = allow
    shop/web -> shop/api:53 UDP = deny
    shop/web -> shop/api:53 = allow
    `,
  );
  check(
    'ranges include both ends',
    {
      'anp a': anp(1, {
        ingress: [{ action: 'Deny', from: [everyone], ports: [{ portRange: { protocol: 'UDP', start: 10, end: 20 } }] }],
      }),
    },
    'shop/web -> data/db:10 UDP = deny\nshop/web -> data/db:20 UDP = deny\nshop/web -> data/db:21 UDP = allow\nshop/web -> data/db:15 = allow',
  );
});

describe('what cannot be read fails closed', () => {
  const unknown = [{ mesh: {} }, app('web')];
  check(
    '"For Accept rules: treat the rule as matching no traffic"',
    { ...DENY_ALL, 'cnp a': cnp('Admin', 1, { ingress: [{ action: 'Accept', from: unknown }] }) },
    'shop/web -> data/db:80 = deny',
  );
  for (const action of ['Deny', 'Pass']) {
    check(
      `"For Deny and Pass rules: treat the rule as a Deny all rule": ${action}`,
      { 'cnp a': cnp('Admin', 1, { ingress: [{ action, from: unknown, protocols: [tcp(80)] }] }) },
      'shop/api -> data/db:443 = deny',
    );
  }

  it('and is told', () => {
    const policies = { 'cnp a': cnp('Admin', 1, { ingress: [{ action: 'Pass', from: unknown }] }) };
    const answer = askPolicy(policyCluster(CLUSTER, policies, SETTINGS), 'shop/api -> data/db:443');
    expect(answer.warnings.map(({ code }) => code)).toEqual(['RULE_FAILS_CLOSED']);
    expect(answer.evidence.find(({ pointer }) => pointer === '/spec/ingress/0')).toMatchObject({
      outcome: 'deny',
      reason: 'RULE_FAILS_CLOSED',
    });
  });

  it('with what its names of ports mean at each destination, whatever was asked before', () => {
    const policies = { 'anp a': anp(1, { ingress: [{ action: 'Deny', from: unknown, ports: [{ namedPort: 'http' }] }] }) };
    const model = policyCluster(CLUSTER, policies, SETTINGS);
    const warned = (flow: string) => askPolicy(model, flow).warnings.map(({ code }) => code);
    expect(warned('shop/web -> data/db:8080')).toEqual(['RULE_FAILS_CLOSED', 'NAMED_PORT_NOT_FOUND']);
    expect(warned('shop/api -> shop/web:8080')).toEqual(['RULE_FAILS_CLOSED']);
  });
});

describe('the answer', () => {
  const policies: PolicySpecs = {
    ...DENY_ALL,
    'cnp a': cnp('Admin', 5, {
      ingress: [
        { name: 'monitoring', action: 'Accept', from: [app('prometheus')] },
        { name: 'no-ssh', action: 'Deny', from: [everyone], protocols: [tcp(22)] },
      ],
    }),
  };
  const model = policyCluster(CLUSTER, policies, SETTINGS);

  it('names the rule that decided, in its layer', () => {
    const { result, summary } = askPolicy(model, 'shop/web -> data/db:22');
    expect(result.ingress.decidedBy).toEqual([
      { policy: 'ClusterNetworkPolicy a', pointer: '/spec/ingress/1', layer: 'Admin', action: 'Deny' },
    ]);
    expect(summary).toContain('DENIED at ingress by ClusterNetworkPolicy a /spec/ingress/1');
  });

  it('tells the tiers in order, and each rule as far as it was asked', () => {
    const { evidence } = askPolicy(model, 'shop/web -> data/db:22');
    const steps = evidence
      .filter(({ stage }) => stage === 'ingress-policy')
      .map(({ outcome, reason, pointer }) => `${outcome} ${reason} ${pointer ?? ''}`);
    expect(steps).toEqual([
      'selected POLICY_APPLIES /spec/subject',
      'no-match RULE_REFUSES_PEER /spec/ingress/0',
      'no-match PEER_NOT_SELECTED /spec/ingress/0/from/0',
      'match ANY_PORT /spec/ingress/0',
      'deny RULE_DENIES /spec/ingress/1',
      'match PEER_SELECTED /spec/ingress/1/from/0',
      'match PORT_MATCHES /spec/ingress/1/protocols/0',
      'selected POLICY_SELECTS /spec/podSelector',
      'deny DENIED_BY_RULE ',
    ]);
  });

  it('finds the nearest change: a rule before the one that denies', () => {
    const { result } = askPolicy(model, 'shop/web -> data/db:22');
    expect(result.nearMisses.map(({ reason, suffices, fix }) => [reason, suffices, fix])).toContainEqual([
      'RULE_BEFORE',
      true,
      'put a rule before `/spec/ingress/1` of ClusterNetworkPolicy a: Accept from pods `app=web` of namespace shop, TCP 22',
    ]);
  });

  it('warns where policies of equal priority decide differently, and not where they agree', () => {
    const two = (action: string, equalPriority = 'name') =>
      askPolicy(
        policyCluster(
          CLUSTER,
          {
            'cnp a': cnp('Admin', 1, { ingress: [{ action: 'Deny', from: [team('red')] }] }),
            'anp b': anp(1, { ingress: [{ action, from: [app('web')] }] }),
          },
          { policy: { ...SWITCHES, equalPriority } },
        ),
        'shop/web -> data/db:80',
      );
    const codes = (action: string) => two(action).warnings.map(({ code }) => code);
    expect([codes('Allow'), codes('Pass'), codes('Deny')]).toEqual([['SAME_PRIORITY'], ['SAME_PRIORITY'], []]);
    // "There is no way for the user to reliably determine which one it will choose"; kube-network-policies takes them by name.
    const confidence = (action: string, equalPriority: string) => two(action, equalPriority).confidence;
    expect([confidence('Allow', 'name'), confidence('Allow', 'undefined'), confidence('Deny', 'undefined')]).toEqual([
      'CERTAIN',
      'INSUFFICIENT_INFO',
      'CERTAIN',
    ]);
  });

  it('takes no domain name for an address, and says that not enough is known', () => {
    const names = cnp('Admin', 1, {
      egress: [
        { action: 'Accept', to: [{ domainNames: ['*.example.com'] }] },
        { action: 'Deny', to: [{ networks: ['0.0.0.0/0'] }] },
      ],
    });
    const answer = askPolicy(policyCluster(CLUSTER, { 'cnp a': names }, SETTINGS), 'shop/web -> 203.0.113.1:443');
    expect([answer.verdict, answer.confidence, answer.warnings.map(({ code }) => code)]).toEqual([
      'DENIED',
      'INSUFFICIENT_INFO',
      ['DOMAIN_NOT_RESOLVED'],
    ]);
  });
});

describe('what a domain name could decide', () => {
  // "DomainNames is only supported for Accept rules"; "fail closed": such a Deny rule is one that denies all (network-policy-api apis/v1alpha2).
  const open = { networks: ['0.0.0.0/0'] };
  const names = { domainNames: ['*.example.com'] };
  const on = (number: number) => ({ protocols: [tcp(number)] });
  it.each<[string, readonly object[], string]>([
    [
      'the name stands before what denies',
      [
        { action: 'Accept', to: [names] },
        { action: 'Deny', to: [open] },
      ],
      'INSUFFICIENT_INFO',
    ],
    [
      'earlier rules deny it',
      [
        { action: 'Deny', to: [open], ...on(443) },
        { action: 'Accept', to: [names] },
      ],
      'CERTAIN',
    ],
    [
      'the rule has another port',
      [
        { action: 'Accept', to: [names], ...on(80) },
        { action: 'Deny', to: [open] },
      ],
      'CERTAIN',
    ],
    ['a rule that denies names fails closed', [{ action: 'Deny', to: [names] }], 'CERTAIN'],
  ])('%s', (_, egress, confidence) => {
    const model = policyCluster(CLUSTER, { 'cnp a': cnp('Admin', 1, { egress }) }, SETTINGS);
    const answer = askPolicy(model, 'shop/web -> 203.0.113.1:443');
    expect([answer.verdict, answer.confidence]).toEqual(['DENIED', confidence]);
  });
});

describe('which APIs the plugin enforces', () => {
  const policies: PolicySpecs = { 'anp a': anp(1, { ingress: [{ action: 'Deny', from: [everyone] }] }) };
  const ask = (settings: ProfileSettings) => {
    const { verdict, warnings, assumptions, enforcement } = askPolicy(policyCluster(CLUSTER, policies, settings), 'shop/web -> data/db:80');
    return {
      verdict,
      notes: [...warnings, ...assumptions].map(({ code }) => code),
      caveat: enforcement?.caveats.some((text) => text.includes('policy.networking.k8s.io')),
    };
  };

  it('decides whether such policies count', () => {
    expect(ask(SETTINGS)).toEqual({ verdict: 'DENIED', notes: [], caveat: false });
    expect(ask({ policy: { enforcement: 'on', apis: ['networking.k8s.io'] } })).toEqual({
      verdict: 'ALLOWED',
      notes: ['API_NOT_ENFORCED'],
      caveat: true,
    });
    expect(ask({ policy: { enforcement: 'on' } })).toEqual({ verdict: 'DENIED', notes: ['PROFILE_APIS'], caveat: false });
    expect(ask({ policy: { enforcement: 'none', apis: [] } })).toEqual({ verdict: 'ALLOWED', notes: ['NOT_ENFORCED'], caveat: false });
  });
});

describe('the listing and the pod', () => {
  const model = policyCluster(
    CLUSTER,
    { ...DENY_ALL, 'cnp a': cnp('Admin', 5, { ingress: [{ action: 'Accept', from: [app('web')], protocols: [tcp(80)] }] }) },
    SETTINGS,
  );

  it('lists what all layers together allow', () => {
    const answer = finished(
      connectivity(model, {
        from: undefined,
        to: undefined,
        level: 'workload',
        format: 'table',
        protocol: undefined,
        port: undefined,
        external: false,
      }),
    );
    const rows = answer.ok ? answer.value.result.connections.filter(({ to }) => to === 'Pod data/db') : [];
    expect(rows.map(({ from, connection }) => `${from}: ${connection}`)).toEqual(['Pod shop/web: TCP 80']);
  });

  it('tells a pod the policies of the cluster beside its own', () => {
    const pod = model.podByKey.get('data/db');
    const { result } = finished(podPolicies(model, pod!));
    expect(result.policies.map(({ name }) => name)).toEqual(['deny']);
    expect(result.clusterPolicies).toEqual([
      {
        kind: 'ClusterNetworkPolicy',
        name: 'a',
        tier: 'Admin',
        priority: 5,
        subject: 'all pods of all namespaces',
        ingressRules: ['Accept from pods `app=web` of all namespaces, TCP 80'],
        egressRules: [],
      },
    ]);
  });
});

describe('netpol-analyzer’s listing', () => {
  it('counts Routes of OpenShift among what is served from outside', () => {
    const route = {
      apiVersion: 'route.openshift.io/v1',
      kind: 'Route',
      metadata: { name: 'r', namespace: 'shop' },
      spec: { to: { kind: 'Service', name: 'front' }, port: { targetPort: 'web' } },
    };
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'web', namespace: 'shop', labels: { app: 'web' } },
      spec: { containers: [{ name: 'main', ports: [{ containerPort: 8080 }] }] },
    };
    const service = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'front', namespace: 'shop' },
      spec: {
        selector: { app: 'web' },
        ports: [
          { name: 'web', port: 80, targetPort: 8080 },
          { name: 'other', port: 81 },
        ],
      },
    };
    const model = modelOf([route, pod, service] as never);
    const all = { from: undefined, to: undefined, protocol: undefined, port: undefined, external: true } as const;
    const answer = finished(connectivity(model, { ...all, level: 'workload', format: 'netpol-analyzer' }));
    const rows = answer.ok ? (answer.value.result.rows ?? []) : [];
    expect(rows.filter(([from]) => from === '{ingress-controller}')).toEqual([['{ingress-controller}', 'shop/web[Pod]', 'TCP 8080']]);
    // How it matches requests is not modelled.
    expect(model.unmodelled.map(({ affects }) => affects)).toEqual(['routing']);
  });
});
