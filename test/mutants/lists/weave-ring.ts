import type { MutantsOfFile } from '../mutant.js';

const A = 'src/core/ipam';
const SPECS = [`${A}/simulate-weave-ring.spec.ts`];

/** What peers of Weave Net take for the ring, and what they take over of one another. */
export const WEAVE_RING: readonly MutantsOfFile[] = [
  {
    file: `${A}/internal/merge-rings.ts`,
    specs: SPECS,
    mutants: [
      { breaks: 'Weave’s rings: seeded differently', from: 'if (areBothSeeded && !isSame)', to: 'if (false)' },
      { breaks: 'Weave’s rings: of different ranges', from: 'return isRange ? undefined', to: 'return !isRange || isRange ? undefined' },
      { breaks: 'Weave’s rings: a token in one’s own range', from: 'this.previousOwner === this.ring.peer && ', to: 'false && ' },
      { breaks: 'Weave’s rings: behind the last token nobody is heard', from: '(!next || ', to: '(next && ' },
      {
        breaks: 'Weave’s rings: what is in use is not given away',
        from: 'own.peer === this.ring.peer && this.isInUse(own, index)',
        to: 'false',
      },
      { breaks: 'Weave’s rings: of equal versions the freer', from: 'own.free >= other.free', to: 'own.free > other.free' },
      {
        breaks: 'Weave’s rings: the newer version counts',
        from: 'if (own.version < other.version)',
        to: 'if (own.version > other.version)',
      },
      { breaks: 'Weave’s rings: the owner knows best', from: 'version: other.version + 1', to: 'version: own.version' },
      { breaks: 'Weave’s rings: what nobody uses goes', from: 'other.peer !== peer && !this.isInUse(own, index)', to: 'false' },
      { breaks: 'Weave’s rings: no more is free than there is', from: 'entry.free > distance ? ', to: 'false ? ' },
      { breaks: 'Weave’s rings: what is new is told', from: 'this.isUpdated = true;', to: '' },
    ],
  },
  {
    file: `${A}/internal/weave-tokens.ts`,
    specs: SPECS,
    mutants: [
      { breaks: 'Weave’s ring: a transfer wins', from: 'const TRANSFER_VERSIONS = 100;', to: 'const TRANSFER_VERSIONS = 1;' },
      { breaks: 'Weave’s ring: around the end', from: 'this.end - start + (end - this.start)', to: 'this.end - start' },
      { breaks: 'Weave’s ring: the end is the start', from: 'end === this.end ? this.start : end', to: 'end' },
      {
        breaks: 'Weave’s ring: nobody gives what is another’s',
        from: 'some(({ peer }) => peer !== this.peer)',
        to: 'every(({ peer }) => peer !== this.peer)',
      },
      { breaks: 'Weave’s ring: nobody asks itself', from: ' || peer === this.peer) continue;', to: ') continue;' },
      { breaks: 'Weave’s ring: who has nothing is not asked', from: 'free === 0n || ', to: '' },
      { breaks: 'Weave’s ring: odd shares', from: 'middle + (share % 2n)', to: 'middle' },
    ],
  },
];
