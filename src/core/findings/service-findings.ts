import type { ModelService, NetworkModel } from '../model/network-model.js';
import { type Finding, type FindingDraft, findingOf } from './finding.js';
import { externalNameChecks } from './internal/external-name-checks.js';
import { localPolicyChecks } from './internal/local-policy-checks.js';
import { podStateChecks } from './internal/pod-state-checks.js';
import { portChecks } from './internal/port-checks.js';
import { publicServiceNames } from './internal/public-name-checks.js';
import { selectorChecks } from './internal/selector-checks.js';

/** What one service shows, whoever asks. */
const CHECKS: readonly ((model: NetworkModel, service: ModelService) => Iterable<FindingDraft>)[] = [
  externalNameChecks,
  publicServiceNames,
  selectorChecks,
  podStateChecks,
  portChecks,
  localPolicyChecks,
];

/** What is wrong or suspicious about a service: its name, its selector, its pods and ports, and where packets to it are dropped. */
export function serviceFindings(model: NetworkModel, service: ModelService): readonly Finding[] {
  return CHECKS.flatMap((check) => [...check(model, service)]).map(findingOf);
}
