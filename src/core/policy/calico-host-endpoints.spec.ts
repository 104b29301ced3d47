import { describe, expect, it } from 'vitest';
import { calicoCluster } from '../../../test/support/calico-cluster.js';
import { askPolicy, judgedRows, type PolicySpecs, rowsOf } from '../../../test/support/policy-cluster.js';
import type { JsonObject } from '../kernel/json.js';
import type { ProfileSettings } from '../model/profile-settings.js';

/** felix `fv/hostendpoints_test.go`: two nodes without tunnels, a pod (`w0`, `w1`) on each. `w2` stands beside `w1`, `a.b` is the world. */
const NODES = `
  node n0 192.168.0.1
  node n1 192.168.0.2
  a/w0 name=w0 @10.65.0.2 on n0
  a/w1 name=w1 @10.65.1.2 on n1
  a/w2 name=w2 http=8055 @10.65.1.3 on n1`;

function settings(policy: JsonObject = {}, cni: JsonObject = {}): ProfileSettings {
  return { cni: { plugin: 'calico', mode: 'bgp', ...cni }, policy: { ipBlockMatchesPods: true, ...policy } };
}

const NAMES = ['n0', 'n1'] as const;
/** A host endpoint on each node. */
function heps(interfaceName: string, more: JsonObject = {}): PolicySpecs {
  const pairs = NAMES.map((node, index) => {
    const labels = `node=${node} host-endpoint=true`;
    return [`hep hep-${node} ${labels}`, { node, interfaceName, expectedIPs: [`192.168.0.${index + 1}`], ...more }] as const;
  });
  return Object.fromEntries(pairs);
}

const ALLOWED = { profiles: ['projectcalico-default-allow'] };
const WORDS: Readonly<Record<string, string>> = {
  h0: '192.168.0.1',
  h1: '192.168.0.2',
  w0: 'a/w0',
  w1: 'a/w1',
  w2: 'a/w2',
  world: '203.0.113.9',
};

/** `h0 -> w1 = deny` on TCP 8055: hosts, pods and the world by their short names. */
function expectRows(calico: PolicySpecs, table: string, profile: ProfileSettings = settings()): void {
  const long = table.replaceAll(/\b(h0|h1|w0|w1|w2|world)\b(?=( ->|:| =| UDP))/g, (word) => WORDS[word] ?? word);
  const rows = long.replaceAll(/-> (\S+)( UDP)? =/g, (whole, to: string, udp = '') => (/:\d+$/.test(to) ? whole : `-> ${to}:8055${udp} =`));
  expect(judgedRows(calicoCluster(NODES, calico, { settings: profile }), rows)).toEqual(rowsOf(rows));
}

const allow = (more: JsonObject = {}): JsonObject => ({ action: 'Allow', ...more });
const deny = (more: JsonObject = {}): JsonObject => ({ action: 'Deny', ...more });
/** A policy on one node, or on both. */
const on = (node: 'n0' | 'n1' | 'both', more: JsonObject): JsonObject => ({
  selector: node === 'both' ? 'has(host-endpoint)' : `node == "${node}"`,
  ...more,
});
const FORWARD = { applyOnForward: true };
const PRE_DNAT = { applyOnForward: true, preDNAT: true, types: ['Ingress'] };
const UNTRACKED = { applyOnForward: true, doNotTrack: true };

describe.each(['eth0', '*'])('felix fv/hostendpoints_test.go, interface %s', (name) => {
  it('"should block all traffic except pod-to-pod and host-to-own-pod traffic"', () => {
    expectRows(
      heps(name),
      `
      h0 -> h1 = deny
      h1 -> h0 = deny
      h0 -> w1 = deny
      h1 -> w0 = deny
      w0 -> w1 = allow
      w1 -> w0 = allow
      h0 -> w0 = allow
      h1 -> w1 = allow`,
    );
  });

  it('"should allow connectivity from nodes to the API server, to Typha": failsafe ports', () => {
    expectRows(heps(name), 'h0 -> world:6443 = allow\nh0 -> world:5473 = allow\nh0 -> world:443 = deny\nh0 -> world:6443 UDP = deny');
    expectRows(heps(name), 'world -> h0:22 = allow\nworld -> h0:68 UDP = allow\nworld -> h0:68 = deny\nh0 -> world:53 UDP = allow');
  });

  it('"should allow containers.Felix[0] => containers.Felix[1] traffic if ingress and egress policies are in place"', () => {
    const tier = { 'tier security': { order: 10 } };
    const out = { 'gnp security.f0-egress': on('n0', { tier: 'security', egress: [allow()] }) };
    expectRows({ ...heps(name), ...tier, ...out }, 'h0 -> h1 = deny\nh1 -> h0 = deny\nh1 -> w0 = deny\nw0 -> w1 = allow\nh0 -> w0 = allow');
    const into = (rule: JsonObject) => ({ 'gnp security.f1-ingress': on('n1', { tier: 'security', ingress: [rule] }) });
    expectRows(
      { ...heps(name), ...tier, ...out, ...into(allow()) },
      'h0 -> h1 = allow\nh1 -> h0 = deny\nw0 -> w1 = allow\nh0 -> w0 = allow',
    );
    expectRows({ ...heps(name), ...tier, ...out, ...into(deny()) }, 'h0 -> h1 = deny');
  });

  it('"with an allow-all profile: should allow all traffic", "should deny … if policy denies egress from felixes[0]"', () => {
    const open = heps(name, ALLOWED);
    expectRows(open, 'h0 -> h1 = allow\nh0 -> w1 = allow\nh0 -> w0 = allow\nw0 -> w1 = allow');
    const policy = { 'gnp f0-egress': on('n0', { egress: [deny()] }) };
    expectRows(
      { ...open, ...policy },
      'h0 -> h1 = deny\nh0 -> w1 = deny\nh1 -> h0 = allow\nh1 -> w0 = allow\nh0 -> w0 = allow\nw0 -> w1 = allow',
    );
  });

  it('"Forwarded traffic to containers.Felix[1] is allowed" where policy denies ingress to the node', () => {
    const policy = { 'gnp f1-ingress': on('n1', { ingress: [deny()] }) };
    expectRows({ ...heps(name, ALLOWED), ...policy }, 'h0 -> h1 = deny\nh0 -> w1 = allow\nh1 -> w1 = allow\nw0 -> w1 = allow');
  });

  it('"should deny forwarded traffic from felixes[0] to felixes[1] if an AOF policy denies it"', () => {
    const policies = {
      'gnp aof-f1': on('n1', { ...FORWARD, ingress: [allow({ source: { selector: 'name == "w1"' } })], egress: [allow()] }),
      'gnp aof-f0': on('n0', { ...FORWARD, ingress: [allow()], egress: [allow()] }),
    };
    expectRows(
      { ...heps(name, ALLOWED), ...policies },
      'h0 -> h1 = deny\nh0 -> w1 = deny\nw0 -> w1 = deny\nw1 -> w0 = allow\nh1 -> w1 = allow',
    );
  });
});

describe('forwarded traffic: docs.tigera.io, "Apply on forwarded traffic"', () => {
  const policy = (more: JsonObject) => ({ 'gnp a': on('n1', { ...FORWARD, ...more }) });

  it.each([
    [
      'a direction without applyOnForward policies is open',
      { types: ['Egress'], egress: [deny()] },
      'world -> w1 = allow\nw1 -> world = deny',
    ],
    [
      '"no rules in the policies allow the traffic, the traffic is denied"',
      { ingress: [allow({ protocol: 'UDP' })] },
      'world -> w1 = deny\nworld -> w1 UDP = allow',
    ],
    ['there are no failsafe ports', { ingress: [deny()] }, 'world -> w1:22 = deny'],
    ['what passes is allowed: there are no profiles', { ingress: [{ action: 'Pass' }] }, 'world -> w1 = allow'],
    ['the policies of the pod decide too', { ingress: [allow()] }, 'world -> w1 = allow\nworld -> w2 = deny'],
  ])('%s', (_, more, table) => {
    const own = { 'np a/own': { selector: 'name == "w2"', types: ['Ingress'], ingress: [] } };
    expectRows({ ...heps('eth0'), ...policy(more), ...own }, table);
  });

  it('a policy without applyOnForward is about local processes only', () => {
    expectRows({ ...heps('eth0'), 'gnp a': on('n1', { ingress: [deny()] }) }, 'world -> w1 = allow\nworld -> h1 = deny');
  });

  it('pods of one node do not cross the interface; an endpoint of all interfaces sees them', () => {
    const closed = policy({ ingress: [deny()], egress: [deny()] });
    expectRows({ ...heps('eth0'), ...closed }, 'w1 -> w2 = allow\nw0 -> w1 = deny');
    expectRows({ ...heps('*'), ...closed }, 'w1 -> w2 = deny\nw0 -> w1 = deny');
  });

  it('with a tunnel the interface sees no packets of pods to one another; an endpoint of the tunnel, or of all interfaces, does', () => {
    const closed = policy({ ingress: [deny()] });
    const vxlan = settings({}, { mode: 'vxlan' });
    expectRows({ ...heps('eth0'), ...closed }, 'w0 -> w1 = allow\nworld -> w1 = deny', vxlan);
    expectRows({ ...heps('*'), ...closed }, 'w0 -> w1 = deny', vxlan);
    expectRows({ 'hep t node=n1': { node: 'n1', interfaceName: 'vxlan.calico' }, ...closed }, 'w0 -> w1 = deny', vxlan);
  });
});

describe('pre-DNAT and untracked policies: docs.tigera.io, "Summary of host endpoint policies"', () => {
  it('"If a packet is explicitly allowed by pre-DNAT policy, it skips over any normal policy" of the node', () => {
    const policies = { 'gnp a': on('both', { ...PRE_DNAT, ingress: [allow()] }), 'gnp b': on('both', { ...FORWARD, ingress: [deny()] }) };
    expectRows({ ...heps('eth0'), ...policies }, 'world -> h1 = allow\nworld -> w1 = allow');
    const own = { 'np a/own': { selector: 'name == "w1"', types: ['Ingress'], ingress: [] } };
    expectRows({ ...heps('eth0'), ...policies, ...own }, 'world -> w1 = deny\nworld -> w2 = allow');
  });

  it('"There is no default drop semantic for pre-DNAT policy"', () => {
    const policy = { 'gnp a': on('both', { ...PRE_DNAT, ingress: [deny({ protocol: 'TCP', destination: { ports: [81] } })] }) };
    expectRows(
      { ...heps('eth0', ALLOWED), ...policy },
      'world -> w1 = allow\nworld -> w1:81 = deny\nworld -> h1 = allow\nworld -> h1:81 = deny',
    );
  });

  it('failsafe ports come before both', () => {
    const policy = {
      'gnp a': on('both', { ...PRE_DNAT, ingress: [deny()] }),
      'gnp b': on('both', { ...UNTRACKED, ingress: [deny()], egress: [deny()] }),
    };
    expectRows(
      { ...heps('eth0'), ...policy },
      'world -> h1:22 = allow\nh1 -> world:6443 = allow\nworld -> w1:22 = allow\nworld -> w1 = deny',
    );
  });

  it('"If a packet is explicitly allowed by untracked policy, it skips over any pre-DNAT and normal policy"', () => {
    const policies = {
      'gnp a': on('both', { ...UNTRACKED, ingress: [allow()], egress: [allow()] }),
      'gnp b': on('both', { ...PRE_DNAT, ingress: [deny()] }),
      'gnp c': on('both', { ingress: [deny()], egress: [deny()] }),
    };
    expectRows({ ...heps('eth0'), ...policies }, 'world -> h1 = allow\nh1 -> world = allow\nh0 -> h1 = allow');
  });

  it('"For packets … destined for a local workload … untracked policies … never have any net positive effect"', () => {
    const policies = { 'gnp a': on('both', { ...UNTRACKED, ingress: [allow()] }), 'gnp b': on('both', { ...PRE_DNAT, ingress: [deny()] }) };
    expectRows({ ...heps('eth0'), ...policies }, 'world -> w1 = deny');
    expectRows({ ...heps('eth0'), 'gnp a': on('both', { ...UNTRACKED, ingress: [deny()] }) }, 'world -> w1 = deny\nw1 -> world = allow');
  });

  it('"DoNotTrack policy is not supported for a HEP with interfaceName *; ignoring it" (felix endpoint_mgr.go)', () => {
    const policy = { 'gnp a': on('both', { ...UNTRACKED, ingress: [deny()], egress: [deny()] }) };
    expectRows({ ...heps('*', ALLOWED), ...policy }, 'world -> h1 = allow\nworld -> w1 = allow\nh1 -> world = allow');
  });

  it('"No untracked or pre-DNAT host endpoint policies apply" to what a pod sends out of an interface', () => {
    const policies = { 'gnp a': on('n1', { ...UNTRACKED, egress: [deny()] }), 'gnp b': on('n1', { ...PRE_DNAT, ingress: [deny()] }) };
    expectRows({ ...heps('eth0'), ...policies }, 'w1 -> world = allow\nw1 -> w0 = allow');
  });

  it('they are not about pods, whatever their selector', () => {
    const policies = {
      'gnp a': { selector: 'has(name)', ...UNTRACKED, ingress: [deny()] },
      'gnp b': { selector: 'has(name)', ...PRE_DNAT, ingress: [deny()] },
    };
    expectRows(policies, 'world -> w1 = allow');
  });
});

/** felix `fv/ep_to_host_action_test.go`, with the INPUT chain open: pods to their own node. */
describe('defaultEndpointToHostAction', () => {
  const HEP_RULE = { source: { selector: '!has(host-endpoint)' } };
  const normal = (rule: JsonObject) => ({ 'gnp default-hep': on('both', { ingress: [rule] }) });
  const preDnat = (rule: JsonObject) => ({
    'gnp default-hep': on('both', {
      ...PRE_DNAT,
      ingress: [allow({ ...HEP_RULE, destination: { selector: '!has(host-endpoint)' } }), rule],
    }),
  });
  it.each([
    ['Accept', {}, {}, 'allow'],
    ['Return', {}, {}, 'allow'],
    ['Drop', {}, {}, 'deny'],
    ['Return', heps('eth0'), normal(deny(HEP_RULE)), 'allow'],
    ['Accept', heps('*'), preDnat(allow(HEP_RULE)), 'allow'],
    ['Drop', heps('*'), preDnat(allow(HEP_RULE)), 'deny'],
    ['Accept', heps('*'), preDnat(deny(HEP_RULE)), 'deny'],
    ['Return', heps('*'), preDnat(deny(HEP_RULE)), 'deny'],
    ['Drop', heps('*'), preDnat(deny(HEP_RULE)), 'deny'],
    ['Accept', heps('*'), normal(deny(HEP_RULE)), 'allow'],
    ['Return', heps('*'), normal(deny(HEP_RULE)), 'allow'],
    ['Drop', heps('*'), normal(deny(HEP_RULE)), 'deny'],
    ['Drop', heps('*'), normal(allow(HEP_RULE)), 'deny'],
  ] as const)('%s %#', (action, hosts, policies, verdict) => {
    const felix = { 'felix default': { defaultEndpointToHostAction: action } };
    const table = `w0 -> h0 = ${verdict}\nw1 -> h1 = ${verdict}\nw0 -> w1 = allow`;
    expectRows({ ...felix, ...hosts, ...policies }, table);
  });

  it('is told node by node', () => {
    expectRows({ 'felix node.n0': { defaultEndpointToHostAction: 'Drop' } }, 'w0 -> h0 = deny\nw1 -> h1 = allow\nw1 -> h0 = allow');
  });
});

describe('failsafe ports of FelixConfiguration', () => {
  const ports = (more: JsonObject) => ({ ...heps('eth0'), 'felix default': more });
  it.each([
    ['"To disable all, use []"', { failsafeInboundHostPorts: [] }, 'world -> h0:22 = deny\nh0 -> world:6443 = allow'],
    [
      '"If the protocol is not specified, it defaults to tcp"',
      { failsafeInboundHostPorts: [{ port: 99 }] },
      'world -> h0:99 = allow\nworld -> h0:22 = deny',
    ],
    [
      '"If a CIDR is not specified, it will allow traffic from all addresses"',
      { failsafeInboundHostPorts: [{ protocol: 'udp', port: 99, net: '203.0.113.0/24' }] },
      'world -> h0:99 UDP = allow\n198.51.100.1 -> h0:99 UDP = deny',
    ],
    [
      'the net of an outbound port is the destination',
      { failsafeOutboundHostPorts: [{ port: 99, net: '203.0.113.9' }] },
      'h0 -> world:99 = allow\nh0 -> 203.0.113.10:99 = deny',
    ],
  ])('%s', (_, felix, table) => {
    expectRows(ports(felix), table);
  });

  it('node by node', () => {
    expectRows(
      { ...ports({ failsafeInboundHostPorts: [] }), 'felix node.n0': { failsafeInboundHostPorts: [{ port: 7 }] } },
      'world -> h0:7 = allow\nworld -> h1:7 = deny',
    );
  });

  it('are the layer that decides, with the object that says so', () => {
    const { result, evidence } = askPolicy(
      calicoCluster(NODES, ports({ failsafeInboundHostPorts: [{ port: 99 }] }), { settings: settings() }),
      '203.0.113.9 -> 192.168.0.1:99',
    );
    expect(result.ingress.decidedBy).toEqual([
      { policy: 'FelixConfiguration default', pointer: '/spec/failsafeInboundHostPorts', layer: 'calico-failsafe', action: 'Allow' },
    ]);
    expect(evidence.map(({ reason, message }) => `${reason}: ${message}`)).toContain(
      'RULE_ACCEPTS: failsafe ports: TCP 99 is allowed, whatever comes behind it',
    );
  });
});

describe('which host endpoint governs an address', () => {
  const closed = { node: 'n0', interfaceName: 'eth0' };
  const assumed = (calico: PolicySpecs, flow = '203.0.113.9 -> 192.168.0.1:8055') => {
    const { verdict, assumptions, confidence } = askPolicy(calicoCluster(NODES, calico, { settings: settings() }), flow);
    const told = assumptions.filter(({ code }) => code === 'HOST_INTERFACE_ASSUMED').map(({ message }) => message);
    return { verdict, told, confidence };
  };

  it('one that expects the address: nothing is assumed', () => {
    expect(assumed({ 'hep a': { ...closed, expectedIPs: ['192.168.0.1'] } })).toEqual({
      verdict: 'DENIED',
      told: [],
      confidence: 'CERTAIN',
    });
  });

  it('not one that expects another address of the family', () => {
    expect(assumed({ 'hep a': { ...closed, expectedIPs: ['192.168.9.1'] } })).toEqual({
      verdict: 'ALLOWED',
      told: [],
      confidence: 'CERTAIN',
    });
  });

  it('one that names an interface alone is taken for it, and the answer says so', () => {
    const told = ['HostEndpoint a (`eth0`) is taken for the interface of 192.168.0.1'];
    expect(assumed({ 'hep a': closed })).toEqual({ verdict: 'DENIED', told, confidence: 'ASSUMED' });
  });

  it('beside one of every interface it is taken for another one', () => {
    const both = { 'hep a': closed, 'hep b': { node: 'n0', interfaceName: '*', ...ALLOWED } };
    const told = ['HostEndpoint a (`eth0`) is taken for another interface than that of 192.168.0.1'];
    expect(assumed(both)).toEqual({ verdict: 'ALLOWED', told, confidence: 'ASSUMED' });
  });

  it('of several of one kind the first by name (felix endpoint_mgr.go)', () => {
    const expectedIPs = ['192.168.0.1'];
    const several = { 'hep b': { ...closed, expectedIPs }, 'hep a': { ...closed, expectedIPs, ...ALLOWED } };
    expect(assumed(several).verdict).toBe('ALLOWED');
  });
});

describe('local processes of a node', () => {
  const hep = (more: JsonObject = {}): PolicySpecs => ({
    'hep n0 role=gate': { node: 'n0', interfaceName: '*', expectedIPs: ['192.168.0.1'], ...more },
  });
  const gate = (more: JsonObject): JsonObject => ({ selector: 'role == "gate"', types: ['Ingress'], ...more });
  const tcp = (port: number) => ({ protocol: 'TCP', destination: { ports: [port] } });

  it('"no profile = deny": without any policy the node is closed', () => {
    expectRows(hep(), 'world -> h0 = deny\nworld -> h1 = allow\nw0 -> w1 = allow');
    const { summary } = askPolicy(calicoCluster(NODES, hep(), { settings: settings() }), 'a/w1 -> 192.168.0.1:24 TCP');
    expect(summary).toBe('pod/a/w1 → ip/192.168.0.1 (TCP 24): DENIED at ingress – it is closed without any policy');
  });

  /** `libcalico-go/lib/resources/profile.go`: "can be attached to host endpoints to allow traffic in the absence of policy". */
  it.each([
    ["Calico's own profile opens it", 'projectcalico-default-allow', 'allow'],
    ['a profile that is nowhere does not', 'projectcalico-default-deny', 'deny'],
  ])('%s', (_, profile, verdict) => {
    expectRows(hep({ profiles: [profile] }), `world -> h0 = ${verdict}`);
  });

  it('meet the profiles that the host endpoint names, in order', () => {
    const profiles = { 'profile first': { ingress: [deny(tcp(24))] }, 'profile second': { ingress: [allow()] } };
    expectRows({ ...hep({ profiles: ['first', 'second'] }), ...profiles }, 'world -> h0:24 = deny\nworld -> h0:23 = allow');
  });

  it('meet the policies that select its labels', () => {
    expectRows({ ...hep(), 'gnp a': gate({ ingress: [allow(tcp(24))] }) }, 'world -> h0:24 = allow\nworld -> h0:23 = deny');
  });

  /** `hostendpoint.go`: "Ports contains the endpoint's named ports, which may be referenced in security policy rules." */
  it('have named ports, of a protocol', () => {
    const ports = [
      { name: 'web', protocol: 'TCP', port: 24 },
      { name: 'web', protocol: 'UDP', port: 23 },
    ];
    const rule = allow({ protocol: 'TCP', destination: { ports: ['web'] } });
    expectRows(
      { ...hep({ ports }), 'gnp a': gate({ ingress: [rule] }) },
      'world -> h0:24 = allow\nworld -> h0:23 = deny\nworld -> h0:23 UDP = deny',
    );
  });
});

describe('evidence of packets that pass through a node', () => {
  const model = calicoCluster(
    NODES,
    { ...heps('eth0'), 'gnp a': on('n1', { ...FORWARD, ingress: [deny({ source: { nets: ['203.0.113.0/24'] } }), allow()] }) },
    { settings: settings() },
  );
  const told = (flow: string) =>
    askPolicy(model, flow)
      .evidence.filter(({ stage }) => stage === 'ingress-policy')
      .map(({ reason, message }) => `${reason}: ${message}`);

  it('says which host endpoint the policies are about', () => {
    expect(told('203.0.113.9 -> a/w1:8055')).toEqual([
      'POLICY_SELECTS: GlobalNetworkPolicy a (tier default, last) selects HostEndpoint hep-n1 and isolates it for ingress, the first 1 of 2 rules decide',
      'RULE_DENIES: Deny: TCP 8055 is denied, whatever comes behind it',
      'ADDRESS_IN_BLOCK: 203.0.113.0/24: the address of the source lies in it',
      'ANY_PORT: the rule names no port: every port matches',
      'DENIED_BY_RULE: ingress of Pod a/w1 is denied by GlobalNetworkPolicy a /spec/ingress/0: TCP 8055',
    ]);
    const { result } = askPolicy(model, '203.0.113.9 -> a/w1:8055');
    expect(result.ingress.decidedBy).toMatchObject([{ policy: 'GlobalNetworkPolicy a', layer: 'calico-forward:default', action: 'Deny' }]);
  });
});

/** docs.tigera.io, "Apply policy to Kubernetes node ports": `preDNAT`, rules in terms of the node port. */
describe('pre-DNAT policies see the address and port before a service translates them', () => {
  const SERVICE = {
    type: 'NodePort',
    clusterIP: '10.96.0.9',
    selector: { name: 'w1' },
    ports: [{ port: 80, targetPort: 8055, nodePort: 30080 }],
  };
  const ask = (calico: PolicySpecs, from: string) => {
    const model = calicoCluster(NODES, { ...calico, 'svc a/web': SERVICE }, { settings: settings() });
    return askPolicy(model, `${from} -> svc/a/web:80`).verdict;
  };
  const closed = (match: JsonObject) => ({ 'gnp a': on('both', { ...PRE_DNAT, ingress: [deny(match)] }) });
  const port = (number: number) => ({ protocol: 'TCP', destination: { ports: [number] } });

  it.each([
    ['the node port', port(30080), 'DENIED'],
    ['not the port of the service', port(80), 'ALLOWED'],
    ['not the port of the pod', port(8055), 'ALLOWED'],
    ['the address of the node', { destination: { nets: ['192.168.0.2/32'] } }, 'DENIED'],
    ['not that of the pod', { destination: { nets: ['10.65.1.2/32'] } }, 'ALLOWED'],
  ])('from outside: %s', (_, match, verdict) => {
    expect(ask({ ...heps('eth0'), ...closed(match) }, '203.0.113.9')).toBe(verdict);
  });

  it.each([
    ['the address and port of the service', { ...port(80), destination: { nets: ['10.96.0.9/32'], ports: [80] } }, 'DENIED'],
    ['not the port of the pod, which a third node alone sees', { ...port(8055), source: { nets: ['192.0.2.0/24'] } }, 'ALLOWED'],
  ])('from a pod, at its own node: %s', (_, match, verdict) => {
    expect(ask({ ...heps('*'), ...closed(match) }, 'a/w0')).toBe(verdict);
  });

  it('behind the translation, at the node of the endpoint, from a pod: the port of the pod', () => {
    const there = { 'gnp a': on('n1', { ...PRE_DNAT, ingress: [deny(port(8055))] }) };
    expect(ask({ ...heps('*'), ...there }, 'a/w0')).toBe('DENIED');
  });
});
