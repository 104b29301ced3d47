import { describe, expect, it } from 'vitest';
import { modelOf } from '../../../test/support/model.js';
import { finished } from '../kernel/steps.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';
import { AllocationBook } from './allocation-book.js';
import { ipamLint } from './ipam-lint.js';

const apiServer = (ranges: string, version = 'v1.31.0', ...more: readonly string[]): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'kube-apiserver-a', namespace: 'kube-system', labels: { component: 'kube-apiserver' } },
  spec: {
    containers: [
      {
        name: 'kube-apiserver',
        image: `registry.k8s.io/kube-apiserver:${version}`,
        command: ['kube-apiserver', `--service-cluster-ip-range=${ranges}`, ...more],
      },
    ],
  },
});
const LIVE: KubernetesObject = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'kubernetes', namespace: 'default', creationTimestamp: '2026-01-01T00:00:00Z' },
  spec: { clusterIP: '10.0.0.1', ports: [{ port: 443 }] },
};
const SERVICE_CIDRS: KubernetesObject = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'ServiceCIDR',
  metadata: { name: 'kubernetes' },
  spec: { cidrs: ['10.0.0.0/8'] },
};

function found(objects: readonly KubernetesObject[]): readonly string[] {
  const codes = ['SERVICE_RANGES_REFUSED', 'SERVICE_RANGE_TOO_LARGE'] as const;
  const { result } = finished(ipamLint(modelOf(objects, {}), new AllocationBook(), { codes, severity: 'info', limit: 10 }));
  return result.findings.map(({ code, addresses }) => `${code} ${addresses.join(' ')}`);
}

/** Rows of kubernetes `cmd/kube-apiserver/app/options/validation_test.go`, TestClusterServiceIPRange and TestValidateMaxCIDRRange, by their names. */
describe('ranges of services that the API server is told', () => {
  it.each<[string, readonly KubernetesObject[], readonly string[]]>([
    ['reserve 20: a range of /12', [apiServer('10.0.0.0/12')], []],
    ['service cidr to big', [apiServer('10.0.0.0/8')], ['SERVICE_RANGE_TOO_LARGE 10.0.0.0/8']],
    ['valid ipv6 cidr', [apiServer('3000::/108')], []],
    ['ipv6 cidr too big', [apiServer('3000::/64')], ['SERVICE_RANGE_TOO_LARGE 3000::/64']],
    ['dual-stack secondary cidr to big', [apiServer('10.0.0.0/16,3000::/64')], ['SERVICE_RANGE_TOO_LARGE 3000::/64']],
    [
      'more than two entries',
      [apiServer('10.0.0.0/16,3000::/108,10.1.0.0/16')],
      ['SERVICE_RANGES_REFUSED 10.0.0.0/16 3000::/108 10.1.0.0/16'],
    ],
    ['same family', [apiServer('10.0.0.0/16,10.1.0.0/16')], ['SERVICE_RANGES_REFUSED 10.0.0.0/16 10.1.0.0/16']],
    ['valid v4-v6 dual stack', [apiServer('10.0.0.0/16,3000::/108')], []],
    ['IPv6 shorter than /64, which no allocator takes', [apiServer('3000::/60')], ['SERVICE_RANGES_REFUSED 3000::/60']],
    ['an API server that runs with it', [apiServer('10.0.0.0/8'), LIVE], []],
    ['ServiceCIDRs, which are objects of the new allocator', [SERVICE_CIDRS], []],
  ])('%s', (_, objects, expected) => {
    expect(found(objects)).toEqual(expected);
  });
});

/** Defaults of both gates: kubernetes `pkg/features/kube_features.go`; the limit holds while one of them is off (`validation.go`, validateClusterIPFlags). */
describe('the limit of 20 host bits', () => {
  const gates = (multi: boolean, dual: boolean) => `--feature-gates=MultiCIDRServiceAllocator=${multi},DisableAllocatorDualWrite=${dual}`;

  it.each<[version: string, flags: readonly string[], holds: boolean]>([
    ['v1.26.15', [], true],
    ['v1.33.4', [], true],
    ['v1.34.0', [], false],
    ['v1.35.1', [], false],
    ['v1.31.0', [gates(true, true)], false],
    ['v1.31.0', [gates(true, false)], true],
    ['v1.33.0', ['--feature-gates', 'DisableAllocatorDualWrite=true'], false],
    ['v1.34.2', ['--feature-gates=DisableAllocatorDualWrite=false'], true],
    ['v1.35.0', ['--feature-gates=DisableAllocatorDualWrite=false'], false],
    ['v1.30.0', [gates(true, true)], true],
    // Nothing tells which gates that switches.
    ['v1.33.0', ['--feature-gates=AllBeta=true'], true],
    ['latest', [], true],
  ])('%s with %j: %s', (version, flags, holds) => {
    expect(found([apiServer('10.0.0.0/8', version, ...flags)])).toEqual(holds ? ['SERVICE_RANGE_TOO_LARGE 10.0.0.0/8'] : []);
  });
});
