import { type Problem, problem } from '../kernel/problem.js';
import { err, ok, type Result } from '../kernel/result.js';
import type { NetworkModel } from '../model/network-model.js';
import { type Allocation, type Place, placeText } from './allocation.js';
import type { AllocationBook } from './allocation-book.js';
import { AllocationMemory } from './allocation-memory.js';
import { requestText } from './allocation-options.js';
import { type AllocationDecision, type AllocationRequest, decision, explained, placeOf } from './allocation-decision.js';
import { otherFamily, poolOfNamed } from './allocation-by-name.js';
import { exhausted, unsuited } from './allocation-problems.js';
import { allocateForNode, nodeGrants } from './allocate-for-node.js';
import { type AllocationSource, sourcesOf } from './allocation-source.js';
import { choosesPrefixes } from './allocation-strategy.js';
import { choiceState } from './choice-state.js';
import type { IpPool } from './ip-pool.js';
import type { RejectedPool } from './rejected-pool.js';
import { pickAddresses } from './pick-addresses.js';

const NOTHING = new AllocationMemory();

/**
 * Decides which addresses or prefixes a caller gets: those it has under this identifier, the one it names, or those that the strategy takes among the ones that nobody has, in the cluster's
 * objects or through the API. A prefix is taken as a whole: nothing of it is anybody's, and nobody gets an address of it while it is handed out. Equal state and equal request give an equal decision (INV-IPAM-5). `memory` is looked at by `fifo` and `roundRobin` alone. Fails with
 * `unknown-pool`, `unknown-node`, `identifier-reused`, `ip-taken`, `pool-exhausted` and `invalid-request`.
 */
export function allocateAddress(
  model: NetworkModel,
  book: AllocationBook,
  request: AllocationRequest,
  memory: AllocationMemory = NOTHING,
): Result<AllocationDecision, Problem> {
  const { options = {} } = request;
  const place = placeOf(request);
  const names = [request.pool, ...(options.otherPools ?? [])];
  for (const name of names) {
    const known = book.members(name, request.identifier);
    if (known.length > 0) return knownAs(known, request);
  }
  const forNode = nodeGrants(model, book, request, memory);
  if (forNode) return allocateForNode(model, book, request, names, forNode);
  const sources = sourcesOf(model, book, names, options);
  if (!sources.ok) return sources;
  if (!place) return chosen(model, book, sources.value, request, memory);
  const pool = poolOfNamed(model, book, sources.value, options, place);
  return pool.ok ? ok(decision(request, pool.value, [place], null, 'asked for by name', [])) : pool;
}

/** The same request again gets the same addresses; another one under the same identifier is refused. */
function knownAs(known: readonly Allocation[], request: AllocationRequest): Result<AllocationDecision, Problem> {
  const { identifier, owner, options = {} } = request;
  const [first] = known;
  if (!first) return ok({ known, made: [], explanation: explained(request, request.pool, null, 'nothing') });
  const wanted = placeOf(request);
  const isSame = first.byName ? wanted !== undefined && placeText(wanted) === placeText(first) : wanted === undefined;
  const sameOptions = (first.terms?.request ?? '') === requestText(options);
  if (isSame && first.owner === owner && sameOptions) {
    return ok({ known, made: [], explanation: explained(request, first.pool, null, `\`${identifier}\` has it already`) });
  }
  const differs = !isSame
    ? `as ${placeText(first)}${first.byName ? ', asked for by name' : ''}`
    : first.owner === owner
      ? `on other terms (${first.terms?.request || 'none'})`
      : `for ${first.owner === null ? 'no owner' : `owner \`${first.owner}\``}`;
  const hint = 'release it first, or take another identifier';
  const extra = { address: placeText(first), owner: first.owner };
  return err(problem('identifier-reused', `\`${identifier}\` was handed out ${differs}, by another request`, { hint, extra }));
}

/** From the first pool that has so many; where fewer will do and none has, from the one that has most. */
function chosen(
  model: NetworkModel,
  book: AllocationBook,
  sources: readonly AllocationSource[],
  request: AllocationRequest,
  memory: AllocationMemory,
): Result<AllocationDecision, Problem> {
  const { count = 1, strategy = 'lowest', partial = false, preferred, prefixLength } = request.options ?? {};
  if (preferred && !sources.some(({ pool }) => pool.family === preferred.family))
    return err(otherFamily(model, sources, { ip: preferred, prefixLength }, '/preferred'));
  if (prefixLength !== undefined && !choosesPrefixes(strategy)) return err(unsuited(strategy));
  const rejected: RejectedPool[] = [];
  let most: { readonly pool: IpPool; readonly places: readonly Place[] } | undefined;
  for (const { pool, space, hostBits } of sources) {
    const wanted = preferred?.family === pool.family ? preferred.value >> BigInt(hostBits) : undefined;
    const state = choiceState(pool, { strategy, hostBits, seed: request.options?.seed }, book, memory);
    const units = pickAddresses(space, strategy, count, state, wanted);
    const places = units.map((unit): Place => ({ ip: { family: pool.family, value: unit << BigInt(hostBits) }, prefixLength }));
    const how =
      wanted !== undefined && units[0] === wanted
        ? `the preferred ${prefixLength === undefined ? 'address' : 'prefix'} is free`
        : `\`${strategy}\` takes ${units.length === 1 ? 'it' : 'them'} next`;
    if (units.length === count) return ok(decision(request, pool, places, strategy, how, rejected));
    // Fewer than were asked for are all there are.
    rejected.push({ pool: pool.name, reason: units.length === 0 ? 'POOL_EXHAUSTED' : 'POOL_TOO_SMALL', available: String(units.length) });
    if (units.length > (most?.places.length ?? 0)) most = { pool, places };
  }
  if (!partial || !most) return err(exhausted(model, book, sources, request.options ?? {}, rejected));
  const others = rejected.filter(({ pool }) => pool !== most?.pool.name);
  const asked = prefixLength === undefined ? 'addresses' : `prefixes of /${prefixLength}`;
  const how = `assigned ${most.places.length} out of ${count} requested ${asked}: no more are free in ${sources.map(({ pool }) => `\`${pool.name}\``).join(', ')}`;
  return ok(decision(request, most.pool, most.places, strategy, how, others));
}
