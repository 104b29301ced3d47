import type { Answer } from '../../src/core/kernel/answer.js';
import { compareRefs, qualifiedName } from '../../src/core/kernel/object-ref.js';
import type { NetworkModel } from '../../src/core/model/network-model.js';
import type { ProfileSettings } from '../../src/core/model/profile-settings.js';
import type { LintFinding, LintQuestion, LintResult, LintVerdict } from '../../src/core/policy/lint-result.js';
import { policyLint } from '../../src/core/policy/policy-lint.js';
import { refOf, type KubernetesObject } from '../../src/core/resources/kubernetes-object.js';
import { patched } from './json-patch.js';
import { modelOf } from './model.js';

const EVERYTHING: LintQuestion = { namespace: undefined, policy: undefined, codes: undefined, severity: 'info', limit: 10_000 };

/** The answer, in one go. */
export function lint(model: NetworkModel, question: Partial<LintQuestion> = {}): Answer<LintVerdict, LintResult> {
  const steps = policyLint(model, { ...EVERYTHING, ...question });
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** `POL-SELECTS-NOTHING shop/web /spec/podSelector`, with `+fix` behind it where there is one. */
export function lineOf({ code, object, pointer, fix }: LintFinding): string {
  return [code, qualifiedName(object), pointer, fix ? '+fix' : ''].filter((part) => part !== '').join(' ');
}

/** The objects after the fix of a finding. */
function fixed(objects: readonly KubernetesObject[], { object, fix }: LintFinding): readonly KubernetesObject[] {
  return objects.map((one) => (fix && compareRefs(refOf(one), object) === 0 ? patched(one, fix.patch) : one));
}

/** Rules that are taken away are gone, and what stands behind them comes into their place: INV-POL-11 has a second evaluator look at those. */
const TAKES_AWAY: ReadonlySet<string> = new Set(['POL-SHADOWED-RULE', 'POL-REDUNDANT-RULE']);

/** Findings that their own fix does not make fewer: there should be none. */
export function unhelpfulFixes(objects: readonly KubernetesObject[], settings: ProfileSettings): readonly string[] {
  const { findings } = lint(modelOf(objects, settings)).result;
  const alike = (all: readonly LintFinding[], { code, object }: LintFinding) =>
    all.filter((one) => one.code === code && compareRefs(one.object, object) === 0).length;
  return findings
    .filter(({ code, fix }) => fix !== null && !TAKES_AWAY.has(code))
    .filter((finding) => {
      const after = lint(modelOf(fixed(objects, finding), settings)).result.findings;
      return alike(after, finding) >= alike(findings, finding);
    })
    .map(lineOf);
}
