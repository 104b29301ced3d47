import { assertNever } from '../../../kernel/assert-never.js';
import type { RuleNode } from '../../../traefik-rule/rule-node.js';

/** The hosts outside which a rule never holds, in lower case, wildcards as `*.x`; undefined where it names no such hosts. */
export function hostsOfRule(node: RuleNode): readonly string[] | undefined {
  switch (node.kind) {
    case 'call':
      return node.name === 'Host' && node.values.every((value) => /^(\*\.)?[^*]+$/.test(value)) ? node.values.map(bare) : undefined;
    case 'and':
      return hostsOfRule(node.left) ?? hostsOfRule(node.right);
    case 'or': {
      const [left, right] = [hostsOfRule(node.left), hostsOfRule(node.right)];
      return left && right && [...new Set([...left, ...right])];
    }
    case 'not':
      return undefined;
    default:
      return assertNever(node);
  }
}

const bare = (host: string) => host.toLowerCase().replace(/\.$/, '');
