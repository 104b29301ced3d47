import type { Endpoint } from '../../resources/endpoint-slice.js';

/** How much busier than its share a zone may make an endpoint. */
const OVERLOAD = 0.2;

/**
 * The endpoints of one family with the hints of topology mode Auto: each zone gets its share of the CPUs in endpoints, its own first. Undefined where a
 * condition fails, and then no endpoint has a hint: fewer than two zones, fewer ready endpoints than zones, an endpoint without a zone, shares that cannot be
 * met (kubernetes/endpointslice `topologycache/topologycache.go`, `AddHints`).
 */
export function proportionalHints(
  endpoints: readonly Endpoint[],
  shares: ReadonlyMap<string, number> | undefined,
): readonly Endpoint[] | undefined {
  const ready = endpoints.filter((endpoint) => endpoint.ready);
  if (!shares || shares.size < 2 || shares.size > ready.length || ready.some(({ zone }) => zone === undefined)) return undefined;
  const desired = desiredByZone(shares, ready.length);
  if (!desired) return undefined;
  const { giving, receiving } = exchange(desired, countByZone(ready));
  return endpoints.map((endpoint) => {
    const { zone } = endpoint;
    if (!endpoint.ready || zone === undefined) return endpoint;
    const target = take(giving, zone) ? takeAny(receiving) : undefined;
    return { ...endpoint, zoneHints: [target ?? zone] };
  });
}

/** Endpoints that each zone should have; undefined where the least they need is more than there are. */
function desiredByZone(shares: ReadonlyMap<string, number>, count: number): ReadonlyMap<string, number> | undefined {
  const desired = new Map<string, number>();
  let least = 0;
  for (const [zone, share] of shares) {
    const minimum = Math.ceil((share * count) / (1 + OVERLOAD));
    desired.set(zone, Math.max(share * count, minimum));
    least += minimum;
  }
  return least > count ? undefined : desired;
}

function countByZone(endpoints: readonly Endpoint[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { zone } of endpoints) if (zone !== undefined) counts.set(zone, (counts.get(zone) ?? 0) + 1);
  return counts;
}

/**
 * Whole endpoints that zones with too many give and zones with too few receive: always from the richest to the poorest, while one side has a whole endpoint
 * to move and both have half of one (`getGivingAndReceivingZones`).
 */
function exchange(
  desired: ReadonlyMap<string, number>,
  counts: ReadonlyMap<string, number>,
): { giving: Map<string, number>; receiving: Map<string, number> } {
  const surplus = new Map([...desired].map(([zone, target]) => [zone, (counts.get(zone) ?? 0) - target]));
  const deficit = new Map([...surplus].map(([zone, number]) => [zone, -number]));
  const [giving, receiving] = [new Map<string, number>(), new Map<string, number>()];
  for (;;) {
    const [rich, poor] = [most(surplus), most(deficit)];
    if (!rich || !poor || Math.max(rich.number, poor.number) < 1 || Math.min(rich.number, poor.number) < 0.5) return { giving, receiving };
    giving.set(rich.zone, (giving.get(rich.zone) ?? 0) + 1);
    receiving.set(poor.zone, (receiving.get(poor.zone) ?? 0) + 1);
    surplus.set(rich.zone, rich.number - 1);
    deficit.set(poor.zone, poor.number - 1);
  }
}

/** The zone with the largest positive number, the first by name among equals. */
function most(numbers: ReadonlyMap<string, number>): { readonly zone: string; readonly number: number } | undefined {
  let best: { zone: string; number: number } | undefined;
  for (const [zone, number] of numbers) if (number > (best?.number ?? 0)) best = { zone, number };
  return best;
}

function take(numbers: Map<string, number>, zone: string): boolean {
  const left = numbers.get(zone) ?? 0;
  if (left > 0) numbers.set(zone, left - 1);
  return left > 0;
}

function takeAny(numbers: Map<string, number>): string | undefined {
  return [...numbers.keys()].find((zone) => take(numbers, zone));
}
