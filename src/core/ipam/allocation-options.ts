import { type Cidr, formatCidr } from '../net/cidr.js';
import { formatIp, type Ip } from '../net/ip.js';
import type { Labels } from '../resources/resource.js';
import type { AllocationStrategy } from './allocation-strategy.js';

/** What else a caller may ask; absent members leave the choice to the room. */
export interface AllocationOptions {
  /** Pools to try after the first one, in this order. */
  readonly otherPools?: readonly string[] | undefined;
  /** Whole prefixes of this length in place of addresses. */
  readonly prefixLength?: number | undefined;
  /** Taken where it is free, of a prefix its first address; otherwise the strategy chooses. */
  readonly preferred?: Ip | undefined;
  /** So many addresses or prefixes, all of one pool; 1 when absent. */
  readonly count?: number | undefined;
  /** `lowest` when absent. */
  readonly strategy?: AllocationStrategy | undefined;
  /** Moves the starting point of `banded` and `random`. */
  readonly seed?: string | undefined;
  /** Only addresses of the ranges of this node. */
  readonly node?: string | undefined;
  /** Only addresses of these prefixes. */
  readonly within?: readonly Cidr[] | undefined;
  /** No address of these prefixes. */
  readonly exclude?: readonly Cidr[] | undefined;
  /** The allocation ends by itself after so long. */
  readonly leaseSeconds?: number | undefined;
  /** After its end nobody gets the address for so long. */
  readonly cooldownSeconds?: number | undefined;
  /** What the caller says of it besides. */
  readonly labels?: Labels | undefined;
  /** The object that it is for. */
  readonly ownerObject?: OwnerObject | undefined;
  /** Fewer addresses than were asked for are better than none. */
  readonly partial?: boolean | undefined;
}

/** An object that something is for. */
export interface OwnerObject {
  readonly kind: string;
  readonly namespace?: string | undefined;
  readonly name: string;
  readonly uid?: string | undefined;
}

/** `Pod shop/web-0`. */
export function ownerText({ kind, namespace, name }: OwnerObject): string {
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}

/** What of a request is told again with what was handed out. */
export type AskedAgain = Pick<AllocationOptions, 'node' | 'labels' | 'ownerObject'>;

/** Reads it out of what {@link requestText} has written. */
export function askedIn(text: string): AskedAgain {
  if (text === '') return {};
  // INVARIANT: only `requestText` writes it.
  const { node, labels, ownerObject }: AskedAgain = JSON.parse(text);
  return { node, labels, ownerObject };
}

/** The options as one text that is the same for the same ones, whatever the order of their members; empty when there are none. */
export function requestText(options: AllocationOptions): string {
  if (Object.values(options).every((value) => value === undefined)) return '';
  const { preferred, within, exclude, labels, ownerObject, ...plain } = options;
  const members = {
    ...plain,
    preferred: preferred && formatIp(preferred),
    within: within?.map(formatCidr),
    exclude: exclude?.map(formatCidr),
    ownerObject: ownerObject && inOrder(ownerObject),
    labels: labels && Object.fromEntries(Object.entries(labels).sort(byKey)),
  };
  const said = Object.entries(members).filter(([, value]) => value !== undefined);
  return said.length === 0 ? '' : JSON.stringify(Object.fromEntries(said.sort(byKey)));
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}

/** The members in one order, whatever it was. */
function inOrder({ kind, namespace, name, uid }: OwnerObject): OwnerObject {
  return { kind, namespace, name, uid };
}
