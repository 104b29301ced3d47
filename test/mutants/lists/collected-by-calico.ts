import type { MutantsOfFile } from '../mutant.js';

const A = 'src/core/ipam';
const SPECS = [`${A}/collect-calico.spec.ts`, `${A}/calico-blocks.spec.ts`];

/** What Calico's controllers release, when, and by which rule. */
export const COLLECTED_BY_CALICO: readonly MutantsOfFile[] = [
  {
    file: `${A}/internal/collector/leak-grace.ts`,
    specs: SPECS,
    mutants: [
      { breaks: 'the collector: looks every half of the grace period', from: 'this.graceMs / 2', to: 'this.graceMs' },
      { breaks: 'the collector: machines have five minutes', from: 'Math.max(this.graceMs, LEAST_MACHINE_GRACE_MS)', to: 'this.graceMs' },
      {
        breaks: 'the collector: no grace period, no leak',
        from: 'return this.graceMs === 0 ? undefined : this.graceMs;',
        to: 'return this.graceMs;',
      },
      {
        breaks: 'the collector: longer than the grace period',
        from: 'Math.floor(ms / this.roundMs) + 1',
        to: 'Math.ceil(ms / this.roundMs)',
      },
      { breaks: 'the collector: what rests waits for a look', from: 'Math.ceil(ms / this.roundMs) * this.roundMs', to: 'ms' },
    ],
  },
  {
    file: `${A}/internal/collector/claim-fates.ts`,
    specs: SPECS,
    mutants: [
      { breaks: 'the collector: no handle, no release', from: "if (handle === null) return { kept: 'NO_HANDLE' };", to: '' },
      {
        breaks: 'the collector: addresses of nodes alone',
        from: "if (node === undefined) return { kept: 'NO_NODE' };",
        to: "if (node === undefined) return { rule: 'POD_GONE', waitMs: 1 };",
      },
      { breaks: 'the collector: what Windows keeps', from: "if (isWindowsHandle(handle)) return { kept: 'WINDOWS' };", to: '' },
      { breaks: 'the collector: a pod that has come to another node', from: 'nodeName.value !== node', to: 'false' },
      { breaks: 'the collector: a pod without an address may have this one', from: 'told.length === 0 || ', to: '' },
      { breaks: 'the collector: a pod that is done has none', from: '!finished && ', to: '' },
      { breaks: 'the collector: without pods nothing is known', from: '!this.tellsPods', to: 'false' },
      { breaks: 'the collector: all of a handle or none', from: 'waitMs === Infinity', to: 'false' },
      {
        breaks: 'the collector: a handle goes with its last',
        from: 'Math.max(waits.get(handle) ?? 0,',
        to: 'Math.min(waits.get(handle) ?? Infinity,',
      },
      { breaks: 'the collector: tunnels wait for the rest of the node', from: "busy.has(claim.node ?? '')", to: 'false' },
      {
        breaks: 'the collector: tunnels stay with their node',
        from: "{ kept: 'NODE_STAYS' };",
        to: "{ rule: 'TUNNEL_OF_GONE_NODE', waitMs: 0 };",
      },
      {
        breaks: 'the collector: a node that is gone at once',
        from: "{ rule: 'NODE_GONE', waitMs: 0 }",
        to: "{ rule: 'NODE_GONE', waitMs: 1 }",
      },
    ],
  },
  {
    file: `${A}/internal/collector/block-times.ts`,
    specs: SPECS,
    mutants: [
      { breaks: 'the collector: a node keeps its last block', from: '+ nodes.otherBlocks(host) - 1', to: '+ nodes.otherBlocks(host)' },
      { breaks: 'the collector: empty for longer than the grace period', from: 'emptyMs + grace.graceMs', to: 'emptyMs' },
      { breaks: 'the collector: nodes that pass from Flannel', from: "(state === undefined || state === 'calico')", to: 'true' },
      {
        breaks: 'the collector: an empty node by a full scan',
        from: 'nodes.fates.knownNodes.has(host) ? 0 : nodes.grace.roundMs',
        to: '0',
      },
      { breaks: 'the collector: a node in use keeps its blocks', from: ' && !nodes.fates.busyNodes.has(host)', to: '' },
      { breaks: 'the collector: virtual hosts keep theirs', from: '!block.affinity && ', to: '' },
      {
        breaks: 'the lint: what is kept for Windows is use',
        from: 'return claims.length === 0;',
        to: "return claims.every(({ handle }) => handle?.startsWith('windows'));",
      },
    ],
  },
  {
    file: `${A}/collect-calico.ts`,
    specs: SPECS,
    mutants: [
      { breaks: 'the collector: not before its time', from: '({ atMs }) => atMs <= forMs', to: '() => true' },
      {
        breaks: 'the collector: what is freed comes last',
        from: '[...queue, ...free.map(',
        to: '[...[queue].flat().slice(queue.length), ...free.map(',
      },
      { breaks: 'the collector: what was handed out is in use', from: '!cidr || isHandedOut', to: '!cidr' },
      {
        breaks: 'the collector: Windows keeps no block of a node that is gone',
        from: 'releases.length + windows === claims.length',
        to: 'releases.length === claims.length',
      },
      { breaks: 'the collector: Windows keeps the block of a node', from: 'windows > 0 ? Infinity : unusedMs', to: 'unusedMs' },
      {
        breaks: 'the collector: freed addresses rest',
        from: 'grace.cooldownMs === 0 ? releasedMs : ',
        to: 'grace.cooldownMs >= 0 ? releasedMs : ',
      },
    ],
  },
];
