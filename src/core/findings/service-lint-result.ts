import type { Severity } from '../kernel/diagnostic.js';
import type { Finding } from './finding.js';
import type { FindingCodeName } from './finding-codes.js';

/** The meaning of each verdict. */
export const SERVICE_LINT_VERDICTS = {
  CLEAN: 'nothing was found',
  NOTES: 'only things worth knowing were found',
  WARNINGS: 'something was found that probably is not meant',
  ERRORS: 'something was found that cannot work',
} as const;

/** The gravest finding. */
export type ServiceLintVerdict = keyof typeof SERVICE_LINT_VERDICTS;

/** Why a step of the evidence stands there. */
export const SERVICE_LINT_REASONS = { LINT_FOUND: 'how often a code was found' } as const;

/** What is looked at and what is told; what is left out is everything. */
export interface ServiceLintQuestion {
  readonly namespace: string | undefined;
  /** One service, by `namespace/name`. */
  readonly service: string | undefined;
  readonly codes: readonly FindingCodeName[] | undefined;
  readonly severity: Severity;
  readonly limit: number;
}

/** How often a code was found. */
export interface ServiceLintCount {
  readonly code: FindingCodeName;
  readonly severity: Severity;
  readonly count: number;
}

/** What `service-lint` finds out beside the verdict. */
export interface ServiceLintResult {
  /** How many services were looked at. */
  readonly services: number;
  readonly findings: readonly Finding[];
  /** Every code and gravity that was found, before `limit` cuts the list. */
  readonly counts: readonly ServiceLintCount[];
  /** How many findings `limit` left out. */
  readonly omitted: number;
}
