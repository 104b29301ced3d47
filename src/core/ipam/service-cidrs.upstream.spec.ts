import { describe, expect, it } from 'vitest';
import { modelOf } from '../../../test/support/model.js';
import { finished } from '../kernel/steps.js';
import { parseCidr } from '../net/cidr.js';
import { parseIp } from '../net/ip.js';
import { isServiceAddress } from '../net/service-range.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';
import { normaliseObject } from '../resources/normalise-object.js';
import { AllocationBook } from './allocation-book.js';
import { ipamLint } from './ipam-lint.js';
import { nextFree } from './next-free.js';

/**
 * Rows of kubernetes `pkg/api/servicecidr/servicecidr_test.go`, `pkg/controller/servicecidrs/servicecidrs_controller_test.go`,
 * `pkg/registry/core/service/ipallocator/{cidrallocator_test.go,controller/repairip_test.go}`.
 */

interface Details {
  readonly deleted?: boolean;
  readonly ready?: string;
}

const serviceCIDR = (name: string, cidrs: readonly string[], { deleted, ready }: Details = {}): KubernetesObject => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'ServiceCIDR',
  metadata: { name, ...(deleted ? { deletionTimestamp: '2026-01-02T00:00:00Z' } : {}) },
  spec: { cidrs: [...cidrs] },
  ...(ready === undefined ? {} : { status: { conditions: [{ type: 'Ready', status: ready }] } }),
});

const service = (name: string, clusterIPs: readonly string[]): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: 'bar', creationTimestamp: '2026-01-01T00:00:00Z' },
  spec: { clusterIP: clusterIPs[0] ?? '', clusterIPs: [...clusterIPs], ports: [{ port: 80 }] },
});

const clusterOf = (...objects: readonly KubernetesObject[]) => modelOf(objects, { cni: { plugin: 'flannel' } });

/** Codes of findings about the services' addresses and ranges, each with the addresses it is about. */
const findings = (...objects: readonly KubernetesObject[]) =>
  finished(ipamLint(clusterOf(...objects), new AllocationBook(), { codes: undefined, severity: 'info', limit: 100 }))
    .result.findings.filter(({ code }) => code !== 'PUBLIC_RANGE')
    .map(({ code, addresses }) => `${code} ${addresses.join(' ')}`);

const KUBERNETES = serviceCIDR('kubernetes', ['192.168.0.0/24', '2001:db2::/64'], { deleted: true });

describe('canDeleteCIDR, and TestControllerSync of what is deleted: which addresses hold a ServiceCIDR', () => {
  it.each<[name: string, others: readonly (readonly string[])[], ip: string, held: boolean]>([
    ['CIDR with IPs', [], '192.168.0.24', true],
    ['CIDR without IPs', [], '192.168.1.24', false],
    ['the subnet address', [], '192.168.0.0', false],
    ['the broadcast address', [], '192.168.0.255', false],
    ['the last IPv6 address', [], '2001:db2::ffff:ffff:ffff:ffff', true],
    ['same range', [['192.168.0.0/24', '2001:db2::/64']], '192.168.0.23', false],
    ['smaller range', [['192.168.0.0/26', '2001:db2::/64']], '192.168.0.23', false],
    ['smaller range, and the address is an orphan', [['192.168.0.0/28', '2001:db2::/64']], '192.168.0.23', true],
    ['larger range', [['192.168.0.0/16', '2001:db2::/64']], '192.168.0.23', false],
    ['not overlapping, IPv4', [['192.168.255.0/26', '2001:db2::/64']], '192.168.0.1', true],
    ['larger range, IPv6', [['192.168.0.0/16', '2001:db2::/48']], '2001:db2::1', false],
    ['not overlapping, IPv6', [['192.168.255.0/26', '2001:db2:a:b::/64']], '2001:db2::1', true],
  ])('%s', (_, others, ip, held) => {
    const found = findings(KUBERNETES, ...others.map((cidrs, index) => serviceCIDR(`overlapping${index}`, cidrs)), service('a', [ip]));
    expect(found.filter((line) => line.startsWith('SERVICE_CIDR_HELD'))).toEqual(held ? [`SERVICE_CIDR_HELD ${ip}`] : []);
  });

  it('nothing holds one that has no service', () => {
    expect(findings(KUBERNETES)).toEqual([]);
  });
});

describe('TestContainsAddress, TestPrefixContainsIP and ipToCidrs: whose address it is', () => {
  it.each<[cidr: string, ip: string, expected: boolean]>([
    ['10.0.0.0/24', '10.0.0.1', true],
    ['10.0.0.0/24', '10.0.0.255', false],
    ['10.0.0.0/24', '10.0.0.0', false],
    ['10.0.0.0/24', '192.0.0.1', false],
    ['2001:db8::/96', '2001:db8::2:3', true],
    ['2001:db8::/96', '2001:db8::ffff:ffff', true],
    ['2001:db8::/96', '2001:db8::', false],
    ['2001:db8::/96', '2002:1:2:3::2', false],
    ['2001:db8::/96', '10.0.0.1', false],
    ['192.168.0.0/26', '192.168.0.63', false],
    ['192.168.0.0/24', '192.168.0.63', true],
  ])('%s has %s: %s', (cidr, ip, expected) => {
    expect(isServiceAddress(parseCidr(cidr)!, parseIp(ip)!)).toBe(expected);
  });
});

describe('TestRepairServiceIP: what is reported of services and their addresses', () => {
  const RANGES = serviceCIDR('kubernetes', ['10.0.0.0/16', '2001:db8::/64']);
  const custom = (...cidrs: readonly string[]) => serviceCIDR('custom', cidrs);

  it.each<[name: string, objects: readonly KubernetesObject[], expected: readonly string[]]>([
    ['single stack', [service('test-svc', ['10.0.1.1'])], []],
    ['dual stack', [service('test-svc', ['10.0.1.1', '2001:db8::10'])], []],
    ['several CIDRs', [custom('192.168.0.0/24', '2001:db8:a:b::/64'), service('test-svc', ['192.168.0.1', '2001:db8:a:b::10'])], []],
    ['out of range', [service('test-svc', ['192.168.1.1', '2001:db8::10'])], ['IN_USE_OUTSIDE_POOLS 192.168.1.1']],
    // ClusterIPOutOfRange upstream: the range it lies in never gives it.
    ['the network address', [service('test-svc', ['10.0.0.0'])], ['UNUSABLE_IN_USE 10.0.0.0']],
    ['the broadcast address', [service('test-svc', ['10.0.255.255'])], ['UNUSABLE_IN_USE 10.0.255.255']],
    ['the IPv6 subnet address', [service('test-svc', ['2001:db8::'])], ['UNUSABLE_IN_USE 2001:db8::']],
    ['the last IPv6 address', [service('test-svc', ['2001:db8::ffff:ffff:ffff:ffff'])], []],
    // ClusterIPAlreadyAllocated upstream.
    ['two services with one address', [service('test-svc', ['10.0.1.1']), service('test-svc2', ['10.0.1.1'])], ['SEVERAL_OWNERS 10.0.1.1']],
  ])('%s', (_, objects, expected) => {
    expect(findings(RANGES, ...objects)).toEqual(expected);
  });
});

/** Rows of `pkg/apis/networking/validation/validation_test.go`, TestValidateServiceCIDR. */
describe('a ServiceCIDR that is refused', () => {
  it.each<[cidrs: readonly string[], pointer: string]>([
    [[], '/spec/cidrs'],
    [['192.168.0.0/24', 'fd00::/64', 'fd00:1::/64'], '/spec/cidrs'],
    [['192.168.0.0/24', '192.168.1.0/24'], '/spec/cidrs'],
    [['192.168.1.0/33'], '/spec/cidrs/0'],
    [['2001:db8::/129'], '/spec/cidrs/0'],
  ])('%j', (cidrs, pointer) => {
    expect(normaliseObject(serviceCIDR('kubernetes', cidrs)).diagnostics).toMatchObject([{ severity: 'error', pointer }]);
  });
});

describe('cidrallocator_test.go: ServiceCIDRs side by side', () => {
  // Its first address is that of the service `kubernetes`, and it gives nothing.
  const APISERVER = serviceCIDR('kubernetes', ['10.96.0.0/28'], { ready: 'False' });
  const next = (count: number, ...objects: readonly KubernetesObject[]) => {
    const answer = nextFree(clusterOf(APISERVER, ...objects), new AllocationBook(), { count, seed: '0', plane: 'service', family: 4 });
    if (!answer.ok) throw new Error(answer.error.message);
    return answer.value.result;
  };

  it('TestCIDRAllocateShadow: the network address of one is any address of a larger one', () => {
    const small = serviceCIDR('test', ['192.168.1.0/24']);
    const one = service('a', ['192.168.1.0']);
    expect(findings(small, one)).toEqual(['UNUSABLE_IN_USE 192.168.1.0']);
    expect(findings(small, serviceCIDR('test2', ['192.168.0.0/16']), one)).toEqual([]);
  });

  it('TestCIDRAllocateGrow: 14 addresses of a /28, 254 once a /24 lies around it', () => {
    const grown = [serviceCIDR('test', ['192.168.0.0/28']), serviceCIDR('test2', ['192.168.0.0/24'])];
    const found = [14, 15].map((count) => next(count, ...grown.slice(0, 1)).addresses.length);
    expect(found).toEqual([14, 0]);
    expect(new Set(next(254, ...grown).addresses).size).toBe(254);
    expect(next(255, ...grown).addresses).toEqual([]);
  });

  it('TestCIDRAllocateShrink: what is deleted gives nothing, and the smaller one 14', () => {
    const shrunk = [serviceCIDR('test', ['192.168.0.0/24'], { deleted: true }), serviceCIDR('cidr2', ['192.168.0.0/28'])];
    expect(next(14, ...shrunk)).toMatchObject({ pool: 'services.192.168.0.0_28' });
    expect(next(15, ...shrunk).pool).toBeNull();
  });

  it('TestCIDRAllocateNextDontStopOnNot: one that is not ready is passed over', () => {
    const both = [
      serviceCIDR('test1', ['192.168.0.0/24'], { ready: 'False' }),
      serviceCIDR('test2', ['192.168.1.0/24'], { ready: 'True' }),
    ];
    expect(next(200, ...both).pool).toBe('services.192.168.1.0_24');
  });

  it('isReady: no condition is ready; of equal ranges one that is ready is enough (syncAllocators)', () => {
    const gone = serviceCIDR('old', ['192.168.0.0/24'], { deleted: true });
    expect(next(1, gone).pool).toBeNull();
    expect(next(1, gone, serviceCIDR('new', ['192.168.0.0/24'])).pool).toBe('services.192.168.0.0_24');
    expect(next(1, serviceCIDR('new', ['192.168.0.0/24'], { ready: 'Unknown' })).pool).toBeNull();
  });
});
