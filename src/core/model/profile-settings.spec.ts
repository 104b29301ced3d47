import { describe, expect, it } from 'vitest';
import { parseProfileSettings } from './profile-settings.js';

const told = (json: unknown) => {
  const read = parseProfileSettings(json, '/profile');
  return read.ok ? read.value : read.error;
};

describe('settings of a network profile', () => {
  it('come back in canonical text; what is null or missing is detected', () => {
    expect(
      told({
        podCIDRs: ['10.244.0.0/16', 'FD00:10::/56'],
        ipFamilies: ['IPv6', 'IPv4'],
        clusterDomain: null,
        dns: { ttl: null, zones: ['Cluster.Local', '10.96.0.0/15'] },
      }),
    ).toEqual({
      podCIDRs: ['10.244.0.0/16', 'fd00:10::/56'],
      ipFamilies: ['IPv6', 'IPv4'],
      dns: { zones: ['cluster.local.', '96.10.in-addr.arpa.', '97.10.in-addr.arpa.'] },
    });
    // A kubelet with an empty `--resolv-conf` is something else than one of which nothing is known.
    expect(told({ dns: { hostResolvConf: null } })).toEqual({ dns: { hostResolvConf: null } });
  });

  const WRONG: readonly [json: unknown, pointer: string, message: string, hint?: string][] = [
    ['calico', '/profile', '`profile`: expected an object'],
    [
      { clusterdomain: 'x' },
      '/profile/clusterdomain',
      '`clusterdomain` is no field of the network profile',
      'did you mean `clusterDomain`?',
    ],
    [{ dns: { ttls: 5 } }, '/profile/dns/ttls', '`dns.ttls` is no field of the network profile', 'did you mean `ttl`?'],
    [{ cni: 'calico' }, '/profile/cni', '`cni`: expected an object'],
    [{ cni: { plugin: 'calcio' } }, '/profile/cni/plugin', '`plugin`: expected one of calico, cilium, flannel,', 'did you mean `calico`?'],
    [{ dns: { ttl: 3601 } }, '/profile/dns/ttl', '`ttl`: expected a whole number 0…3600'],
    [{ podCIDRs: '10.244.0.0/16' }, '/profile/podCIDRs', '`podCIDRs`: expected a list, each element a CIDR such as `10.0.0.0/8`'],
    [{ podCIDRs: ['10.0.0.0/8', '10.244.0.0'] }, '/profile/podCIDRs/1', '`podCIDRs`: "10.244.0.0" is not a CIDR such as `10.0.0.0/8`'],
    [
      { podCIDRs: ['10.244.7.1/16'] },
      '/profile/podCIDRs/0',
      '`podCIDRs`: "10.244.7.1/16" has host bits set',
      'did you mean `10.244.0.0/16`?',
    ],
    [{ serviceCIDRs: ['fd00::/129'] }, '/profile/serviceCIDRs/0', '`serviceCIDRs`: "fd00::/129" is not a CIDR'],
    [
      { proxy: { nodePortRange: { first: 2, last: 1 } } },
      '/profile/proxy/nodePortRange',
      '`nodePortRange`: expected an object {first, last} of ports',
    ],
    [
      { ingress: { controllers: [{ class: 'nginx' }] } },
      '/profile/ingress/controllers/0',
      '`controllers`: {"class":"nginx"} is not an object {class, dialect, options}',
    ],
    [{ 'a/b~c': 1 }, '/profile/a~1b~0c', '`a/b~c` is no field of the network profile'],
  ];
  it.each(WRONG)('%j', (json, pointer, message, hint) => {
    const read = parseProfileSettings(json, '/profile');
    const errors = read.ok ? [] : (read.error.errors ?? []);
    expect(errors).toMatchObject([{ pointer, message: expect.stringContaining(message) }]);
    expect(errors[0]?.hint).toBe(hint);
  });

  it('tells everything that is wrong at once', () => {
    expect(told({ clusterDomain: 1, dns: { pods: 'yes' }, x: 1 })).toMatchObject({
      message: 'the network profile has 3 errors: `clusterDomain`: expected text',
      errors: [{ pointer: '/profile/clusterDomain' }, { pointer: '/profile/dns/pods' }, { pointer: '/profile/x' }],
    });
  });
});
