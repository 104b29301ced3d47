import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { formatCidr } from '../net/cidr.js';
import { formatIp } from '../net/ip.js';
import { modelOf, objectsBelow } from '../../../test/support/model.js';
import type { NetworkProfile } from './network-profile.js';

/** What product.md, "The demo fleet", says of each cluster, with the figures of its manifests. */
const FLEET: readonly [cluster: string, expected: object][] = [
  [
    'harbor',
    {
      cni: ['calico', 'vxlan', 'CrossSubnet'],
      proxy: 'iptables',
      dns: ['coredns', 'insecure', '10.96.0.10'],
      families: [4],
      pods: ['10.244.0.0/16'],
      services: ['10.96.0.0/12'],
      domain: 'cluster.local',
      enforcement: 'on',
      controllers: ['nginx by ingress-nginx'],
    },
  ],
  [
    'fjord',
    {
      cni: ['cilium', 'native', ''],
      proxy: 'ebpf',
      dns: ['coredns', 'insecure', '10.96.0.10'],
      families: [4, 6],
      pods: ['10.8.0.0/16', 'fd08::/48'],
      services: ['10.96.0.0/12', 'fd97::/112'],
      domain: 'cluster.local',
      enforcement: 'on',
      controllers: [],
    },
  ],
  [
    'atoll',
    {
      cni: ['flannel', 'vxlan', ''],
      proxy: 'ipvs',
      dns: ['coredns', 'insecure', '10.96.0.10'],
      families: [4],
      pods: ['10.244.0.0/16'],
      services: ['10.96.0.0/12'],
      domain: 'cluster.local',
      enforcement: 'none',
      controllers: ['traefik by traefik'],
    },
  ],
  [
    'heritage',
    {
      cni: ['weave', 'fastdp', ''],
      proxy: 'iptables',
      dns: ['kube-dns', 'insecure', '10.96.0.10'],
      families: [4],
      pods: ['10.32.0.0/12'],
      services: ['10.96.0.0/12'],
      domain: 'cluster.local',
      enforcement: 'on',
      controllers: [],
    },
  ],
];

describe('the profile of each demo cluster', () => {
  it.each(FLEET)('%s', async (cluster, expected) => {
    const model = modelOf(await objectsBelow(join('demo', cluster)));
    expect(tell(model.profile)).toEqual(expected);
  });

  it('knows where it stands: harbor’s ranges and DNS are read, not assumed', async () => {
    const { profileSources } = modelOf(await objectsBelow(join('demo', 'harbor')));
    const told = (field: string) => {
      const { provenance, object, pointer } = profileSources.get(field) ?? {};
      return `${provenance} ${object?.kind} ${object?.name} ${pointer}`;
    };
    expect(told('podCIDRs')).toBe('observed IPPool default-ipv4-ippool /spec/cidr');
    expect(told('serviceCIDRs')).toBe('observed ConfigMap kubeadm-config /data/ClusterConfiguration');
    expect(told('dns.ttl')).toBe('observed ConfigMap coredns /data/Corefile');
    expect(told('proxy.mode')).toBe('observed ConfigMap kube-proxy /data/config.conf');
    expect(told('dns.clusterDNS')).toBe('observed Service kube-dns /spec/clusterIPs');
  });
});

function tell({ cni, proxy, dns, policy, ingress, ...profile }: NetworkProfile): object {
  return {
    cni: [cni.plugin, cni.mode, cni.crossSubnet ? 'CrossSubnet' : ''],
    proxy: proxy.mode,
    dns: [dns.server, dns.pods, dns.clusterDNS.map(formatIp).join()],
    families: profile.ipFamilies,
    pods: profile.podCIDRs.map(formatCidr),
    services: profile.serviceCIDRs.map(formatCidr),
    domain: profile.clusterDomain,
    enforcement: policy.enforcement,
    controllers: ingress.controllers.map((one) => `${one.class} by ${one.dialect}`),
  };
}
