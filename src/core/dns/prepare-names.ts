import type { Steps } from '../kernel/steps.js';
import type { NetworkModel } from '../model/network-model.js';
import { serverPlans } from './internal/server-plan.js';

/** Builds what names are looked up in, a step at a time: else the first question builds it in one go, of 100,000 endpoints in some tenths of a second. */
export function* prepareNames(model: NetworkModel): Steps<void> {
  yield* serverPlans.steps(model);
}
