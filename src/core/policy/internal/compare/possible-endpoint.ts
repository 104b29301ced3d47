import { formatIp, type Ip } from '../../../net/ip.js';
import type { Labels } from '../../../resources/resource.js';
import type { PolicyEndpoint } from '../policy-endpoint.js';
import { type Facts, NO_FACTS } from './kinds.js';

/** An endpoint that there could be. */
export interface PossibleEndpoint {
  readonly endpoint: PolicyEndpoint;
  readonly name: string;
  readonly facts: Facts;
  /** There can be another one like it. */
  readonly twins: boolean;
}

/** So many combinations of pods, ports and addresses are looked through. */
export const MOST_ENDPOINTS = 20_000;
/** So many times a selector, or a rule, is asked about one of them. */
export const MOST_ASKED = 2_000_000;

export const TOO_MANY = 'there are more kinds of pods that the policies tell apart than can be compared';

/** An address of every part of the address space that rules tell apart. */
export interface Place {
  readonly address: Ip;
  /** The part has no other. */
  readonly only: boolean;
}

/** Where a part has one address alone, whose that is. */
export function addressFact(only: boolean, address: Ip | undefined, who: string): Facts {
  return only && address ? new Map([[`address ${formatIp(address)}`, who]]) : NO_FACTS;
}

/** `app=web,tier=front`. */
export function textOfLabels(labels: Labels): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  return pairs.length === 0 ? 'no label that a policy speaks of' : pairs.join(',');
}
