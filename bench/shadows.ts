import type { RouteLintQuestion, RouteLintResult } from '../src/core/ingress/route-lint-result.js';
import { routeLint } from '../src/core/ingress/route-lint.js';
import { finished } from '../src/core/kernel/steps.js';
import type { NetworkModel } from '../src/core/model/network-model.js';
import { format, measured, median } from './measure.js';
import { modelOf } from './model-of.js';
import { ROUTING_CLASS, ROUTING_SIZE, routingCluster } from './routing-cluster.js';
import { plainFigure, type Section } from './section.js';

const RUNS = 3;
const RULES = ROUTING_SIZE.hosts * ROUTING_SIZE.paths;

/** Controllers, by which the dialect is chosen. */
const CONTROLLERS = { 'the specification': 'bench.example.com/ingress', 'ingress-nginx': 'k8s.io/ingress-nginx' } as const;

const QUESTION: RouteLintQuestion = {
  class: ROUTING_CLASS,
  gateway: undefined,
  dialect: undefined,
  namespace: undefined,
  codes: undefined,
  severity: 'info',
  states: undefined,
  rules: 200,
  limit: 1000,
};

/** Which of 200,000 rules are reached: `route-lint` from a fresh model on, its table included. */
export async function benchShadows(): Promise<Section> {
  const figures = [];
  for (const [name, controller] of Object.entries(CONTROLLERS)) {
    const texts = Array.from(routingCluster(controller), (object) => JSON.stringify(object));
    const times: number[] = [];
    for (let run = 0; run < RUNS; run++) {
      const model = modelOf(texts);
      times.push((await measured(() => lint(model))).cpu);
    }
    figures.push(plainFigure(`${RULES.toLocaleString('en')} rules by ${name}`, format(median(times), 's'), '≤ 3 s'));
  }
  return {
    title: 'Shadow analysis',
    about: `\`route-lint\` over 10,000 Ingresses of 20 paths each, those of the section Routing: of each rule a request that reaches it, or the rules that take all it matches. In process, seconds of CPU from a model on that was asked nothing before, median of ${RUNS}.`,
    figures,
  };
}

function lint(model: NetworkModel): RouteLintResult {
  const answer = finished(routeLint(model, QUESTION));
  if (!answer.ok) throw new Error(answer.error.message);
  const { states } = answer.value.result;
  if (states.rules !== RULES || states.live !== RULES) throw new Error(`of ${states.rules} rules ${states.live} are live`);
  return answer.value.result;
}
