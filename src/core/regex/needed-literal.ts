import { assertNever } from '../kernel/assert-never.js';
import type { RegexNode } from './regex-node.js';

/** The longest text that every match of an expression contains in one piece, empty where none is known. Of repetitions and alternatives nothing is. */
export function neededLiteral(root: RegexNode): string {
  let longest = '';
  let run = '';
  const end = () => {
    if (run.length > longest.length) longest = run;
    run = '';
  };
  const read = (node: RegexNode): void => {
    switch (node.kind) {
      case 'empty':
      case 'assert':
      case 'look':
        return;
      case 'sequence':
        return node.parts.forEach(read);
      case 'group':
        return read(node.body);
      case 'character': {
        const [only, ...others] = node.ranges;
        if (only && others.length === 0 && only[0] === only[1]) run += String.fromCharCode(only[0]);
        else end();
        return;
      }
      case 'either':
      case 'repeat':
        return end(); // it may stand for nothing, or for one thing or another
      default:
        return assertNever(node);
    }
  };
  read(root);
  end();
  return longest;
}
