import type { MutantsOfFile } from '../mutant.js';

/** What falls due, what is tried again, and the figures for who watches. */
export const UPKEEP_OF_ALLOCATIONS: readonly MutantsOfFile[] = [
  {
    file: 'src/core/ipam/internal/due-queue.ts',
    specs: ['src/core/ipam/internal/due-queue.spec.ts'],
    mutants: [
      { breaks: 'a value is in it once', from: '    this.delete(value);\n    this.heap.push', to: '    this.heap.push' },
      { breaks: 'not before its time', from: 'if (!first || first.at > now) return undefined;', to: 'if (!first) return undefined;' },
      { breaks: 'due at its time, not after it', from: 'if (!first || first.at > now)', to: 'if (!first || first.at >= now)' },
      { breaks: 'it comes out once', from: '    this.delete(first.value);\n', to: '' },
      { breaks: 'an early one rises', from: 'parent.at <= entry.at) break;', to: 'parent.at >= entry.at) break;' },
      { breaks: 'a late one sinks', from: 'child.at >= entry.at) return', to: 'child.at < entry.at) return' },
      { breaks: 'the earlier of two children rises', from: 'this.at(left + 1) < this.at(left) ? left + 1 : left', to: 'left' },
      { breaks: 'what is put elsewhere is found there', from: '    this.places.set(entry.value, place);\n', to: '' },
      { breaks: 'what took a place may belong above it', from: 'this.sink(this.rise(place, last), last)', to: 'this.sink(place, last)' },
    ],
  },
  {
    file: 'src/persistence/repeated.ts',
    specs: ['src/persistence/repeated.spec.ts'],
    mutants: [
      { breaks: 'five tries', from: 'const MOST_TRIES = 5;', to: 'const MOST_TRIES = 4;' },
      { breaks: 'no more than five', from: 'tries === MOST_TRIES || ', to: 'tries > MOST_TRIES || ' },
      { breaks: 'only what was given up', from: ' || givenUpAs(error) === undefined', to: '' },
      { breaks: 'twice as long before each further try', from: '2 ** (tries - 1)', to: 'tries' },
      { breaks: 'a pause of random length', from: 'Math.random() * ', to: '' },
    ],
  },
  {
    file: 'src/persistence/database-failure.ts',
    specs: ['src/persistence/database-failure.spec.ts', 'src/persistence/repeated.spec.ts'],
    mutants: [
      { breaks: 'a deadlock is given up', from: "  ['40P01', 'deadlock_detected'],\n", to: '' },
      { breaks: 'a serialization failure is given up', from: "  ['40001', 'serialization_failure'],\n", to: '' },
      { breaks: 'a lock that cannot be had is given up', from: "  ['55P03', 'lock_not_available'],\n", to: '' },
      { breaks: 'the error behind another one counts', from: 'yield* chainOf(one);', to: 'void one;' },
    ],
  },
  {
    file: 'src/application/ipam/address-watch.ts',
    specs: ['src/application/ipam/address-watch.spec.ts'],
    mutants: [
      {
        breaks: 'one that fails keeps no other from its own',
        from: 'await this.figure(cluster).catch(() => undefined);',
        to: 'await this.figure(cluster);',
      },
      { breaks: 'figures go with their cluster', from: 'if (!this.names.has(id)) this.kept.delete(id);', to: '' },
      { breaks: 'only clusters that may be seen', from: '.filter(({ cluster }) => isSeen(cluster))', to: '' },
      { breaks: 'the others are counted among those that may be seen', from: '.filter(isSeen).length', to: '.length' },
      { breaks: 'they stay for a while', from: 'this.clock() < known.notBefore', to: 'false' },
      { breaks: 'twenty times as long as they took', from: 'REST * (ended - began)', to: 'ended - began' },
      { breaks: 'not for ever', from: 'notBefore: ended + REST', to: 'notBefore: Infinity + REST' },
      { breaks: 'a newer revision has figures of its own', from: 'known?.revision === revision && ', to: '' },
      { breaks: 'the fullest first', from: 'all.sort(FULLEST_FIRST)', to: 'all.reverse()' },
    ],
  },
];
