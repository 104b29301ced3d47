import { describe, expect, it } from 'vitest';
import { heldPrefixes, maxPodsOf, recommendedPodsOf, warmIpPrefixes, warmPrefixes } from './aws-capacity.js';

const PLAIN = { prefixDelegation: false, customNetworking: false };

/** aws/amazon-vpc-cni-k8s `misc/eni-max-pods.txt`. */
it.each([
  ['t3.medium', 3, 6, 17],
  ['m5.large', 3, 10, 29],
  ['c5.4xlarge', 8, 30, 234],
  ['m5.24xlarge', 15, 50, 737],
])('%s has %i interfaces of %i addresses: %i pods', (_, interfaces, ipv4, pods) => {
  expect(maxPodsOf({ ...PLAIN, interfaces, ipv4PerInterface: ipv4 })).toBe(pods);
});

/** awslabs/amazon-eks-ami `files/max-pods-calculator.sh`: each slot but an interface's own has 16 addresses, and the result is bounded by the CPUs unless `--show-max-allowed` is given. */
it.each([
  ['m5.large', { interfaces: 3, ipv4PerInterface: 10, prefixDelegation: true }, 2, 434, 110],
  ['m5.large, custom networking', { interfaces: 3, ipv4PerInterface: 10, prefixDelegation: true, customNetworking: true }, 2, 290, 110],
  ['m5.large without prefixes, custom networking', { interfaces: 3, ipv4PerInterface: 10, customNetworking: true }, 2, 20, 20],
  ['t3.small', { interfaces: 3, ipv4PerInterface: 4, prefixDelegation: true }, 2, 146, 110],
  ['m5.24xlarge', { interfaces: 15, ipv4PerInterface: 50, prefixDelegation: true }, 96, 11_762, 250],
  ['m5.24xlarge without prefixes', { interfaces: 15, ipv4PerInterface: 50 }, 96, 737, 250],
  ['30 CPUs are few', { interfaces: 8, ipv4PerInterface: 30 }, 30, 234, 110],
  ['31 are many', { interfaces: 8, ipv4PerInterface: 30 }, 31, 234, 234],
])('%s', (_, given, vcpus, pods, recommended) => {
  const most = maxPodsOf({ ...PLAIN, ...given });
  expect([most, recommendedPodsOf(most, vcpus)]).toEqual([pods, recommended]);
});

/** aws/amazon-vpc-cni-k8s `docs/prefix-and-ip-target.md`. */
describe('prefixes of sixteen addresses', () => {
  it.each([
    ['t3.small', 0, 1, 1, 16],
    ['t3.small', 5, 1, 2, 27],
    ['t3.small', 16, 1, 2, 16],
    ['t3.small', 17, 1, 3, 31],
    ['t3.small', 58, 1, 5, 22],
    ['p3dn.24xlarge', 3, 1, 2, 29],
    ['p3dn.24xlarge', 95, 1, 7, 17],
  ])('%s, %i pods, %i whole prefix ahead: %i prefixes, %i unused', (_, pods, warm, prefixes, unused) => {
    expect(warmPrefixes(pods, warm)).toEqual({ prefixes, unused });
  });

  // Left out: no pods with 7 ahead and 20 at least, for which the table has one prefix in one column and two in another.
  it.each([
    ['t3.small', 0, 1, 1, 1, 16],
    ['t3.small', 5, 1, 1, 1, 11],
    ['t3.small', 17, 1, 1, 2, 15],
    ['t3.small', 58, 1, 1, 4, 6],
    ['t3.small', 5, 7, 20, 2, 27],
    ['t3.small', 17, 7, 20, 2, 15],
    ['t3.small', 58, 7, 20, 5, 22],
    ['p3dn.24xlarge', 0, 5, 10, 1, 16],
    ['p3dn.24xlarge', 7, 5, 10, 1, 9],
    ['p3dn.24xlarge', 15, 5, 10, 2, 17],
    ['p3dn.24xlarge', 45, 5, 10, 4, 19],
  ])('%s, %i pods, %i addresses ahead, %i at least: %i prefixes, %i unused', (_, pods, warm, minimum, prefixes, unused) => {
    expect(warmIpPrefixes(pods, warm, minimum)).toEqual({ prefixes, unused });
  });
});

/**
 * aws/amazon-vpc-cni-k8s `pkg/ipamd/ipamd_test.go`, `TestIPAMContext_nodePrefixPoolTooLow`: one prefix that its pods have nothing of is enough for a target of one, and no
 * longer when one pod has an address of it.
 */
describe('prefixes that are held so that the pool is not too low', () => {
  it.each([
    ['no pods', 0, 1],
    ['one pod', 1, 2],
    ['three pods', 3, 2],
  ])('%s, one warm prefix: %3$i', (_, pods, prefixes) => {
    expect(heldPrefixes(pods, { warmPrefixTarget: 1, warmIpTarget: 0, minimumIpTarget: 0 })).toMatchObject({
      ok: true,
      value: { prefixes },
    });
  });

  it('targets of addresses go before that of prefixes (`datastoreTargetState`)', () => {
    const targets = { warmPrefixTarget: 4, warmIpTarget: 1, minimumIpTarget: 0 };
    expect(heldPrefixes(5, targets)).toMatchObject({ ok: true, value: { prefixes: 1 } });
  });

  // `cmd/aws-vpc-cni/main.go`, validateEnvVars.
  it('without a target the plugin does not start', () => {
    expect(heldPrefixes(5, { warmPrefixTarget: 0, warmIpTarget: 0, minimumIpTarget: 0 })).toMatchObject({
      ok: false,
      error: { kind: 'invalid-request', errors: [{ pointer: '/warmPrefixTarget' }] },
    });
  });
});
