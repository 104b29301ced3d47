import { formatCidr } from '../../core/net/cidr.js';
import type { FleetGiven, FleetSpaceView } from './fleet-spaces.js';

/** A range as it is sent; null times and names stand in a preview, where nothing was written. */
export interface FleetRangeText {
  readonly cluster: string;
  readonly plane: string;
  readonly prefix: string;
  readonly takenAt: string | null;
  readonly takenBy: string | null;
}

/** A range as it is sent. */
export function fleetRangeText({ cluster, plane, prefix, takenAt, takenBy }: FleetGiven['ranges'][number]): FleetRangeText {
  return { cluster, plane, prefix: formatCidr(prefix), takenAt: takenAt?.toISOString() ?? null, takenBy: takenBy ?? null };
}

/** A space as it is sent. */
export function fleetSpaceText({ content: { space, ranges }, use, hidden }: FleetSpaceView): object {
  const { name, description, prefixes, createdAt, createdBy } = space;
  return {
    name,
    description,
    prefixes: prefixes.map(formatCidr),
    createdAt: createdAt.toISOString(),
    createdBy,
    use,
    ranges: ranges.map(fleetRangeText),
    hiddenRanges: hidden,
  };
}
