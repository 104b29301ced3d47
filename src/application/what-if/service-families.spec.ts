import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../core/kernel/json.js';
import { type ServiceFamilies, withServiceFamilies } from './service-families.js';

const known = (...names: readonly string[]): ServiceFamilies => ({ names, areKnown: true });
const [FOUR, SIX, DUAL] = [known('IPv4'), known('IPv6'), known('IPv4', 'IPv6')];
const GUESS: ServiceFamilies = { names: ['IPv4'], areKnown: false };

const SELECTOR = { selector: { app: 'web' } };
const HEADLESS = { clusterIP: 'None', clusterIPs: ['None'] };
const single = { ...SELECTOR, clusterIPs: ['10.0.0.1'], ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' };
const dual = { ...SELECTOR, clusterIPs: ['10.0.0.1', 'fd00::1'], ipFamilies: ['IPv4', 'IPv6'], ipFamilyPolicy: 'PreferDualStack' };

/** `SingleStack IPv4`, or the pointer of what is refused. */
function told(spec: JsonObject, cluster: ServiceFamilies, old?: JsonObject): string {
  const given = withServiceFamilies(spec, old, cluster);
  if (!given.ok) return given.error.pointer;
  const { ipFamilyPolicy, ipFamilies, clusterIPs } = given.value;
  const addresses = Array.isArray(clusterIPs) && old ? [`of ${clusterIPs.length}`] : [];
  return [ipFamilyPolicy ?? 'none', ...(Array.isArray(ipFamilies) ? ipFamilies : []), ...addresses].join(' ');
}

/** kubernetes `pkg/registry/core/service/storage/storage_test.go`, `TestCreateInitIPFields`: `clusterIPs`, families and policy that are asked for, by what the cluster is configured for. */
const MADE: readonly (readonly [what: string, spec: JsonObject, cluster: ServiceFamilies, families: string])[] = [
  ['nothing asked, of IPv4', SELECTOR, FOUR, 'SingleStack IPv4'],
  ['nothing asked, of IPv6', SELECTOR, SIX, 'SingleStack IPv6'],
  ['nothing asked, of both', SELECTOR, DUAL, 'SingleStack IPv4'],
  ['dual stack preferred, of IPv4', { ...SELECTOR, ipFamilyPolicy: 'PreferDualStack' }, FOUR, 'PreferDualStack IPv4'],
  ['dual stack preferred, of both', { ...SELECTOR, ipFamilyPolicy: 'PreferDualStack' }, DUAL, 'PreferDualStack IPv4 IPv6'],
  ['dual stack required, of IPv4', { ...SELECTOR, ipFamilyPolicy: 'RequireDualStack' }, FOUR, '/spec/ipFamilyPolicy'],
  ['dual stack required, of both', { ...SELECTOR, ipFamilyPolicy: 'RequireDualStack' }, DUAL, 'RequireDualStack IPv4 IPv6'],
  ['dual stack required, of what nobody knows', { ...SELECTOR, ipFamilyPolicy: 'RequireDualStack' }, GUESS, 'RequireDualStack IPv4'],
  ['IPv6, of IPv4', { ...SELECTOR, ipFamilies: ['IPv6'] }, FOUR, '/spec/ipFamilies/0'],
  [
    'IPv6 first, dual stack preferred',
    { ...SELECTOR, ipFamilies: ['IPv6'], ipFamilyPolicy: 'PreferDualStack' },
    DUAL,
    'PreferDualStack IPv6 IPv4',
  ],
  ['both families without a policy', { ...SELECTOR, ipFamilies: ['IPv4', 'IPv6'] }, DUAL, '/spec/ipFamilyPolicy'],
  ['both addresses without a policy', { ...SELECTOR, clusterIPs: ['10.0.0.1', 'fd00::1'] }, DUAL, '/spec/ipFamilyPolicy'],
  ['an address of IPv6', { ...SELECTOR, clusterIP: 'fd00::1' }, DUAL, 'SingleStack IPv6'],
  [
    'an address of IPv6, dual stack preferred',
    { ...SELECTOR, clusterIPs: ['fd00::1'], ipFamilyPolicy: 'PreferDualStack' },
    DUAL,
    'PreferDualStack IPv6 IPv4',
  ],
  ['headless with a selector', { ...SELECTOR, ...HEADLESS }, DUAL, 'SingleStack IPv4'],
  ['headless without one', HEADLESS, FOUR, 'RequireDualStack IPv4 IPv6'],
  ['headless without one, of one family', { ...HEADLESS, ipFamilyPolicy: 'SingleStack' }, FOUR, 'SingleStack IPv4'],
  ['an ExternalName', { type: 'ExternalName', externalName: 'a.b' }, DUAL, 'none'],
];

/** …, `TestUpdateInitIPFields` and `TestFeatureClusterIPs…`: `old` is the Service that is there, and the spec has what `patchAllocatedValues` fills in. */
const UPDATED: readonly (readonly [what: string, old: JsonObject, spec: JsonObject, cluster: ServiceFamilies, families: string])[] = [
  ['one family stays one', single, single, DUAL, 'SingleStack IPv4 of 1'],
  ['dual stack asked for', single, { ...single, ipFamilyPolicy: 'RequireDualStack' }, DUAL, 'RequireDualStack IPv4 IPv6 of 1'],
  ['dual stack asked for, of IPv4', single, { ...single, ipFamilyPolicy: 'RequireDualStack' }, FOUR, '/spec/ipFamilyPolicy'],
  ['one family asked for', dual, { ...dual, ipFamilyPolicy: 'SingleStack' }, DUAL, 'SingleStack IPv4 of 1'],
  [
    'preferred before the cluster had two',
    { ...single, ipFamilyPolicy: 'PreferDualStack' },
    { ...single, ipFamilyPolicy: 'PreferDualStack' },
    DUAL,
    'PreferDualStack IPv4 of 1',
  ],
  ['one address of two', dual, { ...dual, clusterIPs: ['10.0.0.1'] }, DUAL, '/spec/ipFamilyPolicy'],
  ['of two, after the cluster has one', dual, dual, FOUR, 'PreferDualStack IPv4 IPv6 of 2'],
  ['stored without a policy', { ...SELECTOR, clusterIPs: ['10.0.0.1'] }, { ...SELECTOR, clusterIPs: ['10.0.0.1'] }, DUAL, 'none of 1'],
  ['an ExternalName before', { type: 'ExternalName' }, { ...SELECTOR, clusterIPs: [] }, DUAL, 'SingleStack IPv4 of 0'],
];

describe('the families of a Service', () => {
  it.each(MADE)('that is made: %s', (_, spec, cluster, families) => {
    expect(told(spec, cluster)).toBe(families);
  });

  it.each(UPDATED)('that is updated: %s', (_, old, spec, cluster, families) => {
    expect(told(spec, cluster, old)).toBe(families);
  });
});
