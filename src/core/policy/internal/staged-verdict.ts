import { describeRef } from '../../kernel/object-ref.js';
import type { Steps } from '../../kernel/steps.js';
import type { NetworkModel } from '../../model/network-model.js';
import type { PolicyQuestion } from '../policy-question.js';
import type { StagedVerdict } from '../policy-result.js';
import { flowsBetween } from './flows.js';
import { judgeAll, type JudgedCase } from './judged-cases.js';
import { PolicyIndex } from './policy-index.js';
import { sidesOf } from './question-sides.js';
import { stagedModelOf } from './staged-model.js';
import { connectionOfAll, directionResult, joinVerdicts } from './verdict-totals.js';

/** What the answer would be if staged policies were enforced; null where none of them is about the question's endpoints. Yields often. */
export function* stagedVerdict(
  model: NetworkModel,
  question: PolicyQuestion,
  enforced: readonly JudgedCase[],
): Steps<StagedVerdict | null> {
  const staged = stagedModelOf(model);
  if (!staged) return null;
  const index = yield* PolicyIndex.inSteps(staged.model);
  const sides = yield* sidesOf(staged.model, index, question);
  if (!sides.ok) return null;
  const cases = yield* judgeAll(index, flowsBetween(sides.value.sources, sides.value.destinations), Number.POSITIVE_INFINITY);
  if (!cases) return null;
  const concerned = [...enforced, ...cases].flatMap(({ judgement: { egress, ingress } }) =>
    [...egress.layers, ...ingress.layers].flatMap(({ policies }) =>
      policies.flatMap(({ acting }) => staged.changes.get(acting.policy) ?? []),
    ),
  );
  if (concerned.length === 0) return null;
  return {
    verdict: joinVerdicts(cases.map(({ verdict }) => verdict)),
    egress: (yield* directionResult(cases, 'egress')).verdict,
    ingress: (yield* directionResult(cases, 'ingress')).verdict,
    connection: yield* connectionOfAll(cases),
    policies: [...new Set(concerned)].map(({ ref, action }) => ({ policy: describeRef(ref), action })),
  };
}
