import { assertNever } from '../kernel/assert-never.js';
import type { RegexNode } from './regex-node.js';

/** Whether something that may match nothing is repeated without bound: there a way leads back to where it came from. */
export function repeatsNothing(node: RegexNode): boolean {
  switch (node.kind) {
    case 'empty':
    case 'assert':
    case 'character':
      return false;
    case 'look':
    case 'group':
      return repeatsNothing(node.body);
    case 'sequence':
    case 'either':
      return node.parts.some(repeatsNothing);
    case 'repeat':
      return (node.most === undefined && mayBeEmpty(node.body)) || repeatsNothing(node.body);
    default:
      return assertNever(node);
  }
}

function mayBeEmpty(node: RegexNode): boolean {
  switch (node.kind) {
    case 'empty':
    case 'assert':
    case 'look':
      return true;
    case 'character':
      return false;
    case 'group':
      return mayBeEmpty(node.body);
    case 'sequence':
      return node.parts.every(mayBeEmpty);
    case 'either':
      return node.parts.some(mayBeEmpty);
    case 'repeat':
      return node.least === 0 || mayBeEmpty(node.body);
    default:
      return assertNever(node);
  }
}
