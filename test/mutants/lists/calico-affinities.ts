import type { MutantsOfFile } from '../mutant.js';

const A = 'src/core/ipam';
const SPECS = [`${A}/simulate-calico.spec.ts`, `${A}/simulate-calico.upstream.spec.ts`];

/** Which hosts have which blocks of Calico, what gives them up, and what becomes of addresses that cool down. */
export const CALICO_AFFINITIES: readonly MutantsOfFile[] = [
  {
    file: `${A}/internal/calico/block-affinities.ts`,
    specs: SPECS,
    mutants: [
      { breaks: 'affinities: of others nothing is given up', from: 'named.owner === node ? ', to: 'named.owner !== undefined ? ' },
      { breaks: 'affinities: by prefix, all in it', from: '.filter((claimed) => cidrCovers(cidr, claimed.cidr))', to: '.slice(0, 1)' },
      { breaks: 'affinities: by prefix, the lowest first', from: '.sort(byAddress)', to: '.sort(byAddress).reverse()' },
      { breaks: 'affinities: the first that is not empty ends it', from: 'if (refusal) return refusal;', to: '' },
      { breaks: 'affinities: only of pools that are enabled', from: 'one.enabled && ', to: '' },
      {
        breaks: 'affinities: only of whole blocks',
        from: 'cidr.prefix <= pool.blockSize) return pool',
        to: 'cidr.prefix <= 128) return pool',
      },
      {
        breaks: 'affinities: those that must be empty are',
        from: 'mustBeEmpty && !claimed.block.isEmpty()',
        to: 'mustBeEmpty && claimed.owner === undefined',
      },
    ],
  },
  {
    file: `${A}/internal/calico/calico-block.ts`,
    specs: SPECS,
    mutants: [
      {
        breaks: 'cooldown: the block is not empty',
        from: 'releasedAt === undefined && isWindowsHandle(handle)',
        to: 'releasedAt !== undefined || isWindowsHandle(handle)',
      },
      { breaks: 'cooldown: the sequence stays', from: 'this.held.get(ordinal)?.sequence ?? 0n', to: 'holder?.sequence ?? 0n' },
    ],
  },
  {
    file: `${A}/internal/calico/calico-blocks.ts`,
    specs: SPECS,
    mutants: [{ breaks: 'affinities: a write counts', from: 'claimed.block.rewrite();', to: '' }],
  },
  {
    file: `${A}/internal/calico/calico-ipam.ts`,
    specs: SPECS,
    mutants: [
      { breaks: 'releases: the other blocks go on', from: 'continue;', to: 'break;' },
      { breaks: 'releases: of a disabled pool by address', from: 'enabled && cidrContains(cidr, ip));', to: 'cidrContains(cidr, ip));' },
      {
        breaks: 'ensureBlock: none that is reserved',
        from: '.find(({ cidr }) => this.reserved.endOfWhole(cidr) === undefined)',
        to: '[0]',
      },
      {
        breaks: 'ensureBlock: none where none may be claimed',
        from: 'if (!this.config.autoAllocateBlocks) return CLAIMS_NO_BLOCKS;',
        to: '',
      },
      {
        breaks: 'strict affinity: also of nobody’s blocks',
        from: 'claimed.owner !== host) return notOfHost',
        to: 'claimed.owner !== undefined && claimed.owner !== host) return notOfHost',
      },
    ],
  },
  {
    file: `${A}/internal/node-rooms.ts`,
    specs: [`${A}/pool-capacity.spec.ts`, `${A}/calico-blocks.spec.ts`],
    mutants: [
      { breaks: 'room: nodes with Windows do not borrow', from: 'isWindows(node.labels) && !strictAffinity', to: 'isWindows(undefined)' },
      { breaks: 'room: what a host keeps of new blocks', from: '* blocks.usable(kept)', to: '* blocks.usable(NO_RESERVE)' },
      { breaks: 'room: what a host keeps of blocks that it has', from: 'imported.size > 0 ? NO_RESERVE : kept', to: 'NO_RESERVE' },
      { breaks: 'room: an imported block tells itself', from: 'imported.size > 0 ? NO_RESERVE : kept', to: 'kept' },
      { breaks: 'room: empty blocks of others', from: 'unclaimed + idle.total -', to: 'unclaimed -' },
      { breaks: 'room: not its own empty blocks', from: 'idle.total - (idle.ofNode.get(node.name) ?? 0n)', to: 'idle.total' },
      {
        breaks: 'room: blocks that somebody uses are not empty',
        from: 'claims.some(({ handle }) => !isWindowsHandle(handle))',
        to: 'claims.length < 0',
      },
      { breaks: 'room: blocks that are too small', from: 'blocks.usable(kept) === 0n', to: 'blocks.usable(kept) < 0n' },
    ],
  },
  {
    file: `${A}/simulate-calico.ts`,
    specs: [`${A}/simulate-calico.spec.ts`],
    mutants: [{ breaks: 'chance: it is told', from: 'blockByChance: isDrawn', to: 'blockByChance: false && isDrawn' }],
  },
  {
    file: 'src/application/what-if/settled-pools.ts',
    specs: ['src/application/what-if/pools-apart.spec.ts'],
    mutants: [
      {
        breaks: 'pools judged: only where there is that controller',
        from: 'if (!pools.some(({ pool }) => pool.isJudged)) return;',
        to: '',
      },
      { breaks: 'pools judged: those that are disabled', from: 'pool.disabled || ', to: '' },
      { breaks: 'pools judged: those that are being deleted', from: ' || pool.notAllocatable?.startsWith(TERMINATING)', to: '' },
      { breaks: 'pools judged: what gave addresses goes on', from: 'closed || ', to: '' },
      { breaks: 'pools judged: the older one', from: 'ageOf(a) - ageOf(b) || ', to: '' },
      { breaks: 'pools judged: the first by name', from: 'compareText(a.ref.name, b.ref.name)', to: 'compareText(b.ref.name, a.ref.name)' },
    ],
  },
  {
    file: 'src/application/what-if/pools-apart.ts',
    specs: ['src/application/what-if/pools-apart.spec.ts'],
    mutants: [
      { breaks: 'pools apart: those around', from: '[...around, this.inside', to: '[this.inside' },
      { breaks: 'pools apart: those inside', from: '[...around, this.inside.get(formatCidr(cidr))]', to: '[...around]' },
      { breaks: 'pools apart: a pool that has moved', from: 'names.delete(name);', to: 'void names;' },
      { breaks: 'pools apart: blocks of its own size', from: 'prefix !== blockSize && ', to: '' },
      { breaks: 'pools apart: Calico’s API server alone', from: ' || !CHECKED.test(now.ref.apiVersion)', to: '' },
    ],
  },
];
