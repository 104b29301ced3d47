import { describe, expect, it } from 'vitest';
import { judgedRows, policyCluster, type PolicySpecs, rowsOf } from '../../../test/support/policy-cluster.js';
import type { ProfileSettings } from '../model/profile-settings.js';

/** Sentences in quotes are those of kubernetes/api `networking/v1/types.go` and of the Kubernetes documentation, "Network Policies". */
const CLUSTER = `
  ns shop team=red
  ns data team=blue
  ns ops
  shop/web app=web tier=front http=8080 @10.0.1.1
  shop/api app=api tier=back http=9090 dns=53/UDP @10.0.1.2
  data/db app=db tier=back http=5432 @10.0.2.1
  ops/tool app=tool @10.0.3.1
`;
const SETTINGS: ProfileSettings = { policy: { hostNetworkPods: 'excluded', loopback: 'allow', ipBlockMatchesPods: true } };

function check(name: string, policies: PolicySpecs, table: string, settings: ProfileSettings = SETTINGS, cluster = CLUSTER): void {
  it(name, () => {
    expect(judgedRows(policyCluster(cluster, policies, settings), table)).toEqual(rowsOf(table));
  });
}

const labels = (app: string) => ({ matchLabels: { app } });

describe('which pods a policy isolates', () => {
  check('none: "by default, a pod is non-isolated"', {}, 'shop/web -> data/db:5432 = allow');
  check(
    'an empty podSelector is every pod of its own namespace, and of no other',
    { 'shop/deny': { podSelector: {}, policyTypes: ['Ingress'] } },
    `
    data/db -> shop/web:8080 = deny
    data/db -> shop/api:9090 = deny
    shop/web -> data/db:5432 = allow
    shop/web -> ops/tool:1 = allow
    `,
  );
  check(
    'a missing podSelector is the empty one',
    { 'shop/deny': { policyTypes: ['Ingress'] } },
    `
    ops/tool -> shop/web:8080 = deny
    ops/tool -> data/db:5432 = allow
    `,
  );
  check(
    'ingress absent or empty denies all; "ingress: [{}]" allows all',
    {
      'shop/absent': { podSelector: labels('web') },
      'shop/empty': { podSelector: labels('api'), ingress: [] },
      'data/all': { podSelector: labels('db'), ingress: [{}] },
    },
    `
    ops/tool -> shop/web:8080 = deny
    ops/tool -> shop/api:9090 = deny
    ops/tool -> data/db:5432 UDP = allow
    203.0.113.9 -> data/db:5432 = allow
    `,
  );
  check(
    'policyTypes left out: Ingress always, Egress only with egress rules',
    { 'shop/in': { podSelector: labels('web') }, 'shop/both': { podSelector: labels('api'), egress: [{ to: [{ podSelector: {} }] }] } },
    `
    shop/web -> ops/tool:1 = allow   # no egress rule, not isolated for egress
    shop/api -> ops/tool:1 = deny    # an egress rule isolates for egress too
    ops/tool -> shop/api:1 = deny    # and ingress always
    `,
  );
  check(
    'rules of a type that is not listed have no effect',
    { 'shop/odd': { podSelector: labels('web'), policyTypes: ['Egress'], ingress: [{ from: [{ podSelector: {} }] }], egress: [{}] } },
    `
    ops/tool -> shop/web:8080 = allow
    shop/web -> ops/tool:1 = allow
    `,
  );
  check(
    'both sides must allow: "the egress policy on the source and the ingress policy on the destination"',
    {
      'shop/out': {
        podSelector: labels('web'),
        policyTypes: ['Egress'],
        egress: [{ to: [{ namespaceSelector: { matchLabels: { team: 'blue' } } }] }],
      },
      'data/in': {
        podSelector: {},
        ingress: [{ from: [{ namespaceSelector: { matchLabels: { team: 'red' } } }], ports: [{ port: 5432 }] }],
      },
    },
    `
    shop/web -> data/db:5432 = allow
    shop/web -> data/db:80 = deny
    shop/web -> ops/tool:1 = deny
    ops/tool -> data/db:5432 = deny
    shop/api -> data/db:5432 = allow
    `,
  );
  check(
    'policies add up: "they are additive", there is no order and no deny',
    {
      'data/a-deny': { podSelector: {} },
      'data/b-80': { podSelector: labels('db'), ingress: [{ ports: [{ port: 80 }] }] },
      'data/c-web': { podSelector: {}, ingress: [{ from: [{ namespaceSelector: {}, podSelector: labels('web') }] }] },
    },
    `
    shop/api -> data/db:80 = allow
    shop/api -> data/db:81 = deny
    shop/web -> data/db:81 = allow
    `,
  );
});

describe('whom a peer matches', () => {
  const from = (peers: readonly object[]): PolicySpecs => ({
    'shop/p': { podSelector: labels('web'), ingress: [{ from: peers as never }] },
  });
  check(
    'missing or empty from: every source, outside addresses too',
    {
      'shop/a': { podSelector: labels('web'), ingress: [{ from: [] }] },
      'shop/b': { podSelector: labels('api'), ingress: [{ from: null }] },
    },
    `
    ops/tool -> shop/web:1 = allow
    198.51.100.1 -> shop/web:1 = allow
    ops/tool -> shop/api:1 = allow
    `,
  );
  check(
    'podSelector alone: pods of the own namespace',
    from([{ podSelector: { matchLabels: { tier: 'back' } } }]),
    `
    shop/api -> shop/web:1 = allow
    data/db -> shop/web:1 = deny
  `,
  );
  check(
    'namespaceSelector alone: all pods of the matching namespaces',
    from([{ namespaceSelector: { matchLabels: { team: 'blue' } } }]),
    `
    data/db -> shop/web:1 = allow
    shop/api -> shop/web:1 = deny
  `,
  );
  check(
    'both in one element: and',
    from([{ namespaceSelector: { matchLabels: { team: 'red' } }, podSelector: { matchLabels: { tier: 'back' } } }]),
    `
    shop/api -> shop/web:1 = allow
    data/db -> shop/web:1 = deny
    `,
  );
  check(
    'as two elements: or',
    from([{ namespaceSelector: { matchLabels: { team: 'blue' } } }, { podSelector: { matchLabels: { tier: 'back' } } }]),
    `
    shop/api -> shop/web:1 = allow
    data/db -> shop/web:1 = allow
    ops/tool -> shop/web:1 = deny
    `,
  );
  check(
    'an empty namespaceSelector is all namespaces',
    from([{ namespaceSelector: {} }]),
    `
    ops/tool -> shop/web:1 = allow
    203.0.113.1 -> shop/web:1 = deny   # selectors match pods only
  `,
  );
  check(
    'an empty podSelector is all pods of the own namespace',
    from([{ podSelector: {} }]),
    `
    shop/api -> shop/web:1 = allow
    ops/tool -> shop/web:1 = deny
  `,
  );
  check(
    'a namespace by its name, which it always carries as a label',
    from([{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'ops' } } }]),
    `
    ops/tool -> shop/web:1 = allow
    data/db -> shop/web:1 = deny
    `,
  );
  const expression = (key: string, operator: string, values?: readonly string[]) =>
    from([{ namespaceSelector: {}, podSelector: { matchExpressions: [{ key, operator, ...(values ? { values } : {}) }] } }]);
  check(
    'In',
    expression('tier', 'In', ['front', 'back']),
    `
    data/db -> shop/web:1 = allow
    ops/tool -> shop/web:1 = deny
  `,
  );
  check(
    'NotIn holds where the label is absent',
    expression('tier', 'NotIn', ['back']),
    `
    data/db -> shop/web:1 = deny
    ops/tool -> shop/web:1 = allow
  `,
  );
  check(
    'Exists and DoesNotExist',
    expression('tier', 'Exists'),
    `
    data/db -> shop/web:1 = allow
    ops/tool -> shop/web:1 = deny
  `,
  );
  check(
    'DoesNotExist',
    expression('tier', 'DoesNotExist'),
    `
    data/db -> shop/web:1 = deny
    ops/tool -> shop/web:1 = allow
  `,
  );
  check(
    'what the API server refuses matches nothing',
    from([{}, { ipBlock: { cidr: '10.0.0.0/8' }, podSelector: {} }, { ipBlock: { cidr: '10.0.0.0/33' } }]),
    `
    shop/api -> shop/web:1 = deny
    203.0.113.1 -> shop/web:1 = deny
  `,
  );
});

describe('ipBlock', () => {
  const block: PolicySpecs = {
    'shop/p': {
      podSelector: labels('web'),
      policyTypes: ['Egress'],
      egress: [
        {
          to: [
            { ipBlock: { cidr: '203.0.113.0/24', except: ['203.0.113.64/26'] } },
            { ipBlock: { cidr: '2001:db8::/32', except: ['2001:db8:1::/48'] } },
          ],
        },
      ],
    },
  };
  check(
    'is its cidr without its exceptions, of either family',
    block,
    `
    shop/web -> 203.0.113.1:443 = allow
    shop/web -> 203.0.113.63:443 = allow
    shop/web -> 203.0.113.64:443 = deny
    shop/web -> 203.0.113.127:443 = deny
    shop/web -> 203.0.113.128:443 = allow
    shop/web -> 198.51.100.1:443 = deny
    shop/web -> cidr/203.0.113.0/24 = mixed
    shop/web -> cidr/2001:db8:2::/64 = allow
    shop/web -> cidr/2001:db8:1::/64 = deny
    shop/web -> cidr/2001:db8::/32 = mixed
    `,
    SETTINGS,
    'shop/web app=web @10.0.1.1 @fd00::1',
  );
  check('an address of a family that the pod does not have is never met', block, 'shop/web -> cidr/2001:db8:2::/64 = nothing');
  const pods: PolicySpecs = { 'shop/p': { podSelector: labels('web'), ingress: [{ from: [{ ipBlock: { cidr: '10.0.2.0/24' } }] }] } };
  check(
    'matches pods by their address where the plugin does so',
    pods,
    `
    data/db -> shop/web:1 = allow
    ops/tool -> shop/web:1 = deny
    10.0.2.77 -> shop/web:1 = allow   # nobody has it
  `,
  );
  check('and never where it does not', pods, 'data/db -> shop/web:1 = deny', { policy: { ipBlockMatchesPods: false } });
  check(
    'one that holds every address cuts nothing and still decides',
    { 'shop/p': { podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr: '0.0.0.0/0' } }] }] } },
    `
    data/db -> shop/web:1 = allow
    203.0.113.1 -> shop/web:1 = allow
  `,
  );
  check(
    'each family of a pod is judged by itself',
    { 'a/p': { podSelector: { matchLabels: { app: 'x' } }, ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.0/8' } }] }] } },
    `
    a/y -> a/x:1 = mixed   # allowed over IPv4, denied over IPv6
    `,
    SETTINGS,
    'a/x app=x @10.0.0.1 @fd00::1\na/y app=y @10.0.0.2 @fd00::2',
  );
});

describe('ports', () => {
  const ports = (list: readonly object[] | null): PolicySpecs => ({ 'data/p': { podSelector: {}, ingress: [{ ports: list as never }] } });
  check(
    'missing or empty: every port of every protocol',
    { ...ports([]), 'shop/p': { podSelector: {}, ingress: [{ ports: null }] } },
    `
    shop/web -> data/db:1 SCTP = allow
    ops/tool -> shop/web:65535 UDP = allow
  `,
  );
  check(
    'protocol left out is TCP',
    ports([{ port: 5432 }]),
    `
    shop/web -> data/db:5432 TCP = allow
    shop/web -> data/db:5432 UDP = deny
    shop/web -> data/db:5433 TCP = deny
  `,
  );
  check(
    'port left out is every port of that protocol',
    ports([{ protocol: 'UDP' }]),
    `
    shop/web -> data/db:5432 UDP = allow
    shop/web -> data/db:5432 TCP = deny
    shop/web -> data/db:5432 SCTP = deny
  `,
  );
  check(
    'SCTP',
    ports([{ protocol: 'SCTP', port: 7 }]),
    `
    shop/web -> data/db:7 SCTP = allow
    shop/web -> data/db:7 TCP = deny
  `,
  );
  check(
    'endPort is included',
    ports([{ port: 8000, endPort: 8010 }]),
    `
    shop/web -> data/db:7999 = deny
    shop/web -> data/db:8000 = allow
    shop/web -> data/db:8010 = allow
    shop/web -> data/db:8011 = deny
  `,
  );
  check(
    'peer and port must both match, within one rule',
    {
      'data/p': {
        podSelector: {},
        ingress: [
          { from: [{ namespaceSelector: {}, podSelector: labels('web') }], ports: [{ port: 1 }] },
          { from: [{ namespaceSelector: {}, podSelector: labels('api') }], ports: [{ port: 2 }] },
        ],
      },
    },
    `
    shop/web -> data/db:1 = allow
    shop/web -> data/db:2 = deny
    shop/api -> data/db:2 = allow
  `,
  );
  check(
    'what the API server refuses matches nothing',
    ports([
      { port: 'NOT-A-NAME' },
      { port: 10, endPort: 1 },
      { port: 'http', endPort: 9 },
      { endPort: 9 },
      { port: 70000 },
      { port: 5, protocol: 'ICMP' },
    ]),
    `
    shop/web -> data/db:5432 = deny
    shop/web -> data/db:10 = deny
    shop/web -> data/db:5 = deny
  `,
  );
  const named = { ports: [{ port: 'http' }] };
  check(
    'a name is that of the destination pod, whose number may differ',
    { 'shop/p': { podSelector: {}, ingress: [named], policyTypes: ['Ingress'] }, 'data/p': { podSelector: {}, ingress: [named] } },
    `
    ops/tool -> shop/web:8080 = allow
    ops/tool -> shop/web:9090 = deny
    ops/tool -> shop/api:9090 = allow
    shop/web -> data/db:5432 = allow
    ops/tool -> shop/api:http = allow
    `,
  );
  check(
    'a name in an egress rule is that of the destination too',
    { 'ops/p': { podSelector: {}, policyTypes: ['Egress'], egress: [named] } },
    `
    ops/tool -> shop/web:8080 = allow
    ops/tool -> data/db:8080 = deny
    ops/tool -> data/db:5432 = allow
    ops/tool -> 203.0.113.1:8080 = deny
  `,
  );
  check(
    'a name goes with its protocol',
    { 'shop/p': { podSelector: {}, ingress: [{ ports: [{ port: 'dns' }, { port: 'http', protocol: 'UDP' }] }] } },
    `
    ops/tool -> shop/api:53 UDP = deny
    ops/tool -> shop/api:9090 TCP = deny
    ops/tool -> shop/api:9090 UDP = deny
  `,
  );
  check(
    'a name that the pod does not have matches nothing, and the pod stays isolated',
    { 'ops/p': { podSelector: {}, ingress: [named] } },
    'shop/web -> ops/tool:8080 = deny',
  );
});
