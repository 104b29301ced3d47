import type { MutantsOfFile } from '../mutant.js';

const A = 'src/core/ipam';
const ANTREA = [`${A}/antrea-pools.spec.ts`];
const CILIUM = [`${A}/simulate-cilium-pools.spec.ts`];

/** Pools of Antrea and of Cilium, the ring of Weave Net, and how many nodes find a range. */
export const POOLS_OF_PLUGINS: readonly MutantsOfFile[] = [
  {
    file: `${A}/internal/antrea-choice.ts`,
    specs: ANTREA,
    mutants: [
      { breaks: 'Antrea: a StatefulSet’s pod is told by its controller', from: "?.kind === 'StatefulSet'", to: '?.kind !== undefined' },
      {
        breaks: 'Antrea: what is kept goes before what is named',
        from: 'if (this.isOfStatefulSet) {',
        to: 'if (this.named.length === 0) {',
      },
      { breaks: 'Antrea: the place in a StatefulSet', from: 'name === `${set.name}-${set.index}`', to: 'name.startsWith(set.name)' },
      { breaks: 'Antrea: the pod before its namespace', from: 'if (text !== undefined)', to: "if (text !== undefined && whose !== 'pod')" },
      { breaks: 'Antrea: pools in the order of their names', from: "this.ranks.get(this.pools.get(name)?.ref.name ?? '') ?? -1", to: '0' },
      { breaks: 'Antrea: one address of a family', from: 'if (count > 1)', to: 'if (count > 2)' },
      { breaks: 'Antrea: a named address, one pool of its family', from: 'count === 1 && serving > 1', to: 'false' },
      { breaks: 'Antrea: what is no address', from: "text !== '' && !parseIp(text)", to: 'false' },
    ],
  },
  {
    file: `${A}/internal/antrea-pools.ts`,
    specs: ANTREA,
    mutants: [
      { breaks: 'Antrea: the first address of a prefix', from: 'first: first + 1n, last });', to: 'first, last });' },
      {
        breaks: 'Antrea: the broadcast address of a whole subnet',
        from: 'family === 4 && prefix === prefixLength ?',
        to: 'family === 4 ?',
      },
      { breaks: 'Antrea: the gateway', from: 'gateway?.family === family ? [rangeOf(gateway)] : []', to: '[]' },
      { breaks: 'Antrea: what is kept for somebody', from: 'ip.family === family ? [rangeOf(ip)] : []', to: '[]' },
      { breaks: 'Antrea: as many fewer as are reserved', from: 'return lastOf(usable, lost);', to: 'return lastOf(usable, 0n);' },
    ],
  },
  {
    file: `${A}/internal/cilium-cidr-sets.ts`,
    specs: CILIUM,
    mutants: [
      { breaks: 'Cilium: 2^16 parts of an IPv6 prefix', from: '> MOST_V6_CHILDREN_BITS', to: '> MOST_V6_CHILDREN_BITS + 1' },
      { breaks: 'Cilium: the later prefix collides', from: 'Math.max(outer.earliest, place)', to: 'place' },
      { breaks: 'Cilium: with the first that it meets', from: 'Math.min(outer?.earliest ?? place, place)', to: 'place' },
      { breaks: 'Cilium: prefixes beside one another', from: 'outer && !cidrCovers(outer.cidr, cidr)', to: 'outer && !outer' },
    ],
  },
  {
    file: `${A}/internal/cilium-pools.ts`,
    specs: CILIUM,
    mutants: [
      { breaks: 'Cilium: a part of what another node has', from: 'part.used.areAllTaken(cidr)', to: 'part.given.has(text)' },
      { breaks: 'Cilium: only what is new is compared', from: '!before.has(formatCidr(cidr))', to: 'true' },
      { breaks: 'Cilium: what goes is not reserved any more', from: 'part.children.release(cidr);', to: '' },
      { breaks: 'Cilium: nothing before all have told', from: 'if (!this.isReady)', to: 'if (this.isReady && !this.isReady)' },
    ],
  },
  {
    file: `${A}/simulate-cilium-pools.ts`,
    specs: CILIUM,
    mutants: [{ breaks: 'Cilium: reserved addresses lie in the pool', from: 'part?.first === range.first && ', to: 'part && ' }],
  },
  {
    file: `${A}/internal/weave-ring.ts`,
    specs: [`${A}/simulate-weave.spec.ts`],
    mutants: [
      { breaks: 'Weave: an address outside of the range', from: 'if (!rangeContains(this.range, ip))', to: 'if (ip.family === 6)' },
      { breaks: 'Weave: such an address once', from: 'if (own.has(value)) return peer;', to: '' },
      { breaks: 'Weave: such an address is given back', from: 'this.foreign.get(peer)?.delete(ip.value) === true || ', to: '' },
      { breaks: 'Weave: each peer’s own affair', from: 'inMap(this.foreign, peer,', to: "inMap(this.foreign, ''," },
    ],
  },
  {
    file: `${A}/internal/node-rooms.ts`,
    specs: [`${A}/pool-capacity.spec.ts`],
    mutants: [
      { breaks: 'capacity: Cilium’s operator knows of no services', from: "if (rangeGiver(model) === 'operator') return 0n;", to: '' },
      { breaks: 'capacity: services take ranges of nodes', from: "=== 'operator') return 0n", to: "!== 'operator') return 0n" },
    ],
  },
];
