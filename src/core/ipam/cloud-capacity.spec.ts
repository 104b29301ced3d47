import { describe, expect, it } from 'vitest';
import { parseCidr } from '../net/cidr.js';
import { cloudRoom, type CloudNetworkName } from './cloud-capacity.js';

const room = (name: CloudNetworkName, range: string, maxPods?: number) => cloudRoom(name, parseCidr(range)!, maxPods);

/** cloud.google.com/kubernetes-engine/docs/how-to/flexible-pod-cidr, the table of CIDR ranges per node, up to 110 pods; behind them its sentence, twice as many addresses as pods. */
describe('a node of GKE', () => {
  it.each([
    [8, 28],
    [9, 27],
    [16, 27],
    [17, 26],
    [32, 26],
    [33, 25],
    [64, 25],
    [65, 24],
    [110, 24],
    [128, 24],
    [129, 23],
    [256, 23],
  ])('that may have %i pods has a /%i', (maxPods, prefix) => {
    expect(room('gke', '10.0.0.0/14', maxPods)).toMatchObject({ ok: true, value: { nodePrefixLength: prefix, nodes: 2 ** (prefix - 14) } });
  });

  // The same page: "if you set the maximum Pods per node to 30 then … a /26 CIDR range is used".
  it('has 110 pods where nobody says otherwise, and a /24', () => {
    expect(room('gke', '10.0.0.0/21')).toEqual({
      ok: true,
      value: { maxPods: 110, nodePrefixLength: 24, addressesPerNode: 256, nodes: 8, pods: 880 },
    });
    expect(room('gke', '10.0.0.0/21', 30)).toMatchObject({ value: { nodePrefixLength: 26, nodes: 32 } });
    expect(room('gke', '10.0.0.0/25')).toMatchObject({ value: { nodes: 0, pods: 0 } });
  });
});

describe('a node of AKS', () => {
  // learn.microsoft.com, training module "Choose a network plug-in for AKS", decision criteria: a /24 has room for 8 nodes and 240 pods with Azure CNI.
  it('takes an address for each pod that it may have, with Azure CNI Node Subnet', () => {
    expect(room('aks-node-subnet', '10.0.0.0/24')).toEqual({
      ok: true,
      value: { maxPods: 30, nodePrefixLength: null, addressesPerNode: 31, nodes: 8, pods: 240 },
    });
    // Azure keeps five addresses of each subnet: 27 of a /27 are left, and a node with 30 pods takes 31.
    const nodes = (range: string, maxPods: number) => room('aks-node-subnet', range, maxPods);
    expect([nodes('10.0.0.0/27', 30), nodes('10.0.0.0/27', 26), nodes('10.0.0.0/30', 10)]).toMatchObject([
      { value: { nodes: 0 } },
      { value: { nodes: 1 } },
      { value: { nodes: 0 } },
    ]);
  });

  // learn.microsoft.com/azure/aks/concepts-network-ip-address-planning: "Each node in your cluster is assigned a /24 (256 IP addresses) subnet for pods".
  it('has a /24, with Azure CNI Overlay and kubenet, whatever it may have', () => {
    expect(room('aks-overlay', '10.244.0.0/16')).toMatchObject({ value: { maxPods: 250, nodePrefixLength: 24, nodes: 256, pods: 64_000 } });
    expect(room('aks-overlay', '10.244.0.0/16', 20)).toMatchObject({ value: { nodePrefixLength: 24, nodes: 256 } });
    expect(room('aks-kubenet', '10.244.0.0/16')).toMatchObject({ value: { maxPods: 110, nodePrefixLength: 24, nodes: 256 } });
  });

  it.each([
    ['aks-overlay', '10.0.0.0/16', 9, '/maxPods'],
    ['aks-overlay', '10.0.0.0/16', 251, '/maxPods'],
    ['gke', '10.0.0.0/16', 7, '/maxPods'],
    ['gke', '10.0.0.0/16', 257, '/maxPods'],
    ['gke', 'fd00::/64', 8, '/range'],
  ] as const)('refuses %s %s with %i pods at %s', (name, range, maxPods, pointer) => {
    expect(room(name, range, maxPods)).toMatchObject({ ok: false, error: { kind: 'invalid-request', errors: [{ pointer }] } });
  });
});
