import { inBrief } from '../../../kernel/in-brief.js';
import { isDnsSubdomain } from '../../../resources/dns-label.js';
import type { NetworkModel } from '../../../model/network-model.js';
import type { Ingress } from '../../../resources/ingress.js';
import { ANNOTATION_POINTER, CLASS_ANNOTATION, defaultClasses, FIELD_POINTER, severalDefaults, waitingForDefault } from '../class-claim.js';
import type { RouteDraft } from './ledger.js';

/** Why the API server does not take an Ingress at all (`ValidateIngressCreate` and `ValidateIngressSpec` of kubernetes `pkg/apis/networking/validation`); what it asks at creation alone is asked of what was never in a cluster. */
export function creationDrafts(ingress: Ingress): readonly RouteDraft[] {
  const refused = (pointer: string, why: string): RouteDraft => ({ code: 'ING-REFUSED', object: ingress.ref, pointer, message: why });
  const drafts: RouteDraft[] = [];
  if (ingress.rules.length === 0 && !ingress.defaultBackend) {
    drafts.push(refused('/spec', 'the API server refuses it: an Ingress needs rules or a default backend'));
  }
  if (ingress.className !== undefined && !isDnsSubdomain(ingress.className))
    drafts.push(
      refused(
        FIELD_POINTER,
        `the API server refuses it: \`${inBrief(ingress.className)}\` is no name of a class; leave the field out, or name one`,
      ),
    );
  if (ingress.createdAt !== undefined) return drafts;
  const annotation = Object.hasOwn(ingress.annotations, CLASS_ANNOTATION) ? ingress.annotations[CLASS_ANNOTATION] : undefined;
  if (annotation !== undefined && ingress.className !== undefined && annotation !== ingress.className) {
    const why = `the API server refuses to create it: the annotation \`${CLASS_ANNOTATION}\` is \`${annotation}\` and the field \`${ingress.className}\`; name the class in the field alone, as earlier servers refuse the two together even where they agree`;
    drafts.push(refused(ANNOTATION_POINTER, why));
  }
  return drafts;
}

/** What becomes of an Ingress without class, by what is known of the API server. */
const OUTCOMES = {
  newest: (gets: string) => gets,
  refused: () => 'is refused with 403, as the API server is older than Kubernetes 1.25',
  unknown: (gets: string) => `${gets}, from Kubernetes 1.25 on, and is refused with 403 by earlier API servers`,
} as const;

/** Several classes marked as default: what fills one in depends on the version of the API server (rule A2, divergence D16). */
export function defaultClassDrafts(model: NetworkModel): readonly RouteDraft[] {
  const [first, ...others] = defaultClasses(model);
  if (!first || others.length === 0) return [];
  const pointer = '/metadata/annotations/ingressclass.kubernetes.io~1is-default-class';
  const waiting = waitingForDefault(model);
  const outcome = OUTCOMES[severalDefaults(model) ?? 'unknown'](`gets \`${first.ref.name}\`, the newest (of one age the first by name)`);
  const bearing = waiting.length === 0 ? '' : `; that bears on ${waiting.length} of those here`;
  const message = `${others.length + 1} classes are marked as default: an Ingress that names none ${outcome}${bearing}`;
  const related = others.map(({ ref }) => ({ object: ref, pointer }));
  return [{ code: 'ING-DEFAULT-CLASSES', object: first.ref, pointer, message, related }];
}
