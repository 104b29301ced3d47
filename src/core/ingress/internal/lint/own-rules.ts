import type { Steps } from '../../../kernel/steps.js';
import type { LintedRule } from '../../route-lint-result.js';
import { ownerOf } from '../claim-text.js';
import type { ClassRouter, OwnRule } from '../dialect.js';
import { ClaimGroups } from './claim-groups.js';
import type { Ledger } from './ledger.js';

/** Looks at the rules that stand in kinds of a controller's own, such as IngressRoutes. */
export function* lintOwnRules(router: ClassRouter, ledger: Ledger): Steps<void> {
  const claims = new ClaimGroups({ class: router.className ?? null, gateway: null });
  for (const own of router.ownRules?.() ?? []) {
    if (!ledger.wants(own.rule.ingress.namespace)) continue;
    yield* lintRule(router, own, ledger, claims);
    yield;
  }
  yield* claims.conflicts(ledger);
}

function* lintRule(router: ClassRouter, { rule, claim, prove }: OwnRule, ledger: Ledger, claims: ClaimGroups): Steps<void> {
  const { state, witness, by, why, faults } = yield* prove();
  const place = { object: rule.ingress.ref, pointer: rule.pointer };
  const linted: LintedRule = {
    ...place,
    dialect: router.dialect,
    class: router.className ?? null,
    gateway: null,
    host: rule.host ?? null,
    path: rule.path ?? '',
    pathType: 'Rule',
    backend: rule.backendText ?? '',
    owner: ownerOf(rule.ingress),
    createdAt: rule.ingress.createdAt ?? null,
    state,
    witness: witness ?? null,
    by: by.map((other) => ({ object: other.ingress.ref, pointer: other.pointer })),
    why: why ?? null,
  };
  if (ledger.count(state)) ledger.addRule(linted);
  for (const fault of faults) ledger.add({ ...place, ...fault });
  if (state === 'shadowed') ledger.add({ ...place, code: 'ING-SHADOWED', message: why ?? '', related: linted.by });
  if (state === 'undecided') ledger.add({ ...place, code: 'ING-UNDECIDED', message: why ?? '' });
  if (state !== 'unreachable') claims.add(linted, claim);
}
