import { pathFault } from '../../../resources/ingress-path-fault.js';
import type { NetworkModel } from '../../../model/network-model.js';
import type { Steps } from '../../../kernel/steps.js';
import type { Ingress, IngressPath, IngressRule } from '../../../resources/ingress.js';
import type { LintedRule, RuleState } from '../../route-lint-result.js';
import { ownerOf } from '../claim-text.js';
import { shownClass, takenMembers } from '../class-members.js';
import { untakenBecause } from '../class-untaken.js';
import type { ClassRouter, Rejection } from '../dialect.js';
import { nginxBackend } from '../nginx/nginx-backend.js';
import { Overlaps } from '../nginx/overlaps.js';
import { describeBackend, pathRule, type PathRule } from '../path-rule.js';
import { hostFault } from '../request-host.js';
import { backendDraft, BackendChecks } from './backend-checks.js';
import { ClaimGroups } from './claim-groups.js';
import { creationDrafts } from './creation-checks.js';
import type { Ledger } from './ledger.js';
import { lintLostHosts } from './lost-hosts.js';
import { RuleProver, type RuleProof } from './rule-prover.js';
import { annotationDraft, refusedOnWriteDrafts, secretDrafts } from './ingress-checks.js';

/** So many rules are looked at in one step. */
const STRETCH = 200;

/** What is asked of every rule of one class. */
interface ClassLint {
  readonly model: NetworkModel;
  readonly router: ClassRouter;
  readonly ledger: Ledger;
  readonly prover: RuleProver;
  readonly backends: BackendChecks;
  readonly claims: ClaimGroups;
  readonly shared: ReadonlySet<string | undefined>;
  readonly overlaps: Overlaps | undefined;
  /** Why no rule of an Ingress serves anybody. */
  readonly unhandled: (ingress: Ingress) => string | undefined;
}

/** Looks at every path of one class: whether a request reaches it, who else claims it, and where it leads. `isHandled`: some controller takes its Ingresses. */
export function* lintClass(model: NetworkModel, router: ClassRouter, isHandled: boolean, ledger: Ledger): Steps<void> {
  const { className } = router;
  const lint: ClassLint = {
    model,
    router,
    ledger,
    prover: new RuleProver(router),
    backends: new BackendChecks(model, router.dialect === 'ingress-nginx' ? nginxBackend : undefined),
    claims: new ClaimGroups({ class: className ?? null, gateway: null }),
    shared: sharedHosts(router),
    overlaps: router.dialect === 'ingress-nginx' ? new Overlaps(takenMembers(router)) : undefined,
    unhandled: (ingress) => (isHandled ? undefined : `it ${untakenBecause(model, ingress).why}`),
  };
  let looked = 0;
  for (const ingress of router.members) {
    if (!ledger.wants(ingress.namespace)) continue;
    lintIngress(lint, ingress);
    for (const rule of ingress.rules) {
      const fault = rule.host === undefined ? undefined : hostFault(rule.host);
      for (const path of rule.paths) {
        // What is not plainly live was compared with every rule of its host.
        const state = yield* lintPath(lint, ingress, rule, path, fault);
        if (++looked % STRETCH === 0 || state !== 'live') yield;
      }
    }
  }
  yield* lint.claims.conflicts(ledger);
  lintLostHosts(router, ledger);
  if (router.rejected) lintRejection(router.rejected, ledger);
}

function lintRejection({ message, ingress, pointer }: Rejection, ledger: Ledger): void {
  if (ingress && ledger.wants(ingress.namespace)) ledger.add({ code: 'ING-CONFIGURATION-REJECTED', object: ingress.ref, pointer, message });
}

function lintIngress({ model, router, ledger, backends, overlaps, unhandled }: ClassLint, ingress: Ingress): void {
  const why = unhandled(ingress);
  if (why !== undefined) ledger.add({ code: 'ING-CLASS-NOT-HANDLED', object: ingress.ref, pointer: '', message: why });
  const reached = ingress.defaultBackend && backends.ofIngress(ingress, ingress.defaultBackend);
  if (ingress.defaultBackend && reached) backendDraft(ledger, ingress.ref, ingress.defaultBackend.pointer, reached);
  const drafts = [...creationDrafts(ingress), ...secretDrafts(model, ingress), ...refusedOnWriteDrafts(model, router, ingress)];
  for (const draft of drafts) ledger.add(draft);
  const overlap = overlaps?.refusal(ingress);
  if (overlap)
    ledger.add({
      code: 'ING-WEBHOOK-REFUSES',
      object: ingress.ref,
      ...overlap,
      related: [{ object: overlap.holder.ref, pointer: '/spec/rules' }],
    });
  const annotations = annotationDraft(router.dialect, ingress);
  if (annotations) ledger.add(annotations);
}

function* lintPath(
  lint: ClassLint,
  ingress: Ingress,
  { host }: IngressRule,
  path: IngressPath,
  fault: string | undefined,
): Steps<RuleState> {
  const { ledger, backends, prover } = lint;
  const rule: PathRule<Ingress> = pathRule(ingress, host, path, fault ?? pathFault(path));
  const proof = yield* proofOf(lint, rule);
  const place = { object: ingress.ref, pointer: path.pointer };
  const isTold = ledger.count(proof.state);
  if (isTold || proof.code || lint.shared.has(host)) {
    const linted = lintedOf(lint, rule, path, proof);
    if (isTold) ledger.addRule(linted);
    if (proof.code) ledger.add({ ...place, code: proof.code, message: proof.why ?? '', related: linted.by });
    if (proof.state !== 'unreachable' && lint.shared.has(host)) lint.claims.add(linted, prover.placeOf(rule));
  }
  if (prover.isUnsupported(rule)) {
    const message = `the path \`${path.path}\` is an expression that cannot be evaluated in bounded time`;
    ledger.add({ ...place, code: 'ING-PATTERN-UNSUPPORTED', message });
  }
  if (prover.backtracks(rule)) {
    const message = `a path that \`${path.path}\` nearly matches may hold a worker of nginx up: PCRE tries every way to match it, and a repeated part matches one text in several`;
    ledger.add({ ...place, code: 'ING-PATTERN-BACKTRACKS', message });
  }
  const reached = backends.ofIngress(ingress, path.backend);
  if (reached) {
    backendDraft(ledger, ingress.ref, path.backend.pointer, reached);
    yield; // whose name is near was looked for among all of the namespace
  }
  return proof.state;
}

function lintedOf({ model, router }: ClassLint, { ingress, host }: PathRule, path: IngressPath, proof: RuleProof): LintedRule {
  return {
    object: ingress.ref,
    pointer: path.pointer,
    dialect: router.dialect,
    class: shownClass(model, router, ingress) ?? null,
    gateway: null,
    host: host ?? null,
    path: path.path,
    pathType: path.pathType,
    backend: describeBackend(path.backend),
    owner: ownerOf(ingress),
    createdAt: ingress.createdAt ?? null,
    state: proof.state,
    witness: proof.witness ?? null,
    by: (proof.by ?? []).map((other) => ({ object: other.ingress.ref, pointer: other.pointer })),
    why: proof.why ?? null,
  };
}

function* proofOf({ unhandled, prover }: ClassLint, rule: PathRule<Ingress>): Steps<RuleProof> {
  const why = unhandled(rule.ingress);
  if (why !== undefined) return { state: 'unreachable', why };
  if (rule.fault !== undefined) return { state: 'unreachable', why: `the API server refuses it: ${rule.fault}`, code: 'ING-INVALID' };
  return yield* prover.prove(rule);
}

/** Hosts that several Ingresses name: nowhere else can two of them claim the same. */
function sharedHosts({ members }: ClassRouter): ReadonlySet<string | undefined> {
  const first = new Map<string | undefined, Ingress>();
  const shared = new Set<string | undefined>();
  for (const ingress of members) {
    for (const { host } of ingress.rules) {
      const known = first.get(host);
      if (known === undefined) first.set(host, ingress);
      else if (known !== ingress) shared.add(host);
    }
  }
  return shared;
}
