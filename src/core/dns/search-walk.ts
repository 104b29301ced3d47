import { absoluteName, countDots } from './dns-name.js';
import type { ResolvConf } from './parse-resolv-conf.js';

/** The C libraries whose resolvers differ: Debian, Ubuntu, Red Hat and Google images have glibc, Alpine has musl. */
export type Libc = 'glibc' | 'musl';

/** One name of the walk. */
export interface WalkStep {
  /** Absolute. */
  readonly name: string;
  /** The entry of the search list that was appended; undefined: the name as it is. */
  readonly search: string | undefined;
}

/** What one name came to, as a resolver library tells answers apart. */
export type StepOutcome = 'answer' | 'NODATA' | 'NXDOMAIN' | 'SERVFAIL';

/** musl ignores lines that are longer (`src/network/resolvconf.c`: a buffer of 256). */
const MUSL_LINE = 254;
/** Both libraries cap `ndots` here. */
const MAX_NDOTS = 15;
/** Names that would get longer than a name may be are skipped. */
const MAX_NAME = 254;

/** `ndots` of the options: at most 15, 1 where it is not given. */
export function ndotsOf(options: readonly string[]): number {
  const value = options.findLast((option) => option.startsWith('ndots:'))?.slice('ndots:'.length);
  return value !== undefined && /^\d+$/.test(value) ? Math.min(Number(value), MAX_NDOTS) : 1;
}

/**
 * The names a resolver tries, in order, until one stops it. A final dot: only this name. Fewer dots than ndots: the search list, then the name as it is. Else
 * glibc tries the name and then the search list (`resolv/res_query.c` res_search), musl the name alone (`src/network/lookup_name.c`).
 */
export function searchWalk(name: string, resolver: ResolvConf, libc: Libc): readonly WalkStep[] {
  const asItIs: WalkStep = { name: absoluteName(name), search: undefined };
  if (name.endsWith('.')) return [asItIs];
  const steps = searchesRead(resolver.searches, libc)
    .map((search): WalkStep => ({ name: absoluteName(search === '.' ? name : `${name}.${search}`), search }))
    .filter((step) => step.name.length <= MAX_NAME);
  // The root in the list stands for the name as it is, which is asked once (`res_search`, root_on_list and tried_as_is).
  const others = steps.filter(({ search }) => search !== '.');
  if (countDots(name) < ndotsOf(resolver.options)) return steps.length > others.length ? steps : [...steps, asItIs];
  return libc === 'musl' ? [asItIs] : [asItIs, ...others];
}

/** musl makes no name of a lone dot. */
function searchesRead(searches: readonly string[], libc: Libc): readonly string[] {
  if (libc === 'glibc') return searches;
  return `search ${searches.join(' ')}`.length > MUSL_LINE ? [] : searches.filter((search) => search !== '.');
}

/** Whether the walk ends here. musl takes NODATA as proof that the name exists, and gives up on SERVFAIL; glibc goes on. */
export function stopsWalk(libc: Libc, outcome: StepOutcome): boolean {
  if (outcome === 'answer') return true;
  return libc === 'musl' && outcome !== 'NXDOMAIN';
}

/**
 * What the caller is told when no name answered. glibc: the answer to the name as it is when that was asked first, else "no data" before "no such name"
 * (`res_search`, saved_herrno and got_nodata); musl: what the last name said.
 */
export function failureOf(libc: Libc, steps: readonly WalkStep[], outcomes: readonly StepOutcome[]): Exclude<StepOutcome, 'answer'> {
  const failures = outcomes.filter((outcome) => outcome !== 'answer');
  const last = failures.at(-1) ?? 'NXDOMAIN';
  if (libc === 'musl') return last;
  const fullQueryFirst = steps.length > 1 && steps[0]?.search === undefined;
  if (fullQueryFirst) return failures[0] ?? 'NXDOMAIN';
  return failures.includes('NODATA') ? 'NODATA' : failures.includes('SERVFAIL') ? 'SERVFAIL' : last;
}
