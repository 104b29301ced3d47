import type { Answer } from '../../src/core/kernel/answer.js';
import { finished } from '../../src/core/kernel/steps.js';
import { routeLint } from '../../src/core/ingress/route-lint.js';
import type { LintedRule, RouteLintQuestion, RouteLintResult, RouteLintVerdict } from '../../src/core/ingress/route-lint-result.js';
import type { NetworkModel } from '../../src/core/model/network-model.js';
import type { KubernetesObject } from '../../src/core/resources/kubernetes-object.js';

const EVERYTHING: RouteLintQuestion = {
  class: undefined,
  gateway: undefined,
  dialect: undefined,
  namespace: undefined,
  codes: undefined,
  severity: 'info',
  states: undefined,
  rules: 10_000,
  limit: 10_000,
};

/** The answer of `route-lint`, in one go; a problem fails the test. */
export function routeLintAnswer(model: NetworkModel, question: Partial<RouteLintQuestion> = {}): Answer<RouteLintVerdict, RouteLintResult> {
  const answer = finished(routeLint(model, { ...EVERYTHING, ...question }));
  if (!answer.ok) throw new Error(answer.error.message);
  return answer.value;
}

/** What it finds. */
export function lintRoutes(model: NetworkModel, question: Partial<RouteLintQuestion> = {}): RouteLintResult {
  return routeLintAnswer(model, question).result;
}

/** `a /x live GET http://foo.com/x`, `a /x shadowed by b`: what became of a rule. */
export function ruleLine({ object, path, state, witness, by }: LintedRule): string {
  const sent = witness ? [witness.method, witness.url, ...witness.headers] : [];
  const winners = by.map((one) => one.object.name);
  return [object.name, path, state, ...sent, ...(winners.length === 0 ? [] : ['by', winners.join(',')])].join(' ');
}

/** Ingresses with annotations of ingress-nginx, by name of the Ingress. */
export function withNginx(
  objects: readonly KubernetesObject[],
  annotations: Readonly<Record<string, Readonly<Record<string, string>>>>,
): readonly KubernetesObject[] {
  return objects.map((object) => {
    const own = object.kind === 'Ingress' ? annotations[object.metadata.name ?? ''] : undefined;
    if (!own) return object;
    const all = Object.fromEntries(Object.entries(own).map(([name, value]) => [`nginx.ingress.kubernetes.io/${name}`, value]));
    return { ...object, metadata: { ...object.metadata, annotations: all } };
  });
}
