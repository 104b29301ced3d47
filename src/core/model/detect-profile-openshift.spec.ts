import { describe, expect, it } from 'vitest';
import { modelOf } from '../../../test/support/model.js';
import { formatCidr } from '../net/cidr.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';
import type { NetworkProfile } from './network-profile.js';

/**
 * OpenShift's two Networks. Fields and meanings: openshift/api `config/v1/types_network.go`, `operator/v1/types_network.go`; the mode of IPsec where none is given: openshift/cluster-network-operator
 * `pkg/network/ovn_kubernetes.go`, GetIPsecMode.
 */

const network = (group: string, members: Readonly<Record<string, object>>): KubernetesObject => ({
  apiVersion: `${group}.openshift.io/v1`,
  kind: 'Network',
  metadata: { name: 'cluster' },
  ...(members as Readonly<Record<string, never>>),
});
const CONFIG = network('config', {
  spec: { networkType: 'OVNKubernetes', serviceNodePortRange: '30000-32000', clusterNetwork: [{ cidr: '10.0.0.0/14', hostPrefix: 23 }] },
  status: {
    networkType: 'OVNKubernetes',
    clusterNetwork: [
      { cidr: '10.128.0.0/14', hostPrefix: 23 },
      { cidr: 'fd01::/48', hostPrefix: 64 },
    ],
    serviceNetwork: ['172.30.0.0/16', 'fd02::/112'],
    clusterNetworkMTU: 8901,
  },
});
const operator = (ovnKubernetesConfig: object, type = 'OVNKubernetes') =>
  network('operator', {
    spec: {
      clusterNetwork: [{ cidr: '10.128.0.0/14', hostPrefix: 23 }],
      serviceNetwork: ['172.30.0.0/16'],
      defaultNetwork: { type, ovnKubernetesConfig },
    },
  });

const profileOf = (objects: readonly KubernetesObject[]): NetworkProfile => modelOf(objects).profile;

describe('OpenShift’s Networks', () => {
  it('the configuration tells plugin, ranges, ports of nodes and the MTU: what is, before what was asked for', () => {
    const { profile, profileSources } = modelOf([CONFIG]);
    expect([profile.cni.plugin, profile.cni.mode, profile.cni.mtu]).toEqual(['ovn-kubernetes', 'geneve', 8901]);
    expect(profile.podCIDRs.map(formatCidr)).toEqual(['10.128.0.0/14', 'fd01::/48']);
    expect(profile.serviceCIDRs.map(formatCidr)).toEqual(['172.30.0.0/16', 'fd02::/112']);
    expect(profile.nodeCIDRMaskSizes).toEqual({ v4: 23, v6: 64 });
    expect(profile.proxy.nodePortRange).toEqual({ first: 30_000, last: 32_000 });
    expect(profileSources.get('cni.mtu')).toMatchObject({
      object: { kind: 'Network' },
      pointer: '/status/clusterNetworkMTU',
      provenance: 'observed',
    });
  });

  it.each<readonly [what: string, config: object, read: (profile: NetworkProfile) => unknown, expected: unknown]>([
    ['an MTU', { mtu: 1400 }, ({ cni }) => cni.mtu, 1400],
    ['an MTU of 0, which is found out', { mtu: 0 }, ({ cni }) => cni.mtu, 8901],
    ['a port', { genevePort: 6082 }, ({ cni }) => cni.tunnelPort, 6082],
    ['the gateway of hosts', { gatewayConfig: { routingViaHost: true } }, ({ cni }) => cni.routingViaHost, true],
    ['no gateway', {}, ({ cni }) => cni.routingViaHost, false],
    ['IPsec for all', { ipsecConfig: { mode: 'Full' } }, ({ cni }) => cni.encryption, 'ipsec'],
    ['IPsec as older releases have it', { ipsecConfig: {} }, ({ cni }) => cni.encryption, 'ipsec'],
    ['IPsec for what leaves the cluster', { ipsecConfig: { mode: 'External' } }, ({ cni }) => cni.encryption, 'none'],
    ['no IPsec', { ipsecConfig: { mode: 'Disabled' } }, ({ cni }) => cni.encryption, 'none'],
    ['nothing of IPsec', {}, ({ cni }) => cni.encryption, 'none'],
  ])('the operator’s goes first: %s', (_, config, read, expected) => {
    expect(read(profileOf([CONFIG, operator(config)]))).toEqual(expected);
  });

  it('both are understood, and stand side by side', () => {
    const { unmodelled, profileSources } = modelOf([CONFIG, operator({ mtu: 1400 })]);
    expect(unmodelled).toEqual([]);
    expect(profileSources.get('podCIDRs')).toMatchObject({
      object: { apiVersion: 'operator.openshift.io/v1' },
      pointer: '/spec/clusterNetwork',
    });
    expect(profileSources.get('proxy.nodePortRange')).toMatchObject({ object: { apiVersion: 'config.openshift.io/v1' } });
  });

  it('another plugin is named in any case, and what is told OVN-Kubernetes does not concern it', () => {
    expect(profileOf([operator({ mtu: 1300 }, 'Calico')]).cni).toMatchObject({ plugin: 'calico', mtu: undefined });
    expect(profileOf([operator({ mtu: 1300 }, 'OpenShiftSDN')]).cni.plugin).toBe('unknown');
  });

  it.each<readonly [what: string, object: KubernetesObject]>([
    ['a text for the networks', network('config', { status: 'x' as never })],
    ['a broken prefix', network('operator', { spec: { clusterNetwork: [{ cidr: '10.0.0/8', hostPrefix: 'x' }], serviceNetwork: [7] } })],
  ])('%s tells nothing', (_, object) => {
    const { profileSources } = modelOf([object]);
    expect([profileSources.get('podCIDRs')?.provenance, profileSources.get('serviceCIDRs')?.provenance]).toEqual(['assumed', 'assumed']);
  });
});
