import type { MutantsOfFile } from '../mutant.js';

const M = 'src/core/model';

/** Which ranges nodes have that no object tells of, and which addresses pods get of them. */
export const RANGES_OF_NODES: readonly MutantsOfFile[] = [
  {
    file: `${M}/internal/cut-pod-cidrs.ts`,
    specs: [`${M}/addresses.spec.ts`, `${M}/compile-model.spec.ts`],
    mutants: [
      { breaks: 'addresses of nodes are not the pods’', from: 'spec.hostNetwork || ', to: '' },
      { breaks: 'pods that have ended hold nothing', from: " || status?.phase === 'Succeeded'", to: '' },
      { breaks: 'pods that have failed hold nothing', from: " || status?.phase === 'Failed'", to: '' },
      { breaks: 'addresses of interfaces are of no range', from: "if (rangeGiverOf(profile.cni) === 'interfaces') return nodes;", to: '' },
      { breaks: 'what a node has stays', from: 'node.podCIDRs.length > 0 ? node : ', to: '' },
      { breaks: 'families are apart', from: 'ip.family === family', to: 'ip.family > 0' },
      { breaks: 'ranges in order where nothing speaks against', from: '!goesByNodes(profile) || ', to: '' },
      {
        breaks: 'pods that were seen lie in their node’s range',
        from: 'lived.every(([name, ips]) => holds(inOrder.get(name), ips))',
        to: 'true',
      },
      {
        breaks: 'none where not even the plugin is known',
        from: ' && !showRanges(homes, lived)) return new Map();',
        to: ' && false) return new Map();',
      },
      { breaks: 'what has a home is nobody else’s', from: '(home) => pieces.occupy(home)', to: '() => undefined' },
      { breaks: 'nodes without pods get what is left', from: 'addresses.get(name)?.length === 0)', to: 'false)' },
      { breaks: 'blocks of Calico say nothing of ranges', from: "cni.plugin !== 'calico' && ", to: '' },
      { breaks: 'a node that gets none is belied by its pods', from: 'range !== undefined && ips', to: 'range === undefined || ips' },
      {
        breaks: 'all pods in one range',
        from: 'ips.every((ip) => cidrContains(range, ip))',
        to: 'ips.some((ip) => cidrContains(range, ip))',
      },
      { breaks: 'every node has a range, or none', from: 'lived.every(([name]) => homes.has(name)) && ', to: '' },
      { breaks: 'single pods show no range', from: ' && lived.some(([, ips]) => ips.length > 1)', to: '' },
      { breaks: 'services have their ranges first', from: '[...ofNodes, ...ofServices]', to: '[...ofNodes]' },
      { breaks: 'nodes have their ranges first', from: '[...ofNodes, ...ofServices]', to: '[...ofServices]' },
      {
        breaks: 'Cilium’s operator knows of no services',
        from: "=== 'operator' ? [] : profile.serviceCIDRs",
        to: "=== 'nobody' ? [] : profile.serviceCIDRs",
      },
      { breaks: 'the next range of the cluster', from: 'this.first < this.ranges.length;', to: 'this.first < 1;' },
      { breaks: 'pods of two ranges have no home', from: 'part && more.length === 0 && ', to: 'part && ' },
      { breaks: 'no part of what another node has', from: ' && !this.isKnown(part)', to: '' },
      { breaks: 'nobody’s pods in another’s range', from: 'claims.get(base) === 1', to: 'claims.size > 0' },
    ],
  },
  {
    file: `${M}/internal/give-addresses.ts`,
    specs: [`${M}/addresses.spec.ts`],
    mutants: [
      { breaks: 'not the network, not the gateway', from: 'cidr.base + 2n', to: 'cidr.base + 1n' },
      { breaks: 'no broadcast', from: 'cidr.family === 4 ? 2n : 1n', to: '1n' },
      { breaks: 'none that somebody has', from: 'if (!this.taken.has(ip)) return', to: 'return' },
      { breaks: 'what was seen comes first', from: 'for (const pod of pods) for (const ip of pod.ips) this.taken.add(ip.value);', to: '' },
      {
        breaks: 'addresses of nodes are taken',
        from: 'for (const node of nodes) for (const { ip } of node.addresses) this.taken.add(ip);',
        to: '',
      },
      { breaks: 'one of every family, or none', from: 'if (ips.length < found.size) return [];', to: '' },
      { breaks: 'internal addresses before others', from: 'internal.length > 0 ? internal : node.addresses', to: 'node.addresses' },
      { breaks: 'no range and a full one are two things', from: "ranges.length === 0 ? 'no-range'", to: "ranges.length > 0 ? 'no-range'" },
    ],
  },
];
