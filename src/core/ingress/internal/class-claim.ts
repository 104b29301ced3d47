import { inMap } from '../../kernel/in-map.js';
import type { NetworkModel } from '../../model/network-model.js';
import type { Ingress, IngressClass } from '../../resources/ingress.js';

/** The annotation that named the class before the field existed. */
export const CLASS_ANNOTATION = 'kubernetes.io/ingress.class';
export const ANNOTATION_POINTER = '/metadata/annotations/kubernetes.io~1ingress.class';
export const FIELD_POINTER = '/spec/ingressClassName';

/** Which class an Ingress belongs to, and what says so. `defaulted`: the API server would fill it in when the object is created. */
export interface ClassClaim {
  readonly name: string | undefined;
  readonly source: 'annotation' | 'field' | 'defaulted' | 'none';
  readonly pointer: string | undefined;
}

/**
 * The class of an Ingress by the specification (rules A1, A2). The annotation takes priority over the field (KEP-1453 "Interoperability with previous
 * annotation"). The default class is filled in at creation only, so it counts for manifests that were never in a cluster.
 */
export function claimOf(model: NetworkModel, ingress: Ingress): ClassClaim {
  const annotation = ingress.annotations[CLASS_ANNOTATION];
  if (Object.hasOwn(ingress.annotations, CLASS_ANNOTATION) && annotation !== undefined && annotation !== '') {
    return { name: annotation, source: 'annotation', pointer: ANNOTATION_POINTER };
  }
  if (ingress.className !== undefined && ingress.className !== '') {
    return { name: ingress.className, source: 'field', pointer: FIELD_POINTER };
  }
  const created = ingress.createdAt !== undefined;
  const defaulted = created ? undefined : classSetAtCreation(model, ingress);
  return { name: defaulted?.ref.name, source: defaulted ? 'defaulted' : 'none', pointer: undefined };
}

/** Milliseconds since 1970; an object that was never in a cluster, or carries no readable date, counts as the oldest. */
function age(item: IngressClass): number {
  const time = item.createdAt === undefined ? Number.NaN : Date.parse(item.createdAt);
  return Number.isNaN(time) ? Number.NEGATIVE_INFINITY : time;
}

/** The classes marked as default, the one that counts first: the newest, then by name (kubernetes `plugin/pkg/admission/network/defaultingressclass`). */
export function defaultClasses(model: NetworkModel): readonly IngressClass[] {
  return inMap(defaults, model, () => orderedDefaults(model));
}

const defaults = new WeakMap<NetworkModel, readonly IngressClass[]>();

function orderedDefaults(model: NetworkModel): readonly IngressClass[] {
  const marked = [...model.ingressClasses.values()].filter((item) => item.isDefault);
  return marked.sort((a, b) => {
    const [left, right] = [age(a), age(b)];
    if (left !== right) return left > right ? -1 : 1;
    return a.ref.name < b.ref.name ? -1 : 1;
  });
}

/** The class that the API server would fill in if this object were created now; neither a field (even empty) nor the annotation may be there. */
export function classSetAtCreation(model: NetworkModel, ingress: Ingress): IngressClass | undefined {
  const named = ingress.className !== undefined || Object.hasOwn(ingress.annotations, CLASS_ANNOTATION);
  return named ? undefined : defaultClasses(model)[0];
}

const waiting = new WeakMap<NetworkModel, readonly Ingress[]>();

/** The Ingresses that were never in a cluster and would get the default class when they are created. */
export function waitingForDefault(model: NetworkModel): readonly Ingress[] {
  return inMap(waiting, model, () => model.ingresses.filter((one) => one.createdAt === undefined && classSetAtCreation(model, one)));
}

/**
 * Whether some controller handles a class: `defined` (an IngressClass, or the profile names its controller); `unknown` (the model holds no class and no
 * controller at all, as with one application's manifests); `undefined-class` (it holds others, but not this one).
 */
export function handlingOf(model: NetworkModel, className: string | undefined): 'defined' | 'unknown' | 'undefined-class' {
  const controllers = model.profile.ingress.controllers;
  if (className !== undefined) {
    if (model.ingressClasses.has(className) || controllers.some((controller) => controller.class === className)) return 'defined';
  }
  return model.ingressClasses.size === 0 && controllers.length === 0 ? 'unknown' : 'undefined-class';
}
