import { describe, expect, it } from 'vitest';
import type { DnsPolicy } from '../resources/pod.js';
import { parseResolvConf } from './parse-resolv-conf.js';
import { dnsTypeOf, type KubeletDns, type PodDns, podResolver } from './pod-resolver.js';

const HOST = { nameservers: ['192.0.2.53'], searches: ['corp.example'], options: ['timeout:2'] };
const KUBELET: KubeletDns = { clusterDNS: ['10.96.0.10'], clusterDomain: 'cluster.local', host: HOST, nodeFamilies: [4] };
const POD: PodDns = { namespace: 'shop', dnsPolicy: 'ClusterFirst', hostNetwork: false, dnsConfig: undefined };
const CLUSTER_SEARCHES = 'shop.svc.cluster.local svc.cluster.local cluster.local';

/** `nameservers | searches | options`. */
function file(kubelet: Partial<KubeletDns>, pod: Partial<PodDns>): string {
  const { nameservers, searches, options } = podResolver({ ...KUBELET, ...kubelet }, { ...POD, ...pod });
  return [nameservers, searches, options].map((values) => values.join(' ')).join(' | ');
}

/** kubernetes `pkg/kubelet/network/dns/dns.go` getPodDNSType. */
it.each<[DnsPolicy, boolean, string]>([
  ['ClusterFirst', false, 'cluster'],
  ['ClusterFirst', true, 'host'],
  ['ClusterFirstWithHostNet', false, 'cluster'],
  ['ClusterFirstWithHostNet', true, 'cluster'],
  ['Default', false, 'host'],
  ['Default', true, 'host'],
  ['None', false, 'none'],
  ['None', true, 'none'],
])('dnsPolicy %s with hostNetwork %s starts from %s', (policy, hostNetwork, expected) => {
  expect(dnsTypeOf(policy, hostNetwork)).toBe(expected);
});

/** The same file, GetPodDNS. */
describe('the resolv.conf of a pod', () => {
  it.each<[what: string, kubelet: Partial<KubeletDns>, pod: Partial<PodDns>, expected: string]>([
    ['of the cluster', {}, {}, `10.96.0.10 | ${CLUSTER_SEARCHES} corp.example | ndots:5`],
    ['of the cluster, on the host network', {}, { hostNetwork: true }, '192.0.2.53 | corp.example | timeout:2'],
    ['of the node', {}, { dnsPolicy: 'Default' }, '192.0.2.53 | corp.example | timeout:2'],
    ['of nobody', {}, { dnsPolicy: 'None' }, ' |  | '],
    ['without a cluster domain', { clusterDomain: '' }, {}, '10.96.0.10 | corp.example | ndots:5'],
    ['without a cluster DNS server', { clusterDNS: [] }, {}, '192.0.2.53 | corp.example | timeout:2'],
    ['without a host file', { host: 'unset' }, {}, `10.96.0.10 | ${CLUSTER_SEARCHES} | ndots:5`],
    ['of a node without a file', { host: 'unset', nodeFamilies: [6] }, { dnsPolicy: 'Default' }, '::1 | . | '],
    ['two servers', { clusterDNS: ['10.96.0.10', 'fd00:96::a'] }, {}, `10.96.0.10 fd00:96::a | ${CLUSTER_SEARCHES} corp.example | ndots:5`],
    [
      'with dnsConfig',
      {},
      {
        dnsConfig: {
          nameservers: ['198.51.100.1', '10.96.0.10'],
          searches: ['corp.example', 'my.example'],
          options: [
            { name: 'ndots', value: '2' },
            { name: 'edns0', value: undefined },
          ],
        },
      },
      `10.96.0.10 198.51.100.1 | ${CLUSTER_SEARCHES} corp.example my.example | ndots:2 edns0`,
    ],
    [
      'of dnsConfig alone',
      {},
      { dnsPolicy: 'None', dnsConfig: { nameservers: ['198.51.100.1'], searches: ['my.example'], options: [] } },
      '198.51.100.1 | my.example | ',
    ],
  ])('%s', (_, kubelet, pod, expected) => {
    expect(file(kubelet, pod)).toBe(expected);
  });

  it('says why each line is there', () => {
    const dnsConfig = { nameservers: ['198.51.100.1'], searches: [], options: [] };
    const { lines } = podResolver(KUBELET, { ...POD, dnsConfig });
    expect(lines.map(({ keyword, value, reason }) => `${keyword} ${value} ${reason}`)).toEqual([
      'nameserver 10.96.0.10 CLUSTER_DNS',
      'search shop.svc.cluster.local CLUSTER_SEARCH',
      'search svc.cluster.local CLUSTER_SEARCH',
      'search cluster.local CLUSTER_SEARCH',
      'search corp.example HOST_RESOLV_CONF',
      'options ndots:5 CLUSTER_NDOTS',
      'nameserver 198.51.100.1 DNS_CONFIG',
    ]);
  });
});

/** Limits since Kubernetes 1.28 (`pkg/apis/core/validation`): 3 nameservers, 32 searches of 253 characters, 2048 together. */
describe('limits', () => {
  const notes = (kubelet: Partial<KubeletDns>, pod: Partial<PodDns>) =>
    podResolver({ ...KUBELET, ...kubelet }, { ...POD, ...pod }).notes.map(({ code }) => code);
  const config = (nameservers: string[], searches: string[]) => ({
    dnsPolicy: 'None' as const,
    dnsConfig: { nameservers, searches, options: [] },
  });
  const names = (count: number, length: number) => Array.from({ length: count }, (_, index) => String(index).padStart(length, 'x'));

  it.each([
    [config(['192.0.2.1', '192.0.2.2', '192.0.2.3'], []), 3, 0, []],
    [config(['192.0.2.1', '192.0.2.2', '192.0.2.3', '192.0.2.4'], []), 3, 0, ['DNS_CONFIG_FORMING']],
    [config([], names(32, 4)), 0, 32, []],
    [config([], names(33, 4)), 0, 32, ['DNS_CONFIG_FORMING']],
    [config([], names(1, 253)), 0, 1, []],
    [config([], names(1, 254)), 0, 0, ['DNS_CONFIG_FORMING']],
    [config([], names(8, 253)), 0, 8, []],
    [config([], names(9, 253)), 0, 8, ['DNS_CONFIG_FORMING']],
  ])('%o', (pod, nameservers, searches, expected) => {
    const resolver = podResolver(KUBELET, { ...POD, ...pod });
    expect([resolver.nameservers.length, resolver.searches.length]).toEqual([nameservers, searches]);
    expect(notes({}, pod)).toEqual(expected);
  });

  it('tells what is not known', () => {
    expect(notes({ clusterDNS: [] }, {})).toEqual(['MISSING_CLUSTER_DNS']);
    expect(notes({ host: 'unknown' }, { dnsPolicy: 'Default' })).toEqual(['HOST_RESOLV_CONF_UNKNOWN']);
    expect(notes({ host: 'unknown' }, {})).toEqual([]);
  });
});

/** kubernetes `pkg/kubelet/network/dns/dns.go` parseResolvConf. */
describe('parseResolvConf', () => {
  it.each([
    ['nameserver 1.2.3.4\nnameserver 5.6.7.8', '1.2.3.4 5.6.7.8 |  | '],
    ['search a.example.\nsearch b.example c.example.', ' | b.example c.example | '],
    ['search .', ' |  | '],
    ['options ndots:2 edns0\noptions ndots:3', ' |  | ndots:3 edns0'],
    ['# nameserver 1.2.3.4\n  nameserver 5.6.7.8 # mine', '5.6.7.8 |  | '],
    ['sortlist 1.2.3.4\n\n', ' |  | '],
  ])('reads %j', (text, expected) => {
    const parsed = parseResolvConf(text);
    const shown = parsed.ok ? [parsed.value.nameservers, parsed.value.searches, parsed.value.options] : [];
    expect(shown.map((values) => values.join(' ')).join(' | ')).toBe(expected);
  });

  it('refuses a nameserver without an address', () => {
    expect(parseResolvConf('nameserver').ok).toBe(false);
  });
});
