import { inMap } from '../kernel/in-map.js';
import type { Steps } from '../kernel/steps.js';
import type { NetworkModel } from '../model/network-model.js';
import { handledClasses, knownClass } from './internal/class-choice.js';
import { dialectOfClass } from './internal/class-dialect.js';
import { prepareScopes } from './internal/class-members.js';
import { prepareClaims } from './internal/host-claims.js';
import { prepareNearMisses } from './internal/near-misses.js';
import { routerSteps } from './internal/router-cache.js';
import type { RouteQuestion } from './route-request.js';

/** What was built, by class and dialect as they were asked for: a batch asks thousands of times. */
const built = new WeakMap<NetworkModel, Set<string>>();

/** Builds the tables by which `route` judges a request, and which it would build in one go: those of the class that is asked about, else of all that controllers handle. */
export function* prepareRouting(model: NetworkModel, { class: asked, dialect }: Pick<RouteQuestion, 'class' | 'dialect'>): Steps<void> {
  const known = inMap(built, model, () => new Set<string>());
  const key = JSON.stringify([asked, dialect]);
  if (known.has(key)) return;
  if (model.ingresses.length > 0) {
    yield* prepareScopes(model);
    yield* prepareClaims(model);
  }
  for (const name of classesOf(model, asked)) {
    const router = yield* routerSteps(model, name, dialect ?? dialectOfClass(model, name).judged);
    yield* prepareNearMisses(router);
  }
  known.add(key);
}

/** None where the class that is asked about does not exist: the answer will say so. */
function classesOf(model: NetworkModel, asked: string | undefined): readonly (string | undefined)[] {
  if (asked === undefined) return handledClasses(model);
  const known = knownClass(model, asked);
  return known.ok ? [known.value] : [];
}
