import type { Steps } from '../../kernel/steps.js';
import type { CalicoEntity, CalicoPolicy } from '../../resources/calico-policy.js';
import type { CalicoProfile } from '../../resources/calico-profile.js';
import type { CalicoSelector } from '../../resources/calico-selector.js';
import { SERVICE_ACCOUNT_LABEL, SERVICE_ACCOUNT_PREFIX } from './calico-labels.js';
import { subjectSelector } from './calico-selectors.js';

/** Whom policies select, and what their rules and those of profiles ask for, all of them together. */
export interface CalicoSurvey {
  /** Undefined: everybody. */
  readonly subjects: ReadonlyMap<CalicoPolicy, CalicoSelector | undefined>;
  readonly asksServiceAccounts: boolean;
  /** Whether rules ask for the family of packets. */
  readonly asksFamilies: boolean;
  /** Whether they ask for addresses of pods behind services. */
  readonly asksServices: boolean;
}

/** Looks at every policy, profile and rule once. Yields after each. */
export function* surveyOf(policies: readonly CalicoPolicy[], profiles: readonly CalicoProfile[]): Steps<CalicoSurvey> {
  const subjects = new Map<CalicoPolicy, CalicoSelector | undefined>();
  let [asksServiceAccounts, asksFamilies, asksServices] = [false, false, false];
  for (const policy of policies) {
    yield;
    subjects.set(policy, subjectSelector(policy));
    const { subject } = policy;
    asksServiceAccounts ||= subject?.serviceAccountSelector !== undefined || asksForAccount(subject?.selector);
  }
  for (const { egress, ingress } of [...policies, ...profiles]) {
    for (const rules of [egress, ingress]) {
      for (const { source, destination, ipVersion } of rules) {
        yield;
        asksServiceAccounts ||= [source, destination].some(accountsIn);
        asksFamilies ||= ipVersion !== undefined;
        asksServices ||= source.service !== undefined || destination.service !== undefined;
      }
    }
  }
  return { subjects, asksServiceAccounts, asksFamilies, asksServices };
}

function accountsIn({ serviceAccounts, selector, notSelector }: CalicoEntity): boolean {
  return serviceAccounts !== undefined || [selector, notSelector].some(asksForAccount);
}

function asksForAccount(selector: CalicoSelector | undefined): boolean {
  return (
    selector?.steps.some(
      (step) => 'label' in step && (step.label === SERVICE_ACCOUNT_LABEL || step.label.startsWith(SERVICE_ACCOUNT_PREFIX)),
    ) === true
  );
}
