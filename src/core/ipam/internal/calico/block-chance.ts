import type { Note } from '../../../kernel/answer.js';
import { parseCidr } from '../../../net/cidr.js';
import { familyBits } from '../../../net/ip.js';
import type { UsedPart } from '../../node-grant.js';

const CHANCE: Note = {
  code: 'BLOCK_BY_CHANCE',
  message: 'which of the blocks of one address Calico takes is its chance: the one that is told is a possible one',
};

/** Said of blocks of one address that a node does not have yet: Calico begins its search for one at a place that it draws by the time; for larger ones by the node's name (`block-starts.ts`). */
export function blockChance(parts: readonly UsedPart[]): readonly Note[] {
  return parts.some((part) => part.use !== 'own' && isOneAddress(part)) ? [CHANCE] : [];
}

function isOneAddress({ cidr }: UsedPart): boolean {
  const parsed = parseCidr(cidr);
  return parsed?.prefix === (parsed && familyBits(parsed.family));
}
