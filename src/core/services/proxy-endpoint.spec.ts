import { describe, expect, it } from 'vitest';
import { modelOf } from '../../../test/support/model.js';
import { serviceCluster } from '../../../test/support/service-cluster.js';
import { parseIp } from '../net/ip.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';
import { packetVerdict } from './packet-verdict.js';
import { proxyEndpoints } from './proxy-endpoint.js';

const SERVICE = 'node host1 192.168.0.1 ; node host2 192.168.0.2 ; service svc1 172.30.0.41 port-0:80>80 port-1:443>443';

interface SliceWords {
  readonly ports?: readonly Record<string, string | number>[];
  readonly namespace?: string;
  readonly service?: string;
}

/** A slice of endpoints `1@host1 2!unready 3!draining`: the last octet of the address, the node, the state. */
function slice(
  name: string,
  endpoints: string,
  { ports = [{ name: 'port-0', port: 80, protocol: 'TCP' }], namespace = 't', service = 'svc1' }: SliceWords = {},
): KubernetesObject {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { namespace, name, labels: { 'kubernetes.io/service-name': service } },
    addressType: 'IPv4',
    ports: [...ports],
    endpoints: endpoints.split(' ').map((text) => {
      const [, octet = '', nodeName, state] = /^(\d+)(?:@(\w+))?(?:!(\w+))?$/.exec(text) ?? [];
      const conditions = {
        ready: state === undefined,
        serving: state !== 'unready',
        terminating: state === 'draining',
      };
      return { addresses: [`10.0.1.${octet}`], conditions, ...(nodeName === undefined ? {} : { nodeName }) };
    }),
  };
}

/** `1:80@host1`, with `!` before what is not ready. */
function endpointsOf(slices: readonly KubernetesObject[], portName = 'port-0'): string {
  const model = modelOf([...serviceCluster(SERVICE), ...slices]);
  const service = model.services.get('t/svc1')!;
  const port = service.resource.ports.find(({ name }) => name === portName)!;
  return proxyEndpoints(service, port, 4, 'host1')
    .map(({ address, nodeName, ready, serving, terminating }) => {
      const state = ready ? '' : terminating ? (serving ? '!draining' : '!gone') : '!unready';
      return `${address.slice('10.0.1.'.length)}${nodeName === undefined ? '' : `@${nodeName}`}${state}`;
    })
    .sort()
    .join(' ');
}

/** kubernetes `pkg/proxy/endpointslicecache_test.go` TestEndpointsMapFromESC; `endpointslicecache.go` addEndpoints for an address on two nodes. */
describe('the endpoints of a service port', () => {
  const two = [
    { name: 'port-0', port: 80, protocol: 'TCP' },
    { name: 'port-1', port: 443, protocol: 'TCP' },
  ];
  it.each<[what: string, slices: readonly KubernetesObject[], expected: string, port?: string]>([
    ['one slice, its first port', [slice('a', '1@host2 2@host1', { ports: two })], '1:80@host2 2:80@host1'],
    ['one slice, its second port', [slice('a', '1@host2 2@host1', { ports: two })], '1:443@host2 2:443@host1', 'port-1'],
    ['two slices', [slice('a', '1 2'), slice('b', '3')], '1:80 2:80 3:80'],
    ['slices that overlap are one set', [slice('a', '1 2'), slice('b', '2 3')], '1:80 2:80 3:80'],
    [
      'an address on two nodes is that of the node itself',
      [slice('a', '1@host2 1@host1'), slice('b', '2@host1'), slice('c', '2@host2')],
      '1:80@host1 2:80@host1',
    ],
    ['terminating in both', [slice('a', '1!draining 2!unready'), slice('b', '1!draining 2!unready')], '1:80!draining 2:80!unready'],
    [
      'of other services and namespaces',
      [slice('a', '1'), slice('b', '2', { service: 'svc2' }), slice('a', '3', { namespace: 'other' })],
      '1:80',
    ],
    ['a port without a number is none', [slice('a', '1', { ports: [{ name: 'port-0', protocol: 'TCP' }] })], ''],
    [
      'one address with two numbers is two endpoints',
      [slice('a', '1 2'), slice('b', '1 2', { ports: [{ name: 'port-0', port: 8080, protocol: 'TCP' }] })],
      '1:80 1:8080 2:80 2:8080',
    ],
  ])('%s', (_, slices, expected, port) => {
    expect(endpointsOf(slices, port)).toBe(expected);
  });
});

/** kubernetes `pkg/proxy/util/nodeport_addresses_test.go`: a family that no range is of has all its addresses. */
describe('--nodeport-addresses', () => {
  const rules = `node n 10.20.30.51 100.200.201.1 2001:db8::1 2001:db8:9::1
    service web 172.30.0.41 fd00::41 :80>80@30080 type=NodePort ipFamilyPolicy=RequireDualStack ; endpoints web 10.0.1.1@n fd00:10::1@n`;
  const verdict = (to: string, nodePortAddresses: readonly string[], from: string, mode: string) => {
    const profile = { podCIDRs: ['10.0.0.0/8'], proxy: { mode, nodePortAddresses, localhostNodePorts: true } as never };
    const model = modelOf(serviceCluster(rules), profile);
    const packet = {
      node: model.nodes.get('n')!,
      source: { ip: parseIp(from)! },
      destination: parseIp(to)!,
      port: 30080,
      protocol: 'TCP' as never,
    };
    return packetVerdict(model, packet).verdict;
  };
  it.each<[ranges: string, to: string, expected: string]>([
    ['10.20.30.0/24', '10.20.30.51', 'DNAT'],
    ['10.20.30.0/24', '100.200.201.1', 'NONE'],
    ['10.20.30.0/24', '2001:db8::1', 'DNAT'],
    ['0.0.0.0/0', '100.200.201.1', 'DNAT'],
    ['2001:db8::/64 ::1/128', '2001:db8::1', 'DNAT'],
    ['2001:db8::/64 ::1/128', '2001:db8:9::1', 'NONE'],
    ['2001:db8::/64 ::1/128', '10.20.30.51', 'DNAT'],
    ['::/0', '2001:db8:9::1', 'DNAT'],
    ['127.0.0.1/32', '10.20.30.51', 'NONE'],
    ['1.2.3.0/24 0.0.0.0/0', '10.20.30.51', 'DNAT'],
    ['::/0 10.20.30.0/24 2001:db8::1/128', '2001:db8:9::1', 'DNAT'],
    ['::/0 10.20.30.0/24 2001:db8::1/128', '100.200.201.1', 'NONE'],
  ])('%s: %s → %s, in every mode', (ranges, to, expected) => {
    const from = to.includes(':') ? '2600:5200::1' : '203.0.113.2';
    expect(['iptables', 'nftables'].map((mode) => verdict(to, ranges.split(' '), from, mode))).toEqual([expected, expected]);
  });

  const others = '224.0.0.0/24 192.168.0.0/16 fd00:1:d::/64';
  it.each<[ranges: string, expected: string]>([
    [`${others} 0.0.0.0/0`, 'DNAT'],
    [`${others} ::/0`, 'NONE'],
    [`${others} 127.0.0.0/8`, 'DNAT'],
    [`${others} ::1/128`, 'NONE'],
    [`${others} 64.0.0.0/2`, 'DNAT'],
    [`128.0.2.0/28 ${others}`, 'NONE'],
  ])('%s: 127.0.0.1 → %s', (ranges, expected) => {
    expect(verdict('127.0.0.1', ranges.split(' '), '127.0.0.1', 'iptables')).toBe(expected);
  });
});
