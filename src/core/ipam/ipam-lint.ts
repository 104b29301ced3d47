import type { Answer } from '../kernel/answer.js';
import { compareBy } from '../kernel/compare.js';
import type { Severity } from '../kernel/diagnostic.js';
import { Trail } from '../kernel/evidence.js';
import { keysOf } from '../kernel/keys-of.js';
import { sortedInSteps } from '../kernel/sorted-in-steps.js';
import type { Steps } from '../kernel/steps.js';
import type { NetworkModel } from '../model/network-model.js';
import { allPools } from './all-pools.js';
import type { AllocationBook } from './allocation-book.js';
import { affinityChecks } from './internal/lint/affinity-checks.js';
import { blockChecks } from './internal/lint/block-checks.js';
import { ipAddressChecks } from './internal/lint/ip-address-checks.js';
import { placeChecks } from './internal/lint/place-checks.js';
import { rangeChecks } from './internal/lint/range-checks.js';
import { roomChecks } from './internal/lint/room-checks.js';
import { serviceCidrChecks } from './internal/lint/service-cidr-checks.js';
import { serviceFlagChecks } from './internal/lint/service-flag-checks.js';
import { leakChecks, useChecks } from './internal/lint/use-checks.js';
import type { IpamDraft, IpamFinding } from './ipam-finding.js';
import { IPAM_CODES, type IpamCodeName } from './ipam-lint-codes.js';
import { confidenceOf, poolAssumptions } from './list-pools.js';

/** How it is. */
export const IPAM_LINT_VERDICTS = {
  CLEAN: 'nothing was found',
  NOTES: 'there are notes',
  WARNINGS: 'there are warnings',
  ERRORS: 'there are errors: addresses are not where packets go',
} as const;

/** The outcome. */
export type IpamLintVerdict = keyof typeof IPAM_LINT_VERDICTS;

/** Reason codes of the evidence. */
export const IPAM_LINT_REASONS = { LINT_FOUND: 'findings of one code' } as const;

/** What was found. */
export interface IpamLintResult {
  readonly findings: readonly IpamFinding[];
  /** `told`: how many of them are among the findings. */
  readonly counts: readonly { readonly code: IpamCodeName; readonly severity: Severity; readonly count: number; readonly told: number }[];
  readonly allocationSequence: number;
}

/** What is told. */
export interface IpamLintQuestion {
  readonly codes: readonly IpamCodeName[] | undefined;
  /** The least grave that is told. */
  readonly severity: Severity;
  /** Findings of one code; `counts` says how many there are. */
  readonly limit: number;
}

const GRAVITY: readonly Severity[] = ['error', 'warning', 'info'];
const MOST_ADDRESSES = 5;
const FINDINGS_A_STEP = 4_000;
const CODES = keysOf(IPAM_CODES);

/** Compares what is in use with what was given out and with what there is to give, and ranges with one another. Yields often. */
export function* ipamLint(
  model: NetworkModel,
  book: AllocationBook,
  { codes, severity, limit }: IpamLintQuestion,
): Steps<Answer<IpamLintVerdict, IpamLintResult>> {
  // The book may move on between two steps: what is looked at is what it was at the first.
  const { sequence } = book;
  const live = [...book.live()];
  // Spread into one list: as arguments of a call, so many are more than the stack holds.
  const drafts: readonly IpamDraft[] = [
    ...(yield* rangeChecks(model)),
    ...(yield* roomChecks(model)),
    ...(yield* serviceCidrChecks(model)),
    ...serviceFlagChecks(model),
    ...(yield* leakChecks(model, live)),
    ...(yield* useChecks(model, live)),
    ...(yield* placeChecks(model)),
    ...(yield* blockChecks(model)),
    ...(yield* affinityChecks(model)),
    ...(yield* ipAddressChecks(model)),
  ];
  const worst = GRAVITY.indexOf(severity);
  const asked: IpamFinding[] = [];
  for (const [index, draft] of drafts.entries()) {
    if (index % FINDINGS_A_STEP === 0) yield;
    const one = findingOf(draft);
    if ((codes?.includes(one.code) ?? true) && GRAVITY.indexOf(one.severity) <= worst) asked.push(one);
  }
  const findings = yield* sortedInSteps(asked, inOrder);
  return conclude(model, findings, limit, sequence);
}

function findingOf({ code, object, pointer, message, fix, addresses }: IpamDraft): IpamFinding {
  const { severity } = IPAM_CODES[code];
  return { code, severity, object: object ?? null, pointer: pointer ?? '', message, fix, addresses: addresses.slice(0, MOST_ADDRESSES) };
}

const inOrder = compareBy<IpamFinding>(
  ({ severity }) => GRAVITY.indexOf(severity),
  ({ code }) => CODES.indexOf(code),
  ({ object }) => object?.namespace ?? '',
  ({ object }) => object?.name ?? '',
  ({ message }) => message,
);

function conclude(
  model: NetworkModel,
  all: readonly IpamFinding[],
  limit: number,
  sequence: number,
): Answer<IpamLintVerdict, IpamLintResult> {
  const found = new Map<IpamCodeName, IpamFinding[]>();
  for (const one of all) {
    const list = found.get(one.code) ?? [];
    found.set(one.code, list);
    list.push(one);
  }
  const findings = [...found.values()].flatMap((list) => list.slice(0, limit));
  const counts = [...found].map(([code, { length }]) => {
    const { severity } = IPAM_CODES[code];
    return { code, severity, count: length, told: Math.min(length, limit) };
  });
  const trail = new Trail();
  for (const { code, count } of counts) {
    const message = `${code}: ${IPAM_CODES[code].means} (${count} found; ${IPAM_CODES[code].source})`;
    trail.add({ stage: 'lint', outcome: 'info', reason: 'LINT_FOUND', message });
  }
  const [gravest] = findings;
  const verdict = !gravest ? 'CLEAN' : gravest.severity === 'error' ? 'ERRORS' : gravest.severity === 'warning' ? 'WARNINGS' : 'NOTES';
  const assumptions = poolAssumptions(allPools(model));
  return {
    verdict,
    summary: gravest ? counts.map(({ code, count }) => `${count} × ${code}`).join(', ') : 'nothing found',
    result: { findings, counts, allocationSequence: sequence },
    evidence: trail.list(),
    assumptions,
    warnings: [],
    confidence: confidenceOf(assumptions),
    enforcement: null,
  };
}
