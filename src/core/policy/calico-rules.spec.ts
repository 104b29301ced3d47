import { describe, expect, it } from 'vitest';
import { CALICO, calicoCluster } from '../../../test/support/calico-cluster.js';
import { askPolicy, endpoints, judgedRows, type PolicySpecs, rowsOf } from '../../../test/support/policy-cluster.js';
import type { JsonObject } from '../kernel/json.js';
import type { NetworkModel } from '../model/network-model.js';
import type { ProfileSettings } from '../model/profile-settings.js';
import { connectivity } from './connectivity.js';
import { hasConnection } from './internal/connection-set.js';
import { judgeConnection } from './internal/judge-connection.js';
import { partiesOf } from './internal/parties.js';
import { PolicyIndex } from './internal/policy-index.js';
import { finished } from '../kernel/steps.js';

const PODS = `
  ns shop team=red
  ns data team=blue
  shop/web app=web http=8080 admin=9090 @10.0.1.1 as web
  shop/api app=api @10.0.1.2 as api
  data/db app=db sql=5432 @10.0.2.1 as db
  data/job app=job @10.0.2.2 as job`;

/** Whether each of some senders reaches db, in the order web, api, job, 203.0.113.5, 198.51.100.1. */
function senders(calico: PolicySpecs, settings: ProfileSettings = CALICO): string {
  const names = ['shop/web', 'shop/api', 'data/job', '203.0.113.5', '198.51.100.1'];
  const model = calicoCluster(PODS, calico, { settings });
  const rows = judgedRows(model, names.map((name) => `${name} -> data/db:80 = ?`).join('\n'));
  return names.filter((_, index) => rows[index]?.endsWith('= allow')).join(' ');
}

function expectRows(calico: PolicySpecs, table: string, text = PODS): void {
  expect(judgedRows(calicoCluster(text, calico), table)).toEqual(rowsOf(table));
}

const from = (source: JsonObject): JsonObject => ({ selector: 'app == "db"', types: ['Ingress'], ingress: [{ action: 'Allow', source }] });
const ingress = (rule: JsonObject): JsonObject => ({
  selector: 'app == "db"',
  types: ['Ingress'],
  ingress: [{ action: 'Allow', ...rule }],
});

/** Whether a connection that is neither TCP, UDP nor SCTP goes from one pod to another: a point `[number, type, code]`. */
function passes(model: NetworkModel, [number, down, across]: readonly [number, number, number]): boolean {
  const index = PolicyIndex.of(model);
  const endpointOf = (name: string) => finished(partiesOf(model, index, endpoints(model, name))).parties[0]!.class.endpoint;
  const flow = { source: endpointOf('shop/web'), destination: endpointOf('data/db'), self: false, ownNode: false };
  return hasConnection(judgeConnection(index, flow).allowed, { number, down, across });
}

const EVERYTHING = { level: 'pod', format: 'boxes', protocol: undefined, port: undefined, external: false } as const;

/** `api/pkg/apis/projectcalico/v3/networkpolicy.go`, EntityRule; `updateprocessors/rules.go`, GetEntityRuleSelector. */
describe('one side of a rule in a GlobalNetworkPolicy', () => {
  const everybody = 'shop/web shop/api data/job 203.0.113.5 198.51.100.1';
  it.each([
    ['"if nothing is given, all"', {}, everybody],
    ['selector: pods of every namespace', { selector: 'app in {"web", "job"}' }, 'shop/web data/job'],
    ['selector all(): every endpoint, no other address', { selector: 'all()' }, 'shop/web shop/api data/job'],
    ['notSelector: everybody else, addresses too', { notSelector: 'app == "web"' }, 'shop/api data/job 203.0.113.5 198.51.100.1'],
    ['both', { selector: 'has(app)', notSelector: 'app == "web"' }, 'shop/api data/job'],
    ['namespaceSelector by the labels of the namespace', { namespaceSelector: 'team == "red"' }, 'shop/web shop/api'],
    ['"all(): any workload that is in a namespace"', { namespaceSelector: 'all()' }, 'shop/web shop/api data/job'],
    ['"global(): only host endpoints or GlobalNetworkSets"', { namespaceSelector: 'global()' }, ''],
    ['namespaceSelector by name', { namespaceSelector: 'projectcalico.org/name == "data"' }, 'data/job'],
    ['namespaceSelector and selector', { namespaceSelector: 'team == "red"', selector: 'app == "api"' }, 'shop/api'],
    ['serviceAccounts by name', { serviceAccounts: { names: ['web', 'job'] } }, 'shop/web data/job'],
    ['serviceAccounts by label', { serviceAccounts: { selector: 'tier == "front"' } }, 'shop/web'],
    ['serviceAccounts: "AND\'ed"', { serviceAccounts: { names: ['job'], selector: 'tier == "front"' } }, ''],
    ['the labels that Calico adds', { selector: 'projectcalico.org/namespace == "data"' }, 'data/job'],
    ['nets', { nets: ['10.0.1.0/24', '203.0.113.0/24'] }, 'shop/web shop/api 203.0.113.5'],
    ['notNets', { notNets: ['10.0.0.0/8'] }, '203.0.113.5 198.51.100.1'],
    ['nets and notNets', { nets: ['10.0.0.0/8'], notNets: ['10.0.1.1/32'] }, 'shop/api data/job'],
    ['nets and selector: both', { nets: ['10.0.1.0/24'], selector: 'app in {"api", "job"}' }, 'shop/api'],
  ] as const)('%s', (_, source, expected) => {
    expect(senders({ 'gnp a': from(source), 'sa shop/web tier=front': {} })).toBe(expected);
  });
});

describe('one side of a rule in a NetworkPolicy', () => {
  it.each([
    ['"limited to the namespace … as soon as any of the selector fields are used"', { selector: 'has(app)' }, 'data/job'],
    ['"including NotSelector"', { notSelector: 'app == "web"' }, 'data/job'],
    ['a namespaceSelector leads out of it', { selector: 'has(app)', namespaceSelector: 'team == "red"' }, 'shop/web shop/api'],
    ['all() to every namespace', { selector: 'has(app)', namespaceSelector: 'all()' }, 'shop/web shop/api data/job'],
    ['serviceAccounts are of the namespace', { serviceAccounts: { names: ['web', 'job'] } }, 'data/job'],
    ['nets are not', { nets: ['10.0.1.0/24'] }, 'shop/web shop/api'],
  ] as const)('%s', (_, source, expected) => {
    expect(senders({ 'np data/a': from(source) })).toBe(expected);
  });
});

describe('whom a policy selects', () => {
  const open = 'shop/web -> shop/api:80 = allow\nshop/web -> data/db:80 = allow';
  const denied = (more: JsonObject): JsonObject => ({ types: ['Ingress'], ...more });
  it.each([
    ['selector', { 'gnp a': denied({ selector: 'app == "db"' }) }, ['data/db']],
    ['namespaceSelector', { 'gnp a': denied({ namespaceSelector: 'team == "red"' }) }, ['shop/api']],
    ['serviceAccountSelector', { 'gnp a': denied({ serviceAccountSelector: 'projectcalico.org/name == "db"' }) }, ['data/db']],
    ['a NetworkPolicy: pods of its namespace alone', { 'np data/a': denied({}) }, ['data/db']],
    ['a NetworkPolicy of another namespace: nobody here', { 'np other/a': denied({}) }, []],
    [
      '"types: if not specified, Ingress by default, Egress if there are egress rules": egress alone',
      { 'gnp a': { egress: [{ action: 'Allow' }] } },
      [],
    ],
  ] as const)('%s', (_, policies, whom) => {
    const names: readonly string[] = whom;
    const table = rowsOf(open).map((row) => (names.some((name) => row.includes(`-> ${name}:`)) ? row.replace('allow', 'deny') : row));
    expectRows(policies, table.join('\n'));
  });
});

/** "NetworkSets … selectors match their labels" (`networkset.go`); felix makes one IP set of what a selector matches. */
describe('sets of networks', () => {
  const partners = { nets: ['203.0.113.0/24', '10.0.1.1/32'] };
  it.each([
    [
      'a GlobalNetworkSet by its labels; its networks hold pods too',
      { 'gset partners color=red': partners },
      { selector: 'color == "red"' },
      'shop/web 203.0.113.5',
    ],
    ['not without the label', { 'gset partners color=blue': partners }, { selector: 'color == "red"' }, ''],
    [
      'global() finds it',
      { 'gset partners color=red': partners },
      { selector: 'color == "red"', namespaceSelector: 'global()' },
      'shop/web 203.0.113.5',
    ],
    [
      'a NetworkSet by the labels of its namespace',
      { 'set shop/partners color=red': partners },
      { selector: 'color == "red"', namespaceSelector: 'team == "red"' },
      'shop/web 203.0.113.5',
    ],
    [
      'a NetworkSet of another namespace',
      { 'set data/partners color=red': partners },
      { selector: 'color == "red"', namespaceSelector: 'team == "red"' },
      '',
    ],
    [
      'notSelector leaves it out',
      { 'gset partners color=red': partners },
      { notSelector: 'color == "red"' },
      'shop/api data/job 198.51.100.1',
    ],
  ] as const)('%s', (_, set, source, expected) => {
    expect(senders({ 'gnp a': from(source), ...set })).toBe(expected);
  });

  it('a NetworkPolicy finds those of its namespace', () => {
    expect(senders({ 'np data/a': from({ selector: 'color == "red"' }), 'set data/p color=red': partners })).toBe('shop/web 203.0.113.5');
    expect(senders({ 'np data/a': from({ selector: 'color == "red"' }), 'set shop/p color=red': partners })).toBe('');
  });

  it('pods are no addresses where the profile says so (`policy.ipBlockMatchesPods`)', () => {
    const settings = { cni: { plugin: 'calico' }, policy: { ipBlockMatchesPods: false } };
    expect(senders({ 'gnp a': from({ selector: 'color == "red"' }), 'gset p color=red': partners }, settings)).toBe('203.0.113.5');
    expect(senders({ 'gnp a': from({ nets: ['10.0.0.0/8', '203.0.113.0/24'] }) }, settings)).toBe('203.0.113.5');
  });
});

describe('ports', () => {
  it.each([
    ['numbers and ranges', { protocol: 'TCP', destination: { ports: [80, '100:102'] } }, '80 allow, 101 allow, 103 deny, 5432 deny'],
    ['names are looked up on the pod', { protocol: 'TCP', destination: { ports: ['sql'] } }, '80 deny, 101 deny, 103 deny, 5432 allow'],
    ['notPorts', { protocol: 'TCP', destination: { notPorts: [80, 'sql'] } }, '80 deny, 101 allow, 103 allow, 5432 deny'],
    ['both', { protocol: 'TCP', destination: { ports: ['80:102'], notPorts: [101] } }, '80 allow, 101 deny, 103 deny, 5432 deny'],
    [
      '"0:0" is port 0, "20:21" no number to base 60',
      { protocol: 'TCP', destination: { ports: ['80:101'] } },
      '80 allow, 101 allow, 103 deny, 5432 deny',
    ],
    ['of another protocol', { protocol: 'UDP', destination: { ports: [80] } }, '80 deny, 101 deny, 103 deny, 5432 deny'],
  ] as const)('%s', (_, rule, expected) => {
    const table = expected.split(', ').map((row) => `shop/web -> data/db:${row.replace(' ', ' TCP = ')}`);
    expectRows({ 'gnp a': ingress(rule) }, table.join('\n'));
  });

  it('source ports: some of the connections, not all; a name is a port of the sender', () => {
    const boxes = (source: JsonObject) => {
      const model = calicoCluster(PODS, { 'gnp a': ingress({ protocol: 'TCP', source }) });
      const answer = finished(connectivity(model, { ...EVERYTHING, from: endpoints(model, 'shop/web'), to: endpoints(model, 'data/db') }));
      if (!answer.ok) throw new Error(answer.error.message);
      return answer.value.result.connections.flatMap(
        (row) => row.boxes?.map(({ protocols, srcPorts, dstPorts }) => ({ protocols, srcPorts, dstPorts })) ?? [],
      );
    };
    expect(boxes({ ports: [1000] })).toEqual([{ protocols: ['TCP'], srcPorts: [[1000, 1000]], dstPorts: null }]);
    expect(boxes({ ports: ['http', 'admin'], notPorts: [9090] })).toEqual([
      { protocols: ['TCP'], srcPorts: [[8080, 8080]], dstPorts: null },
    ]);
    expect(boxes({ ports: ['gone'] })).toEqual([]);
  });
});

describe('protocols', () => {
  const [PING, UNREACHABLE, TCP, GRE]: readonly (readonly [number, number, number])[] = [
    [1, 8, 0],
    [1, 3, 1],
    [6, 80, 4000],
    [47, 0, 0],
  ];
  it.each([
    ['no protocol: every one', {}, 'ping unreachable tcp gre'],
    ['by name', { protocol: 'ICMP' }, 'ping unreachable'],
    ['by number', { protocol: 47 }, 'gre'],
    ['notProtocol', { notProtocol: 'TCP' }, 'ping unreachable gre'],
    ['icmp type', { protocol: 'ICMP', icmp: { type: 8 } }, 'ping'],
    ['icmp type and code', { protocol: 'ICMP', icmp: { type: 3, code: 0 } }, ''],
    ['notICMP', { protocol: 'ICMP', notICMP: { type: 8 } }, 'unreachable'],
  ] as const)('%s', (_, rule, expected) => {
    const model = calicoCluster(PODS, { 'gnp a': ingress(rule) });
    const points = { ping: PING!, unreachable: UNREACHABLE!, tcp: TCP!, gre: GRE! };
    const through = Object.entries(points).filter(([, point]) => passes(model, point));
    expect(through.map(([name]) => name).join(' ')).toBe(expected);
  });

  it('ipVersion: the addresses of that family', () => {
    const both = 'ns a\na/one app=one @10.0.0.1 @fd00::1\na/four app=four @10.0.0.2\na/six app=six @fd00::3';
    const policy = { selector: 'app == "one"', types: ['Ingress'], ingress: [{ action: 'Allow', ipVersion: 6 }] };
    expectRows({ 'gnp a': policy }, 'a/four -> a/one:80 = deny\na/six -> a/one:80 = allow', both);
  });
});

/**
 * projectcalico/calico `felix/rules/policy_test.go`, "should skip with mixed source CIDR matches" and its neighbours; `policy.go`, FilterRuleToIPVersion: "render
 * the rule, filtered to only have CIDRs of the right version, unless filtering the rule would completely remove one of its match fields".
 */
describe('networks of one family leave the other out, those that a rule excepts as well', () => {
  const DUAL =
    'ns a\na/one app=one @10.0.0.1 @fd00::1\na/two app=two @10.0.0.2 @fd00::2\na/four app=four @10.0.0.4\na/six app=six @fd00::6';
  const [v4, v6] = [['192.168.0.0/16'], ['2001:db8::/32']];
  it.each([
    ['source nets of IPv4', { source: { nets: ['10.0.0.0/8'] } }, 'two mixed, four allow, six deny'],
    ['source nets of IPv6', { source: { nets: ['fd00::/8'] } }, 'two mixed, four deny, six allow'],
    ['source nets of both', { source: { nets: ['10.0.0.0/8', 'fd00::/8'] } }, 'two allow, four allow, six allow'],
    ['destination nets of IPv4', { destination: { nets: ['10.0.0.0/8'] } }, 'two mixed, four allow, six deny'],
    ['destination nets of IPv6', { destination: { nets: ['fd00::/8'] } }, 'two mixed, four deny, six allow'],
    ['source notNets of IPv4', { source: { notNets: v4 } }, 'two mixed, four allow, six deny'],
    ['source notNets of IPv6', { source: { notNets: v6 } }, 'two mixed, four deny, six allow'],
    ['source notNets of both', { source: { notNets: [...v4, ...v6] } }, 'two allow, four allow, six allow'],
    ['destination notNets of IPv4', { destination: { notNets: v4 } }, 'two mixed, four allow, six deny'],
    ['destination notNets of IPv6', { destination: { notNets: v6 } }, 'two mixed, four deny, six allow'],
    [
      '"allow from 10.0.0.1,feed::beef to 10.0.0.2"',
      { source: { nets: ['::/0', '0.0.0.0/0'] }, destination: { nets: ['10.0.0.1/32'] } },
      'two mixed, four allow, six deny',
    ],
    ['a catch-all that is excepted', { source: { notNets: ['0.0.0.0/0', ...v6] } }, 'two mixed, four deny, six allow'],
    ['ipVersion', { ipVersion: 4 }, 'two mixed, four allow, six deny'],
    ['no networks', {}, 'two allow, four allow, six allow'],
  ] as const)('%s', (_, rule, expected) => {
    const table = expected.split(', ').map((row) => `a/${row.replace(' ', ' -> a/one:80 = ')}`);
    const policy = { selector: 'app == "one"', types: ['Ingress'], ingress: [{ action: 'Allow', ...rule }] } as JsonObject;
    expectRows({ 'gnp a': policy }, table.join('\n'), DUAL);
  });

  it('what comes from outside over the other family meets the end of the tier', () => {
    const policy = { selector: 'app == "one"', types: ['Ingress'], ingress: [{ action: 'Allow', source: { notNets: v4 } }] };
    expectRows(
      { 'gnp a': policy },
      '203.0.113.1 -> a/one:80 = allow\n192.168.3.3 -> a/one:80 = deny\n2001:db9::1 -> a/one:80 = deny',
      DUAL,
    );
  });
});

describe('services: "the endpoints of the service"', () => {
  const BACKED = `${PODS}\nsvc data/db app=db sql=80:5432`;

  it('at a destination with its target ports only', () => {
    const policy = {
      selector: 'app == "web"',
      types: ['Egress'],
      egress: [{ action: 'Allow', destination: { services: { name: 'db', namespace: 'data' } } }],
    };
    expectRows(
      { 'gnp a': policy },
      'shop/web -> data/db:5432 TCP = allow\nshop/web -> data/db:80 TCP = deny\nshop/web -> data/job:5432 TCP = deny',
      BACKED,
    );
  });

  it('at a source without ports', () => {
    const policy = {
      selector: 'app == "web"',
      types: ['Ingress'],
      ingress: [{ action: 'Allow', source: { services: { name: 'db', namespace: 'data' } } }],
    };
    expectRows({ 'gnp a': policy }, 'data/db -> shop/web:80 = allow\ndata/job -> shop/web:80 = deny', BACKED);
  });
});

describe('criteria of the own side', () => {
  it('an ingress rule with a destination is about those alone', () => {
    const policy = { types: ['Ingress'], ingress: [{ action: 'Allow', destination: { selector: 'app == "db"' } }] };
    expectRows({ 'gnp a': policy }, 'shop/web -> data/db:80 = allow\nshop/web -> data/job:80 = deny');
  });

  it('an egress rule with a source too', () => {
    const policy = { types: ['Egress'], egress: [{ action: 'Deny', source: { nets: ['10.0.1.1/32'] } }, { action: 'Allow' }] };
    expectRows({ 'gnp a': policy }, 'shop/web -> data/db:80 = deny\nshop/api -> data/db:80 = allow');
  });
});

describe('a pod that has no address yet', () => {
  const FRESH = `${PODS}\n  shop/new app=new`;
  const ask = (source: JsonObject) => askPolicy(calicoCluster(FRESH, { 'gnp a': from(source) }), 'shop/new -> data/db:80');

  it('might get one that the networks of a rule hold', () => {
    const { verdict, warnings, confidence } = ask({ nets: ['10.0.0.0/8'] });
    expect({ verdict, confidence }).toEqual({ verdict: 'DENIED', confidence: 'INSUFFICIENT_INFO' });
    expect(warnings.map(({ code }) => code)).toContain('ADDRESS_UNKNOWN');
  });

  it('is refused for certain where another criterion fails', () => {
    expect(ask({ nets: ['10.0.0.0/8'], selector: 'app == "web"' })).toMatchObject({ verdict: 'DENIED', confidence: 'CERTAIN' });
  });
});
