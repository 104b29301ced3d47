import type { Steps } from '../kernel/steps.js';
import type { NetworkModel } from '../model/network-model.js';
import { serviceIndexes } from './internal/service-index.js';

/** Builds what packets are matched against, a step at a time: else the first question builds it in one go. */
export function* prepareServices(model: NetworkModel): Steps<void> {
  yield* serviceIndexes.steps(model);
}
