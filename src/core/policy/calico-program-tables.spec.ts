import { describe, expect, it } from 'vitest';
import { calicoCluster } from '../../../test/support/calico-cluster.js';
import { endpoints, type PolicySpecs } from '../../../test/support/policy-cluster.js';
import type { JsonObject } from '../kernel/json.js';
import { finished } from '../kernel/steps.js';
import { hasConnection } from './internal/connection-set.js';
import { judgeConnection } from './internal/judge-connection.js';
import { partiesOf } from './internal/parties.js';
import { PolicyIndex } from './internal/policy-index.js';

const NUMBERS: Readonly<Record<string, number>> = { icmp: 1, icmpv6: 58, tcp: 6, udp: 17 };

interface Packet {
  readonly number: number;
  readonly from: string;
  readonly to: string;
  /** Its ports, or its type and code. */
  readonly down: number;
  readonly across: number;
}

/** `tcp 10.0.0.1:31245 -> 10.0.0.2:80`, `icmp 10.0.0.1 -> 10.0.0.2 8/0`, `253 10.0.0.1 -> 10.0.0.2`; an address of IPv6 with a port stands in brackets. */
function packetOf(text: string): Packet {
  const [protocol = '', from = '', , to = '', typeAndCode = '0/0'] = text.split(' ');
  const number = NUMBERS[protocol] ?? Number(protocol);
  const [source, sourcePort] = addressOf(from);
  const [destination, port] = addressOf(to);
  const [type, code] = typeAndCode.split('/').map(Number);
  const portless = protocol.startsWith('icmp') ? { down: type ?? 0, across: code ?? 0 } : { down: 0, across: 0 };
  return { number, from: source, to: destination, ...(port === undefined ? portless : { down: port, across: sourcePort ?? 0 }) };
}

function addressOf(text: string): readonly [address: string, port: number | undefined] {
  const [, bracketed, plain, port] = /^(?:\[([\da-f:]+)\]|([\d.]+)):(\d+)$/.exec(text) ?? [];
  return port === undefined ? [text, undefined] : [bracketed ?? plain ?? '', Number(port)];
}

/** Whether it arrives at a pod that has the address it is sent to; `ports` are those with names, by address. */
function arrives(packet: Packet, objects: PolicySpecs, ports: Readonly<Record<string, string>>): boolean {
  const others = Object.entries(ports).filter(([address]) => address !== packet.to);
  const pods = [
    `shop/subject subject=yes ${ports[packet.to] ?? ''} @${packet.to}`,
    ...others.map(([address, port], index) => `shop/other${index} ${port} @${address}`),
  ];
  const model = calicoCluster(['ns shop', ...pods].join('\n'), objects);
  const index = PolicyIndex.of(model);
  const endpointOf = (name: string) => finished(partiesOf(model, index, endpoints(model, name))).parties[0]!.class.endpoint;
  const flow = { source: endpointOf(packet.from), destination: endpointOf('shop/subject'), self: false, ownNode: false };
  return hasConnection(judgeConnection(index, flow).allowed, packet);
}

interface Case {
  readonly name: string;
  /** The rules of one policy, or policies by their tier. */
  readonly rules: readonly JsonObject[] | readonly (readonly JsonObject[])[];
  readonly allowed?: readonly string[];
  readonly dropped?: readonly string[];
  /** Networks of a set. */
  readonly set?: readonly string[];
  /** Ports that have names, by the address of their pod. */
  readonly ports?: Readonly<Record<string, string>>;
}

const isTiers = (rules: Case['rules']): rules is readonly (readonly JsonObject[])[] => rules.every(Array.isArray);

function objectsOf({ rules, set }: Case): PolicySpecs {
  const tiers = isTiers(rules) ? rules : [rules];
  return {
    ...Object.fromEntries(
      tiers.flatMap((ingress, order) => [
        [`tier t${order}`, { order }],
        [`gnp t${order}.policy`, { tier: `t${order}`, selector: 'subject == "yes"', types: ['Ingress'], ingress }] as const,
      ]),
    ),
    ...(set ? { 'gset a set=a': { nets: set } } : {}),
  };
}

const rule = (action: string, more: JsonObject = {}): JsonObject => ({ action, ...more });
const allow = (more: JsonObject = {}): readonly JsonObject[] => [rule('Allow', more)];
const from = (source: JsonObject, protocol?: string) => allow({ ...(protocol === undefined ? {} : { protocol }), source });
const to = (destination: JsonObject, protocol?: string) => allow({ ...(protocol === undefined ? {} : { protocol }), destination });

const FORWARD = 'tcp 10.0.0.1:31245 -> 10.0.0.2:80';
const BACK = 'tcp 10.0.0.2:80 -> 10.0.0.1:31245';
const UDP_FORWARD = 'udp 10.0.0.1:31245 -> 10.0.0.2:80';
const UDP_BACK = 'udp 10.0.0.2:80 -> 10.0.0.1:31245';
const ICMP = 'icmp 10.0.0.1 -> 10.0.0.2';
const OTHER = '253 10.0.0.1 -> 10.0.0.2';
const FORWARD_V6 = 'tcp [fd02::1]:31245 -> [fd02::2]:80';
const BACK_V6 = 'tcp [fd02::1]:80 -> [fd02::2]:31245';
const UDP_FORWARD_V6 = 'udp [fd02::1]:31245 -> [fd02::2]:80';
const UDP_BACK_V6 = 'udp [fd02::1]:80 -> [fd02::2]:31245';
const ICMP_V6 = 'icmpv6 fd02::1 -> fd02::2';
const OTHER_V6 = '253 fd02::1 -> fd02::2';
const EVERY = [FORWARD, BACK, UDP_FORWARD, UDP_BACK, ICMP, OTHER];
const EVERY_V6 = [FORWARD_V6, BACK_V6, UDP_FORWARD_V6, UDP_BACK_V6, ICMP_V6, OTHER_V6];
const without = (packets: readonly string[], ...some: readonly string[]) => packets.filter((packet) => !some.includes(packet));

const CIDRS = ['102.0.0.0/8', '10.0.0.1/32', '11.0.0.1/32'];
const CIDRS_V6 = ['fdee::1/16', 'fde2:0000:1111::1/64', 'fde2:0000:2222::1/80', 'fde2::f/128'];
const IN_V6 = [
  '253 fdee::1 -> fdee::2',
  'icmpv6 fde2:0000:1111::1 -> fdff::2',
  'udp [fde2:0000:2222::1]:1024 -> [fde2::1]:80',
  'tcp [fde2::f]:31245 -> [::2]:80',
];
const OUT_V6 = [
  'tcp [fde0::2]:31245 -> [fd01::2]:80',
  'udp [fde2:0000:1112::1]:80 -> [fd02::2]:31245',
  'icmpv6 fde2:0000:2222:0010::1 -> fd02::2',
  '253 fde2::e -> fd02::2',
];
/** The way back. */
const swapped = (packets: readonly string[]) => packets.map((packet) => packet.replace(/^(\S+) (\S+) -> (\S+)/, '$1 $3 -> $2'));

const ACTIONS: readonly Case[] = [
  { name: 'unreachable tier', rules: [allow(), [rule('Deny')]], allowed: [...EVERY, ...EVERY_V6] },
  { name: 'pass to allow', rules: [[rule('Pass'), rule('Deny')], allow()], allowed: [...EVERY, ...EVERY_V6] },
  { name: 'pass to deny', rules: [[rule('Pass'), rule('Allow')], [rule('Deny')]], dropped: [...EVERY, ...EVERY_V6] },
  { name: 'explicit allow', rules: allow(), allowed: [...EVERY, ...EVERY_V6] },
  { name: 'explicit deny', rules: [rule('Deny')], dropped: [...EVERY, ...EVERY_V6] },
  {
    name: 'different packets match different tiers and rules',
    rules: [
      [rule('Pass', { protocol: 'TCP' }), rule('Allow', { protocol: 'UDP' })],
      [
        rule('Pass', { protocol: 'TCP', destination: { ports: [80] } }),
        rule('Allow', { protocol: 'TCP', destination: { ports: [443] } }),
        rule('Allow', { protocol: 'UDP' }),
      ],
      from({ nets: ['10.0.0.2/32'] }),
    ],
    allowed: ['udp 10.0.0.1:53 -> 10.0.0.2:53', 'tcp 10.0.0.2:1234 -> 10.0.0.1:80', 'tcp 10.0.0.2:1234 -> 10.0.0.1:443'],
    dropped: ['tcp 10.0.0.2:8080 -> 10.0.0.1:31245', ICMP, 'tcp 10.0.0.3:1234 -> 10.0.0.1:80'],
  },
];

const PROTOCOLS: readonly Case[] = [
  { name: 'allow tcp', rules: allow({ protocol: 'TCP' }), allowed: [FORWARD, BACK], dropped: without(EVERY, FORWARD, BACK) },
  {
    name: 'allow tcp-v6',
    rules: allow({ protocol: 'TCP' }),
    allowed: [FORWARD_V6, BACK_V6],
    dropped: without(EVERY_V6, FORWARD_V6, BACK_V6),
  },
  { name: 'allow !tcp', rules: allow({ notProtocol: 'TCP' }), allowed: without(EVERY, FORWARD, BACK), dropped: [FORWARD, BACK] },
  {
    name: 'allow !tcp-v6',
    rules: allow({ notProtocol: 'TCP' }),
    allowed: without(EVERY_V6, FORWARD_V6, BACK_V6),
    dropped: [FORWARD_V6, BACK_V6],
  },
  {
    name: 'allow udp',
    rules: allow({ protocol: 'UDP' }),
    allowed: [UDP_FORWARD, UDP_BACK],
    dropped: without(EVERY, UDP_FORWARD, UDP_BACK),
  },
  {
    name: 'allow udp-v6',
    rules: allow({ protocol: 'UDP' }),
    allowed: [UDP_FORWARD_V6, UDP_BACK_V6],
    dropped: without(EVERY_V6, UDP_FORWARD_V6, UDP_BACK_V6),
  },
  {
    name: 'Protocol match',
    rules: allow({ protocol: 253 }),
    allowed: ['253 11.0.0.2 -> 10.0.0.2'],
    dropped: ['icmp 10.0.0.1 -> 10.0.0.2 10/0', 'udp 123.0.0.1:1024 -> 10.96.0.10:53', '254 11.0.0.2 -> 10.0.0.2'],
  },
  {
    name: 'icmp type 8',
    rules: allow({ protocol: 'ICMP', icmp: { type: 8 } }),
    allowed: ['icmp 10.0.0.1 -> 10.0.0.2 8/0'],
    dropped: ['253 11.0.0.2 -> 10.0.0.2', 'icmp 10.0.0.1 -> 10.0.0.2 10/0'],
  },
  {
    name: 'icmp type 8 and code 3',
    rules: allow({ protocol: 'ICMP', icmp: { type: 8, code: 3 } }),
    allowed: ['icmp 10.0.0.1 -> 10.0.0.2 8/3'],
    dropped: ['icmp 10.0.0.1 -> 10.0.0.2 10/0', 'icmp 10.0.0.1 -> 10.0.0.2 10/3', 'icmp 10.0.0.1 -> 10.0.0.2 8/4'],
  },
  {
    name: 'icmp type not 8',
    rules: allow({ protocol: 'ICMP', notICMP: { type: 8 } }),
    allowed: ['icmp 10.0.0.1 -> 10.0.0.2 10/0'],
    dropped: ['icmp 10.0.0.1 -> 10.0.0.2 8/0'],
  },
  {
    name: 'icmp not type 8 with code 3',
    rules: allow({ protocol: 'ICMP', notICMP: { type: 8, code: 3 } }),
    allowed: ['icmp 10.0.0.1 -> 10.0.0.2 10/0', 'icmp 10.0.0.1 -> 10.0.0.2 8/4', 'icmp 10.0.0.1 -> 10.0.0.2 10/3'],
    dropped: ['icmp 10.0.0.1 -> 10.0.0.2 8/3'],
  },
];

const FAR = ['253 10.0.0.1 -> 123.0.0.2', 'udp 10.0.0.2:12345 -> 123.0.0.1:1024'];
const NETWORKS: readonly Case[] = [
  {
    name: 'from 10.0.0.1/32',
    rules: from({ nets: ['10.0.0.1/32'] }),
    allowed: [OTHER, FORWARD, UDP_FORWARD, ICMP],
    dropped: [BACK, UDP_BACK],
  },
  {
    name: 'from fd02::1/128',
    rules: from({ nets: ['fd02::1/128'] }),
    allowed: EVERY_V6,
    dropped: EVERY_V6.map((packet) => packet.replace('fd02::1', 'fd02::3')),
  },
  {
    name: 'from 10.0.0.0/8',
    rules: from({ nets: ['10.0.0.0/8'] }),
    allowed: EVERY,
    dropped: ['253 11.0.0.1 -> 10.0.0.2', 'icmp 11.0.0.1 -> 10.0.0.2'],
  },
  {
    name: 'from fde2::1/16',
    rules: from({ nets: ['fde2::1/16'] }),
    allowed: ['tcp [fde2::1]:31245 -> [fde2::2]:80', 'icmpv6 fde2::1 -> fde2::2', '253 fde2::1 -> fde2::2'],
    dropped: ['tcp [fde1::3]:31245 -> [fde2::2]:80', 'icmpv6 fde1::3 -> fde2::2', '253 fde1::3 -> fde2::2'],
  },
  { name: 'from CIDRs', rules: from({ nets: CIDRS }), allowed: [OTHER, 'icmp 11.0.0.1 -> 10.0.0.2', UDP_FORWARD], dropped: [BACK] },
  { name: 'from CIDRs-v6', rules: from({ nets: CIDRS_V6 }), allowed: IN_V6, dropped: OUT_V6 },
  { name: 'from !CIDRs', rules: from({ notNets: CIDRS }), allowed: [BACK], dropped: [OTHER, 'icmp 11.0.0.1 -> 10.0.0.2', UDP_FORWARD] },
  { name: 'from !CIDRs-v6', rules: from({ notNets: CIDRS_V6 }), allowed: OUT_V6, dropped: IN_V6 },
  { name: 'to CIDRs', rules: to({ nets: CIDRS }), allowed: ['253 10.0.0.2 -> 10.0.0.1', BACK], dropped: [OTHER, ...FAR] },
  { name: 'to CIDRs-v6', rules: to({ nets: CIDRS_V6 }), allowed: swapped(IN_V6), dropped: swapped(OUT_V6) },
  { name: 'to !CIDRs', rules: to({ notNets: CIDRS }), allowed: FAR, dropped: ['253 10.0.0.2 -> 10.0.0.1', BACK] },
  { name: 'to !CIDRs-v6', rules: to({ notNets: CIDRS_V6 }), allowed: swapped(OUT_V6), dropped: swapped(IN_V6) },
  {
    name: 'from !10.0.0.0/8',
    rules: from({ notNets: ['10.0.0.0/8'] }),
    allowed: ['253 11.0.0.2 -> 10.0.0.1', 'icmp 11.0.0.1 -> 10.0.0.2'],
    dropped: EVERY,
  },
  {
    name: 'to 10.0.0.1/32',
    rules: to({ nets: ['10.0.0.1/32'] }),
    allowed: [BACK, UDP_BACK],
    dropped: [OTHER, FORWARD, UDP_FORWARD, ICMP, ...FAR],
  },
  { name: 'to 10.0.0.0/8', rules: to({ nets: ['10.0.0.0/8'] }), allowed: [...EVERY, 'icmp 11.0.0.1 -> 10.0.0.2'], dropped: FAR },
  { name: 'to !10.0.0.0/8', rules: to({ notNets: ['10.0.0.0/8'] }), allowed: FAR, dropped: EVERY },
  {
    name: 'to 0.0.0.0/0',
    rules: to({ nets: ['0.0.0.0/0'] }),
    allowed: ['253 192.168.0.1 -> 123.0.0.2', FORWARD, 'udp 1.1.1.1:31245 -> 2.2.2.2:80', 'icmp 172.16.1.1 -> 172.17.2.2'],
    dropped: EVERY_V6,
  },
  {
    name: 'to !0.0.0.0/0',
    rules: to({ notNets: ['0.0.0.0/0'] }),
    dropped: ['253 192.168.0.1 -> 123.0.0.2', FORWARD, 'udp 1.1.1.1:31245 -> 2.2.2.2:80', 'icmp 172.16.1.1 -> 172.17.2.2'],
  },
  {
    name: 'from !fde2::1:0/112',
    rules: from({ notNets: ['fde2::1:0/112'] }),
    allowed: ['253 2::1 -> ::2', 'tcp [fd02::2:1]:31245 -> [fd02::2]:80', '253 fde2::2:1 -> fd02::2'],
    dropped: ['tcp [fde2::1:1]:31245 -> [fd02::2]:80', '253 fde2::1:1 -> fd02::2'],
  },
  {
    name: 'to fd00::/64',
    rules: to({ nets: ['fd00::/64'] }),
    allowed: ['tcp [fc02::2:1]:31245 -> [fd00::1]:80', 'icmpv6 fde2::1 -> fd00::ffff:1', '253 fde2::2:1 -> fd00:0:0:0:f::1:2'],
    dropped: ['tcp [fde2::1:1]:31245 -> [fd00:0:0:1:f::1:2]:80', '253 fde2::1:1 -> fd01::2'],
  },
  {
    name: 'to !fd00::/16',
    rules: to({ notNets: ['fd00::/16'] }),
    allowed: ['tcp [fde2::1:1]:31245 -> [fd10::1:2]:80', '253 fde2::1:1 -> fd01::2'],
    dropped: ['tcp [fc02::2:1]:31245 -> [fd00::1]:80', 'icmpv6 fde2::1 -> fd00::ffff:1', '253 fde2::2:1 -> fd00:0:0:0:f::1:2'],
  },
  { name: 'to ::/0', rules: to({ nets: ['::/0'] }), allowed: EVERY_V6, dropped: EVERY },
  { name: 'to !::/0', rules: to({ notNets: ['::/0'] }), dropped: EVERY_V6 },
];

const at = (port: number) => `tcp 10.0.0.1:31245 -> 10.0.0.2:${port}`;
const of = (port: number) => `tcp 10.0.0.2:${port} -> 10.0.0.1:31245`;
const PORTLESS = ['253 10.0.0.2 -> 10.0.0.1', ICMP];
const PORTS: readonly Case[] = [
  {
    name: 'from tcp:80',
    rules: from({ ports: [80] }, 'TCP'),
    allowed: [BACK, BACK_V6],
    dropped: [FORWARD, UDP_BACK, UDP_FORWARD, ...PORTLESS, FORWARD_V6, OTHER_V6],
  },
  {
    name: 'from tcp:80-81',
    rules: from({ ports: ['80:81'] }, 'TCP'),
    allowed: [of(80), of(81)],
    dropped: [of(79), of(82), FORWARD, UDP_BACK, ...PORTLESS],
  },
  {
    name: 'from tcp:1-80',
    rules: from({ ports: ['1:80'] }, 'TCP'),
    allowed: [of(1), of(30), of(80)],
    dropped: [of(81), UDP_BACK, ...PORTLESS],
  },
  {
    name: 'to tcp:80-65535',
    rules: to({ ports: ['80:65535'] }, 'TCP'),
    allowed: [at(80), at(65_535)],
    dropped: [at(79), UDP_FORWARD, ...PORTLESS],
  },
  {
    name: 'to tcp:ranges',
    rules: to({ ports: ['80:81', 90] }, 'TCP'),
    allowed: [at(80), at(81), at(90)],
    dropped: [at(79), at(82), at(89), at(91), UDP_FORWARD, ...PORTLESS],
  },
  {
    name: 'to tcp:!ranges',
    rules: to({ notPorts: ['80:81', 90] }, 'TCP'),
    allowed: [at(79), at(82), at(89), at(91)],
    dropped: [at(80), at(81), at(90), UDP_FORWARD, ...PORTLESS],
  },
  {
    name: 'from tcp:!80',
    rules: from({ notPorts: [80] }, 'TCP'),
    allowed: [FORWARD, FORWARD_V6],
    dropped: [BACK, UDP_BACK, UDP_FORWARD, ...PORTLESS, BACK_V6],
  },
  {
    name: 'to tcp:80',
    rules: to({ ports: [80] }, 'TCP'),
    allowed: [FORWARD, FORWARD_V6],
    dropped: [BACK, UDP_BACK, UDP_FORWARD, ...PORTLESS, BACK_V6],
  },
  { name: 'to tcp:65535', rules: to({ ports: [65_535] }, 'TCP'), allowed: [at(65_535)], dropped: [BACK, ...PORTLESS] },
  {
    name: 'to tcp:!80',
    rules: to({ notPorts: [80] }, 'TCP'),
    allowed: [BACK, BACK_V6],
    dropped: [FORWARD, UDP_BACK, UDP_FORWARD, ...PORTLESS, FORWARD_V6],
  },
];

const SET_A = { selector: 'set == "a"' };
const NOT_A = { notSelector: 'set == "a"' };
const NAMED = { '10.0.0.2': 'http=80', '123.0.0.1': 'http=1024/UDP' };
const named = (side: 'source' | 'destination', ...ports: readonly (number | string)[]): readonly JsonObject[] => [
  ...allow({ protocol: 'TCP', [side]: { ports: ['http', ...ports] } }),
  ...allow({ protocol: 'UDP', [side]: { ports: ['http', ...ports] } }),
];
const NOT_NAMED = [
  '253 11.0.0.2 -> 10.0.0.2',
  'tcp 11.0.0.1:12345 -> 10.0.0.2:8080',
  UDP_FORWARD,
  BACK,
  'tcp 10.0.0.2:31245 -> 10.0.0.1:80',
];
const SETS: readonly Case[] = [
  { name: 'from empty IP set', rules: from(SET_A, 'TCP'), dropped: EVERY },
  { name: 'from !empty IP set', rules: from(NOT_A, 'TCP'), allowed: [FORWARD, BACK], dropped: without(EVERY, FORWARD, BACK) },
  {
    name: 'from IP set',
    rules: from(SET_A),
    set: ['10.0.0.0/8'],
    allowed: [...EVERY, 'udp 10.0.0.2:12345 -> 123.0.0.1:1024'],
    dropped: ['253 11.0.0.2 -> 10.0.0.1', 'tcp 11.0.0.1:12345 -> 10.0.0.2:8080'],
  },
  {
    name: 'from IP set-v6',
    rules: from(SET_A),
    set: ['10::0/16'],
    allowed: ['253 10::2 -> 10::1', 'tcp [10::2]:80 -> [10::1]:31245', 'udp [10::2]:12345 -> [123::1]:1024'],
    dropped: ['253 11::2 -> 10::1', 'tcp [11::1]:12345 -> [10::2]:8080'],
  },
  {
    name: 'to IP set',
    rules: to(SET_A),
    set: ['11.0.0.0/8', '123.0.0.1/32'],
    allowed: ['253 11.0.0.2 -> 11.0.0.1', 'udp 10.0.0.2:12345 -> 123.0.0.1:1024'],
    dropped: ['253 11.0.0.2 -> 10.0.0.1', 'tcp 11.0.0.1:12345 -> 10.0.0.2:8080', UDP_FORWARD],
  },
  {
    name: 'to IP set-v6',
    rules: to(SET_A),
    set: ['11::0/16', '123::1/128'],
    allowed: ['253 11::2 -> 11::1', 'udp [10::2]:12345 -> [123::1]:1024'],
    dropped: ['253 11::2 -> 10::1', 'tcp [11::1]:12345 -> [10::2]:8080', 'udp [10::1]:31245 -> [10::2]:80'],
  },
  {
    name: 'from !IP set',
    rules: from(NOT_A),
    set: ['10.0.0.0/8'],
    allowed: ['253 11.0.0.2 -> 10.0.0.1', 'tcp 11.0.0.1:12345 -> 10.0.0.2:8080'],
    dropped: [...EVERY, 'udp 10.0.0.2:12345 -> 123.0.0.1:1024'],
  },
  {
    name: 'to !IP set',
    rules: to(NOT_A),
    set: ['11.0.0.0/8', '123.0.0.1/32'],
    allowed: ['253 11.0.0.2 -> 10.0.0.1', 'tcp 11.0.0.1:12345 -> 10.0.0.2:8080', UDP_FORWARD],
    dropped: ['253 11.0.0.2 -> 11.0.0.1', 'udp 10.0.0.2:12345 -> 123.0.0.1:1024'],
  },
  {
    name: 'to named port',
    rules: named('destination'),
    ports: NAMED,
    allowed: ['udp 10.0.0.2:12345 -> 123.0.0.1:1024', FORWARD],
    dropped: NOT_NAMED,
  },
  {
    name: 'to mixed ports',
    rules: named('destination', '81:82', 90),
    ports: NAMED,
    allowed: ['udp 10.0.0.2:12345 -> 123.0.0.1:1024', FORWARD, at(90), at(82)],
    dropped: NOT_NAMED,
  },
  {
    name: 'from named port',
    rules: named('source'),
    ports: NAMED,
    allowed: swapped(['udp 10.0.0.2:12345 -> 123.0.0.1:1024', FORWARD]),
    dropped: swapped(NOT_NAMED),
  },
];

/**
 * projectcalico/calico `felix/bpf/ut/pol_prog_test.go`, polProgramTests and TestPolicyProgramsFlowLog: the packets that a compiled policy lets through and drops.
 * Addresses `ff…` (multicast, of no pod) are `fd…` here, their ICMP is ICMPv6; sets of addresses and of named ports are written as what
 * Felix makes them from, and port 0 of a range, which the API refuses (`validatePort`), is 1. Profiles, of which
 * "no tiers" and "pass to nowhere" tell, and policies of hosts are in calico-policies.spec.ts and calico-host-endpoints.spec.ts.
 */
describe.each([
  ['actions and flow control', ACTIONS],
  ['protocols', PROTOCOLS],
  ['networks', NETWORKS],
  ['ports', PORTS],
  ['sets and named ports', SETS],
] as const)('compiled policies of Calico: %s', (_, cases) => {
  it.each(cases.map((one) => [one.name, one] as const))('%s', (__, one) => {
    const { allowed = [], dropped = [], ports = {} } = one;
    const objects = objectsOf(one);
    expect([...allowed, ...dropped].filter((packet) => arrives(packetOf(packet), objects, ports))).toEqual(allowed);
  });
});
