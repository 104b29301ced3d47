import { describe, expect, it } from 'vitest';
import { modelOf } from '../../../test/support/model.js';
import { serviceCluster } from '../../../test/support/service-cluster.js';
import { finished } from '../../core/kernel/steps.js';
import { proxyCompareQuestion } from './proxy-compare.js';

const NODES = 'node a 192.168.0.1 192.168.9.1 ; node b 192.168.0.2 ; pod client 10.244.1.9@a';
const PORT = 'http:80>8080@30080';
const ENDS = 'endpoints web 10.244.1.5@a 10.244.2.5@b';
const WEB = `service web 10.96.0.10 ${PORT} type=LoadBalancer lb=203.0.113.5 ; ${ENDS}`;
const PROFILE = { podCIDRs: ['10.244.0.0/16'], serviceCIDRs: ['10.96.0.0/12'] };

function compare(input: Readonly<Record<string, unknown>>, proxy: Record<string, string> = { mode: 'iptables' }) {
  const model = modelOf(serviceCluster(`${NODES};${WEB}`), { ...PROFILE, proxy });
  const context = { cluster: 'prod', revision: 1, model, allocations: undefined as never };
  const asked = finished(proxyCompareQuestion.steps!(context, proxyCompareQuestion.input.parse(input)));
  if (!asked.ok) throw new Error(asked.error.message);
  return asked.value.answer;
}

/** `nftables REJECT verdict`: what is unlike the cluster's own, by aspect. */
function unlike(input: Readonly<Record<string, unknown>>, proxy?: Record<string, string>): readonly string[] {
  const { proxies } = compare(input, proxy).result;
  return proxies
    .filter(({ differences }) => differences.length > 0)
    .map(({ proxy: name, verdict, differences }) => `${name} ${verdict} ${differences.map(({ aspect }) => aspect).join(',')}`);
}

const CLIENT = 'pod/t/client';
const OUTSIDE = 'ip/198.51.100.7';

describe('service proxies differ', () => {
  it.each([
    ['in nothing, for a cluster IP and its port', { to: 'svc/t/web', from: CLIENT }, []],
    // KEP-3866; kubernetes pkg/proxy/ipvs/proxier.go, chain KUBE-IPVS-FILTER
    ['in other ports of a cluster IP', { to: '10.96.0.10:81', from: CLIENT }, ['nftables REJECT verdict', 'ipvs REJECT verdict']],
    // KEP-3866: unallocated addresses of the service range
    ['in addresses that no service has', { to: '10.96.7.7:80', from: CLIENT }, ['nftables DROP verdict']],
    // KEP-3866, "nodePortAddresses"
    [
      'in secondary addresses of a node',
      { to: '192.168.9.1:30080', from: OUTSIDE },
      ['nftables NONE verdict', 'cilium DNAT source', 'calico DNAT source'],
    ],
    // KEP-3866; cilium kubeproxy-free.rst; localhost node ports are of iptables mode alone
    [
      'in node ports on localhost',
      { to: '127.0.0.1:30080', from: 'node/a' },
      ['nftables NONE verdict', 'ipvs NONE verdict', 'cilium DNAT source', 'calico NONE verdict'],
    ],
    // cilium kubeproxy-free.rst, SNAT by default; docs.tigera.io, eBPF dataplane: the client's address is kept
    ['in the address that is seen', { to: 'svc/t/web', from: OUTSIDE }, ['cilium DNAT source', 'calico DNAT source']],
    // cilium kubeproxy-free.rst, bpf.lbExternalClusterIP
    ['in cluster IPs for senders outside', { to: '10.96.0.10:80', from: OUTSIDE }, ['cilium DROP verdict', 'calico DNAT source']],
  ])('%s', (_, input, expected) => expect(unlike(input)).toEqual(expected));

  it('from the proxy of the cluster, which is the first', () => {
    const { result, verdict } = compare({ to: '10.96.0.10:81', from: CLIENT }, { mode: 'nftables' });
    expect([verdict, ...result.proxies.map(({ proxy, verdict: own }) => `${proxy} ${own}`)]).toEqual([
      'DIFFERENT',
      'nftables REJECT',
      'iptables NONE',
      'ipvs REJECT',
      'cilium NONE',
      'calico NONE',
    ]);
  });

  it('where a proxy masquerades across nodes alone, both addresses are seen', () => {
    const { proxies } = compare({ to: 'svc/t/web', from: OUTSIDE }).result;
    expect(proxies.map(({ proxy, source }) => `${proxy} ${source}`)).toEqual([
      'iptables node',
      'nftables node',
      'ipvs node',
      'cilium both',
      'calico sender',
    ]);
  });

  it('in words', () => {
    const { summary } = compare({ to: '10.96.0.10:81', from: CLIENT });
    expect(summary).toContain('; cilium and calico answer as iptables does; ');
    expect(summary).toContain('nftables: REJECT instead of NONE: 10.96.0.10 is the cluster IP of `t/web`, which has no port 81/TCP');
  });

  it('not in services that no proxy has a rule for', () => {
    const model = modelOf(serviceCluster('service db None pg:5432>5432 ; endpoints db 10.244.1.5@a'), PROFILE);
    const context = { cluster: 'prod', revision: 1, model, allocations: undefined as never };
    const asked = finished(proxyCompareQuestion.steps!(context, proxyCompareQuestion.input.parse({ to: 'svc/t/db' })));
    expect(asked).toMatchObject({ ok: true, value: { answer: { verdict: 'ALIKE' } } });
  });
});
