import { finished } from '../../kernel/steps.js';
import { describe, expect, it } from 'vitest';
import { parseCidr } from '../../net/cidr.js';
import type { CalicoSelector } from '../../resources/calico-selector.js';
import type { NetworkSet } from '../../resources/network-set.js';
import type { Labels } from '../../resources/resource.js';
import { CalicoMembers } from './calico-members.js';
import type { AddressEndpoint } from './policy-endpoint.js';

const HAS_ROLE: CalicoSelector = { text: 'has(role)', steps: [{ op: 'has', label: 'role' }] };

function networkSet(name: string, nets: readonly string[], labels: Labels): NetworkSet {
  const ref = { apiVersion: 'projectcalico.org/v3', kind: 'GlobalNetworkSet', name };
  const cidrs = nets.flatMap((net) => parseCidr(net) ?? []);
  const rest = { annotations: {}, createdAt: undefined, owners: [], defaulted: [] };
  return { kind: 'GlobalNetworkSet', ref, namespace: undefined, labels, nets: cidrs, ...rest };
}

function membersOf(networkSets: readonly NetworkSet[]): CalicoMembers {
  const calico = {
    policies: [],
    stagedPolicies: [],
    tiers: [],
    networkSets,
    hostEndpoints: [],
    profiles: [],
    ipPools: [],
    ipam: { blocks: [], deletedBlocks: [], claims: new Map(), affinities: [], handles: [], config: undefined, reservations: [] },
    felixConfigurations: [],
    cni: undefined,
    kubeControllers: [],
    clusterInformation: [],
  };
  return finished(CalicoMembers.of({ calico, namespaces: new Map(), serviceAccounts: new Map() }, { at: () => undefined }));
}

function address(value: bigint): AddressEndpoint {
  return { kind: 'address', address: { family: 4, value } };
}

describe('the sets by which an address is a member of a selector', () => {
  it.each([
    ['10.0.0.1', 0x0a000001n, { set: 'GlobalNetworkSet wide' }],
    ['10.1.0.1', 0x0a010001n, { set: 'GlobalNetworkSet narrow' }],
    ['11.0.0.1', 0x0b000001n, undefined],
  ])('%s: of several that hold it the first, and none without the label', (_, value, expected) => {
    const sets = [
      networkSet('unlabelled', ['0.0.0.0/0'], {}),
      networkSet('narrow', ['10.1.0.0/16', '10.1.0.0/24'], { role: '' }),
      networkSet('wide', ['10.0.0.0/8'], { role: '' }),
    ];
    expect(membersOf(sets).membership(HAS_ROLE, address(value), true)).toEqual(expected);
  });

  it('are asked for their labels once a selector, however many addresses come', () => {
    let asked = 0;
    const labels = new Proxy<Labels>(
      { role: '' },
      { getOwnPropertyDescriptor: (of, key) => (asked++, Reflect.getOwnPropertyDescriptor(of, key)) },
    );
    const count = 100;
    const members = membersOf(Array.from({ length: count }, (_, index) => networkSet(`s${index}`, [`10.0.${index}.0/24`], labels)));
    for (let value = 0; value < count; value++) members.membership(HAS_ROLE, address(0x0a000000n + BigInt(value * 256)), true);
    expect(asked).toBe(count);
  });
});
