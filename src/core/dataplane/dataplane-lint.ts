import type { Answer, Note } from '../kernel/answer.js';
import { compareBy } from '../kernel/compare.js';
import type { Severity } from '../kernel/diagnostic.js';
import { Trail } from '../kernel/evidence.js';
import { keysOf } from '../kernel/keys-of.js';
import type { Steps } from '../kernel/steps.js';
import type { NetworkModel } from '../model/network-model.js';
import { clusterMode } from './cluster-mode.js';
import { mtuAssumption } from './cluster-mtu.js';
import type { DataplaneDraft, DataplaneFinding } from './dataplane-finding.js';
import { blockedPorts } from './internal/lint/blocked-ports.js';
import { encryptionCheck } from './internal/lint/encryption-check.js';
import { hostPortChecks } from './internal/lint/host-port-checks.js';
import { masqueradeChecks } from './internal/lint/masquerade-checks.js';
import { mtuChecks } from './internal/lint/mtu-checks.js';
import { routeChecks } from './internal/lint/route-checks.js';
import { DATAPLANE_CODES, type DataplaneCodeName } from './lint-codes.js';

/** How it is. */
export const DATAPLANE_LINT_VERDICTS = {
  CLEAN: 'nothing was found',
  NOTES: 'there are notes',
  WARNINGS: 'there are warnings',
  ERRORS: 'there are errors: packets are lost',
} as const;

/** The outcome. */
export type DataplaneLintVerdict = keyof typeof DATAPLANE_LINT_VERDICTS;

/** Reason codes of the evidence. */
export const DATAPLANE_LINT_REASONS = { LINT_FOUND: 'findings of one code' } as const;

/** What was found. */
export interface DataplaneLintResult {
  readonly findings: readonly DataplaneFinding[];
  readonly counts: readonly { readonly code: DataplaneCodeName; readonly severity: Severity; readonly count: number }[];
}

/** What is told. */
export interface DataplaneLintQuestion {
  readonly codes: readonly DataplaneCodeName[] | undefined;
  /** The least grave that is told. */
  readonly severity: Severity;
}

const GRAVITY: readonly Severity[] = ['error', 'warning', 'info'];
const MOST_NODES = 5;
const CODES = keysOf(DATAPLANE_CODES);

/** Looks for what is wrong with MTUs, tunnels, routes, masquerading and ports of nodes. Yields often. */
export function* dataplaneLint(
  model: NetworkModel,
  { codes, severity }: DataplaneLintQuestion,
): Steps<Answer<DataplaneLintVerdict, DataplaneLintResult>> {
  const ofMtus = [...mtuChecks(model), ...encryptionCheck(model)];
  yield;
  const ofRoutes = yield* routeChecks(model);
  yield;
  const ofSources = masqueradeChecks(model);
  yield;
  const ofPorts = [...(yield* hostPortChecks(model)), ...(yield* blockedPorts(model))];
  // Spread into one list: as arguments of a call, so many are more than the stack holds.
  const drafts: readonly DataplaneDraft[] = [...ofMtus, ...ofRoutes, ...ofSources, ...ofPorts];
  const worst = GRAVITY.indexOf(severity);
  const findings = drafts
    .map(findingOf)
    .filter((one) => (codes?.includes(one.code) ?? true) && GRAVITY.indexOf(one.severity) <= worst)
    .sort(inOrder);
  return conclude(model, findings);
}

function findingOf({ code, object, pointer, message, fix, nodes }: DataplaneDraft): DataplaneFinding {
  const { severity } = DATAPLANE_CODES[code];
  return { code, severity, object: object ?? null, pointer: pointer ?? '', message, fix, nodes: (nodes ?? []).slice(0, MOST_NODES) };
}

const inOrder = compareBy<DataplaneFinding>(
  ({ severity }) => GRAVITY.indexOf(severity),
  ({ code }) => CODES.indexOf(code),
  ({ object }) => object?.kind ?? '',
  ({ object }) => object?.name ?? '',
  ({ message }) => message,
);

function conclude(model: NetworkModel, findings: readonly DataplaneFinding[]): Answer<DataplaneLintVerdict, DataplaneLintResult> {
  const counts = CODES.flatMap((code) => {
    const count = findings.filter((one) => one.code === code).length;
    return count === 0 ? [] : [{ code, severity: DATAPLANE_CODES[code].severity, count }];
  });
  const trail = new Trail();
  for (const { code, count } of counts)
    trail.add({
      stage: 'lint',
      outcome: 'info',
      reason: 'LINT_FOUND',
      message: `${code}: ${DATAPLANE_CODES[code].means} (${count} found; ${DATAPLANE_CODES[code].source})`,
    });
  const [gravest] = findings;
  const verdict = !gravest ? 'CLEAN' : gravest.severity === 'error' ? 'ERRORS' : gravest.severity === 'warning' ? 'WARNINGS' : 'NOTES';
  const { assumed } = clusterMode(model);
  const assumptions: readonly Note[] = [...(assumed ? [assumed] : []), ...mtuAssumption(model)];
  return {
    verdict,
    summary: `${model.nodes.size} node${model.nodes.size === 1 ? '' : 's'}: ${gravest ? counts.map(({ code, count }) => `${count} × ${code}`).join(', ') : 'nothing found'}`,
    result: { findings, counts },
    evidence: trail.list(),
    assumptions,
    warnings: [],
    confidence: assumptions.length > 0 ? 'ASSUMED' : 'CERTAIN',
    enforcement: null,
  };
}
