/** How the next address of a pool is chosen, and who does it so. */
export const ALLOCATION_STRATEGIES = {
  lowest: 'the lowest free address (NetBox, MetalLB, whereabouts, Cluster API)',
  fifo: 'the one that has been free longest: never used ones in order, then released ones in the order of their release (Calico inside a block)',
  roundRobin: 'the next after the one handed out last, wrapping (host-local, node CIDRs)',
  banded: 'from a seeded point of the upper band on, wrapping; the lower band only when the upper one is full (ClusterIP, node ports)',
  random: 'the first free one from a seeded point on, wrapping',
  bestFit:
    'the lowest of the smallest run of free addresses that has room for all that is asked for, else of the longest: large runs stay whole; the first 1,024 runs are compared',
  sparse:
    'the lower middle of the longest run of free addresses, so that what is handed out has room to grow (RFC 3531); the first 1,024 runs are compared',
} as const satisfies Record<string, string>;

/** The name of a strategy. */
export type AllocationStrategy = keyof typeof ALLOCATION_STRATEGIES;

/** Those that say which of the free prefixes of a length is taken. */
export const PREFIX_STRATEGIES = ['lowest', 'roundRobin', 'random', 'bestFit', 'sparse'] as const satisfies readonly AllocationStrategy[];

/** Whether a strategy chooses among prefixes; the others go by the past of single addresses, or by bands of them. */
export function choosesPrefixes(strategy: AllocationStrategy): boolean {
  return (PREFIX_STRATEGIES as readonly AllocationStrategy[]).includes(strategy);
}
