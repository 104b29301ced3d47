import { traceQuestion } from '../../src/application/trace/trace.js';
import type { TraceResult } from '../../src/application/trace/trace-result.js';
import type { TraceVerdict } from '../../src/application/trace/trace-verdicts.js';
import type { Finding } from '../../src/core/findings/finding.js';
import { serviceLint } from '../../src/core/findings/service-lint.js';
import { AllocationBook } from '../../src/core/ipam/allocation-book.js';
import type { Answer } from '../../src/core/kernel/answer.js';
import type { JsonObject } from '../../src/core/kernel/json.js';
import { compareRefs, qualifiedName } from '../../src/core/kernel/object-ref.js';
import type { NetworkModel } from '../../src/core/model/network-model.js';
import { type KubernetesObject, refOf } from '../../src/core/resources/kubernetes-object.js';
import { patched } from './json-patch.js';

/** What `trace` answers, through its definition; a problem fails the test. */
export function trace(model: NetworkModel, input: Readonly<Record<string, unknown>>): Answer<TraceVerdict, TraceResult> {
  const asked = traceQuestion.ask(
    { cluster: 'c', revision: 1, model, allocations: new AllocationBook() },
    traceQuestion.input.parse(input),
  );
  if (!asked.ok) throw new Error(`${asked.error.message} (${asked.error.hint ?? ''})`);
  traceQuestion.result.parse(asked.value.answer.result);
  return asked.value.answer;
}

/** What `service-lint` finds, in one go. */
export function lintedServices(model: NetworkModel): readonly Finding[] {
  const steps = serviceLint(model, { namespace: undefined, service: undefined, codes: undefined, severity: 'info', limit: 10_000 });
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value.result.findings;
  }
}

/** `SELECTOR_NEAR_MISS shop/api /spec/selector/app`, with `+fix` behind it where there is one. */
export function findingLine({ code, object, pointer, fix }: Finding): string {
  return [code, qualifiedName(object), pointer, fix ? '+fix' : ''].filter((part) => part !== '').join(' ');
}

/** The objects after the fix of a finding: its object patched, what it creates added. */
export function mended(objects: readonly KubernetesObject[], { fix }: Finding): readonly KubernetesObject[] {
  if (!fix) throw new Error('there is no fix');
  let found = fix.patch.length === 0;
  const changed = objects.map((one) => {
    if (compareRefs(refOf(one), fix.object) !== 0) return one;
    found = true;
    return patched(one, fix.patch);
  });
  if (!found) throw new Error(`there is no ${fix.object.kind} ${qualifiedName(fix.object)} to patch`);
  return [...changed, ...fix.create.map(asObject)];
}

function asObject(manifest: JsonObject): KubernetesObject {
  return structuredClone(manifest) as KubernetesObject;
}
