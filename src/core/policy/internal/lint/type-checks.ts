import { DIRECTIONS } from '../direction.js';
import type { LintDrafts } from './draft.js';
import type { LintContext, LintedPolicy } from './lint-context.js';

const TYPE_NAMES = { ingress: 'Ingress', egress: 'Egress' } as const;

/** "If you want to write an egress-only policy you must explicitly specify policyTypes": rules of a direction that is not listed do nothing. */
export function* rulesWithoutType(_: LintContext, policy: LintedPolicy): LintDrafts {
  if (policy.kind !== 'NetworkPolicy') return;
  for (const direction of DIRECTIONS) {
    const { length } = policy[direction];
    if (length === 0 || policy[`${direction}Isolation`]) continue;
    const type = TYPE_NAMES[direction];
    yield {
      code: 'POL-RULES-WITHOUT-TYPE',
      object: policy.ref,
      pointer: `/spec/${direction}`,
      direction,
      message: `policyTypes does not list ${type}: the ${length === 1 ? 'rule' : `${length} rules`} of \`${direction}\` ${length === 1 ? 'has' : 'have'} no effect, and pods are not isolated for it`,
      fix: { message: `add ${type} to policyTypes`, patch: [{ op: 'add', path: '/spec/policyTypes/-', value: type }] },
    };
  }
}

/** Cyclonus' `CheckSourceMissingPolicyTypes` and `CheckSourcePortMissingProtocol`: what is left to defaults surprises readers. */
export function* defaultedFields(_: LintContext, policy: LintedPolicy): LintDrafts {
  if (policy.kind !== 'NetworkPolicy') return;
  for (const pointer of policy.defaulted) {
    if (pointer === '/spec/policyTypes') {
      const types = DIRECTIONS.filter((direction) => policy[`${direction}Isolation`]).map((direction) => TYPE_NAMES[direction]);
      yield {
        code: 'POL-TYPES-MISSING',
        object: policy.ref,
        pointer,
        message: `policyTypes are left out, and taken as ${types.toReversed().join(' and ')}`,
        fix: { message: 'write them', patch: [{ op: 'add', path: pointer, value: types.toReversed() }] },
      };
    } else if (pointer.endsWith('/protocol')) {
      yield {
        code: 'POL-PROTOCOL-MISSING',
        object: policy.ref,
        pointer,
        message: 'the protocol of the port is left out, and taken as TCP',
        fix: { message: 'write it', patch: [{ op: 'add', path: pointer, value: 'TCP' }] },
      };
    }
  }
}
