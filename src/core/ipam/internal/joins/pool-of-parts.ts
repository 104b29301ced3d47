import type { NetworkModel } from '../../../model/network-model.js';
import { firstIp, parseCidr } from '../../../net/cidr.js';
import { CidrIndex } from '../../../net/cidr-index.js';
import { allPools } from '../../all-pools.js';
import type { UsedPart } from '../../node-grant.js';

/** The pool of pods that all of these parts are of; null: they are of several, or of none. */
export function poolOfParts(model: NetworkModel, parts: readonly UsedPart[]): string | null {
  const pools = allPools(model).filter(({ plane }) => plane === 'pod');
  const index = CidrIndex.of(pools.flatMap(({ name, declared }) => declared.flatMap((text) => prefixed(text, name))));
  const names = new Set(parts.flatMap(({ cidr }) => prefixed(cidr, null)).map(([cidr]) => index.longestMatch(firstIp(cidr))?.[0]));
  const [name] = names;
  return names.size === 1 ? (name ?? null) : null;
}

function prefixed<T>(text: string, thing: T) {
  const cidr = parseCidr(text);
  return cidr ? [[cidr, thing] as const] : [];
}
