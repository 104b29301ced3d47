import type { Answer } from '../kernel/answer.js';
import { assertNever } from '../kernel/assert-never.js';
import { didYouMeanHint } from '../kernel/did-you-mean.js';
import { Trail } from '../kernel/evidence.js';
import { describeRef } from '../kernel/object-ref.js';
import { type Problem, problem } from '../kernel/problem.js';
import { err, ok, type Result } from '../kernel/result.js';
import type { NetworkModel } from '../model/network-model.js';
import type { Ingress } from '../resources/ingress.js';
import { CITED_BY_CLASS } from './internal/answer-citations.js';
import { citationsFrom } from './internal/citations.js';
import {
  ANNOTATION_POINTER,
  CLASS_ANNOTATION,
  type ClassClaim,
  classSetAtCreation,
  defaultClasses,
  handlingOf,
} from './internal/class-claim.js';
import { dialectOfClass } from './internal/class-dialect.js';
import { belongingOf, takersOf } from './internal/class-members.js';
import { untakenBecause } from './internal/class-untaken.js';

/** Whether some controller serves an Ingress. */
export type IngressClassVerdict = keyof typeof INGRESS_CLASS_VERDICTS;

/** Every verdict with its meaning. */
export const INGRESS_CLASS_VERDICTS = {
  HANDLED: 'a controller takes the Ingress by its class, or has written its status',
  NOT_HANDLED:
    'the Ingress has no class, one that nothing defines, or one by which its controller does not take it: no controller serves it',
  UNKNOWN: 'the model holds no IngressClass and no controller: who serves the Ingress cannot be told',
} as const;

/** Every reason code in the evidence of `ingress-class`, with its meaning. */
export const INGRESS_CLASS_REASONS = {
  CLASS_BY_ANNOTATION: 'the annotation says what the class is',
  CLASS_BY_FIELD: '`spec.ingressClassName` names the class',
  CLASS_DEFAULTED: 'the object was never in a cluster and names no class: the API server would fill in the default',
  CLASS_NONE: 'the object has no class',
  FIELD_OVERRIDDEN: 'the field names another class than the annotation and does not count',
  ANNOTATION_OVERRIDDEN: 'the annotation says another thing than the field and does not count for the controller',
  DEFAULT_CLASS: 'the class marked as default that counts',
  OLDER: 'marked as default, but older than the one that counts',
  NAME_LATER: 'marked as default and of the same age, but later by name',
  NO_DEFAULT_CLASS: 'no class is filled in at creation',
  STATUS_WRITTEN: 'a controller has written an address to the status',
  CLASS_DEFINED: 'an IngressClass or the network profile defines the class, and its controller takes the Ingress',
  CLASS_NOT_TAKEN: 'the class has a controller, but that does not take the Ingress',
  CLASS_NOT_DEFINED: 'nothing defines the class, or there is none',
  NO_CLASSES_KNOWN: 'the model holds no IngressClass and no controller',
} as const satisfies Readonly<Record<string, string>>;

/** The class of one Ingress, what says so, and who serves it. */
export interface IngressClassResult {
  /** `namespace/name`. */
  readonly ingress: string;
  readonly class: string | null;
  /** What its controller goes by; `annotation` before `field` where that is not known. `defaulted`: filled in at creation, counted for manifests that were never in a cluster. */
  readonly source: 'annotation' | 'field' | 'defaulted' | 'none';
  /** Null where the model cannot tell. */
  readonly handled: boolean | null;
  readonly controller: string | null;
  /** The rules by which its controller routes, as far as known. */
  readonly dialect: string | null;
  /** The class that the API server would fill in if the object were created now; null when the object names one, or no class is the default. */
  readonly defaultedClass: string | null;
  /** Addresses that a controller has written to `status.loadBalancer`. */
  readonly loadBalancer: readonly string[];
}

/**
 * Which class an Ingress belongs to and whether some controller serves it (rules A1, A2, A15). Fails with `unknown-object`.
 */
export function classOfIngress(
  model: NetworkModel,
  namespace: string,
  name: string,
): Result<Answer<IngressClassVerdict, IngressClassResult>, Problem> {
  const ingress = model.ingresses.find((item) => item.namespace === namespace && item.ref.name === name);
  if (!ingress) {
    const known = model.ingresses.map((item) => `${item.namespace}/${item.ref.name}`);
    const hint = didYouMeanHint(`${namespace}/${name}`, known);
    return err(problem('unknown-object', `no Ingress \`${namespace}/${name}\``, hint === undefined ? {} : { hint }));
  }
  const claim = belongingOf(model, ingress);
  const trail = new Trail(citationsFrom(CITED_BY_CLASS, dialectOfClass(model, claim.name).judged));
  showClaim(trail, ingress, claim);
  const atCreation = showDefaults(trail, model, ingress, claim);
  const verdict = showHandling(trail, model, ingress, claim);
  const { controller, spoken } = dialectOfClass(model, claim.name);
  const belongs = claim.name === undefined ? 'has no class' : `belongs to class \`${claim.name}\` (${claim.source})`;
  const handled = { HANDLED: true, NOT_HANDLED: false, UNKNOWN: null }[verdict];
  return ok({
    verdict,
    summary: `${describeRef(ingress.ref)} ${belongs}: ${handled === null ? 'who serves it is not known' : handled ? 'served' : 'no controller serves it'}`,
    result: {
      ingress: `${namespace}/${name}`,
      class: claim.name ?? null,
      source: claim.source,
      handled,
      controller: controller ?? null,
      dialect: spoken ?? null,
      defaultedClass: atCreation ?? null,
      loadBalancer: ingress.loadBalancerIngress,
    },
    evidence: trail.list(),
    assumptions: [],
    warnings: [],
    confidence: handled === null ? 'INSUFFICIENT_INFO' : 'CERTAIN',
    enforcement: null,
  });
}

const CLAIM_REASON = {
  annotation: 'CLASS_BY_ANNOTATION',
  field: 'CLASS_BY_FIELD',
  defaulted: 'CLASS_DEFAULTED',
  none: 'CLASS_NONE',
} as const;

function showClaim(trail: Trail, ingress: Ingress, claim: ReturnType<typeof belongingOf>): void {
  const annotation = ingress.annotations[CLASS_ANNOTATION];
  const message = {
    annotation:
      annotation === claim.name
        ? `the annotation \`${CLASS_ANNOTATION}\` names class \`${claim.name}\``
        : `the annotation \`${CLASS_ANNOTATION}\` is \`${annotation}\`, which the controller of class \`${claim.name}\` takes`,
    field: `\`spec.ingressClassName\` names class \`${claim.name}\``,
    defaulted: `the object names no class and was never in a cluster: the API server would fill in \`${claim.name}\``,
    none:
      ingress.className === ''
        ? '`spec.ingressClassName` is empty text: no class, and none is filled in'
        : `neither field nor annotation names a class${claim.name === undefined ? '' : `, and the controller of class \`${claim.name}\` takes such Ingresses`}`,
  }[claim.source];
  trail.add({
    stage: 'class',
    outcome: claim.name === undefined ? 'no-match' : 'selected',
    reason: CLAIM_REASON[claim.source],
    message,
    object: ingress.ref,
    pointer: claim.pointer,
    provenance: claim.source === 'defaulted' ? 'defaulted' : 'observed',
  });
  if (claim.source === 'field' && annotation !== undefined && annotation !== claim.name) {
    trail.add({
      stage: 'class',
      outcome: 'excluded',
      reason: 'ANNOTATION_OVERRIDDEN',
      message: `the annotation \`${CLASS_ANNOTATION}\` is \`${annotation}\`, but ${claim.first === 'field' ? 'its controller looks at the field first' : 'empty text names no class'}`,
      object: ingress.ref,
      pointer: ANNOTATION_POINTER,
    });
  }
  if (
    claim.source === 'annotation' &&
    claim.first === 'annotation' &&
    ingress.className !== undefined &&
    ingress.className !== claim.name
  ) {
    trail.add({
      stage: 'class',
      outcome: 'excluded',
      reason: 'FIELD_OVERRIDDEN',
      message: `\`spec.ingressClassName\` is \`${ingress.className}\`, but the annotation takes priority (KEP-1453); controllers differ`,
      object: ingress.ref,
      pointer: '/spec/ingressClassName',
    });
  }
}

/** The default classes in the order in which they count, each loser with the key that decided. */
function showDefaults(trail: Trail, model: NetworkModel, ingress: Ingress, claim: ClassClaim): string | undefined {
  if (claim.source === 'annotation' || claim.source === 'field') return undefined;
  const chosen = classSetAtCreation(model, ingress);
  if (!chosen) {
    const count = defaultClasses(model).length;
    const none =
      count === 0 ? 'no IngressClass is marked as the default' : `the API server refuses it: ${count} classes are marked as default`;
    const message = ingress.className === '' ? 'an empty class is not defaulted' : none;
    trail.add({ stage: 'default-class', outcome: 'no-match', reason: 'NO_DEFAULT_CLASS', message });
    return undefined;
  }
  for (const item of defaultClasses(model)) {
    const won = item === chosen;
    const reason = won ? 'DEFAULT_CLASS' : item.createdAt === chosen.createdAt ? 'NAME_LATER' : 'OLDER';
    const ages = `created ${item.createdAt ?? 'never, as far as known'} against ${chosen.createdAt ?? 'never, as far as known'}`;
    const message = won
      ? `\`${item.ref.name}\` is the newest class marked as default`
      : `\`${item.ref.name}\` loses to \`${chosen.ref.name}\`: ${ages}`;
    const pointer = '/metadata/annotations/ingressclass.kubernetes.io~1is-default-class';
    trail.add({ stage: 'default-class', outcome: won ? 'selected' : 'excluded', reason, message, object: item.ref, pointer });
  }
  return chosen.ref.name;
}

function showHandling(trail: Trail, model: NetworkModel, ingress: Ingress, claim: ClassClaim): IngressClassVerdict {
  const step = { stage: 'controller', object: ingress.ref };
  if (ingress.loadBalancerIngress.length > 0) {
    const message = `a controller has written the address ${ingress.loadBalancerIngress.join(', ')}`;
    trail.add({ ...step, outcome: 'match', reason: 'STATUS_WRITTEN', message, pointer: '/status/loadBalancer/ingress' });
    return 'HANDLED';
  }
  if (takersOf(model, ingress).length > 0) {
    const defined = claim.name === undefined ? undefined : model.ingressClasses.get(claim.name);
    const message = defined
      ? `IngressClass \`${claim.name}\` names controller \`${defined.controller}\``
      : `the network profile names a controller for class \`${claim.name}\``;
    trail.add({ ...step, object: defined?.ref, outcome: 'match', reason: 'CLASS_DEFINED', message });
    return 'HANDLED';
  }
  const handling = handlingOf(model, claim.name);
  switch (handling) {
    case 'defined': {
      const { why, pointer, fix } = untakenBecause(model, ingress);
      trail.add({ ...step, outcome: 'no-match', reason: 'CLASS_NOT_TAKEN', message: `it ${why}: ${fix}`, pointer });
      return 'NOT_HANDLED';
    }
    case 'unknown':
      trail.add({ ...step, outcome: 'info', reason: 'NO_CLASSES_KNOWN', message: 'the model holds no IngressClass and no controller' });
      return 'UNKNOWN';
    case 'undefined-class': {
      const hint = claim.name === undefined ? undefined : didYouMeanHint(claim.name, model.ingressClasses.keys());
      const what = claim.name === undefined ? 'without a class no controller serves it' : `no IngressClass \`${claim.name}\` exists`;
      trail.add({
        ...step,
        outcome: 'no-match',
        reason: 'CLASS_NOT_DEFINED',
        message: hint === undefined ? what : `${what}; ${hint}`,
        pointer: claim.pointer,
      });
      return 'NOT_HANDLED';
    }
    default:
      return assertNever(handling);
  }
}
