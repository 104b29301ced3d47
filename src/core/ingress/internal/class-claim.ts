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

/**
 * What the API server does about an Ingress without a class where several classes are default ones (divergence D16): it fills in the newest from Kubernetes 1.25 on, and refuses the
 * Ingress before. Undefined where nothing tells its version.
 */
export function severalDefaults({ profile: { kubernetesVersion } }: NetworkModel): 'newest' | 'refused' | undefined {
  const [, major, minor] = /^v?(\d+)\.(\d+)/.exec(kubernetesVersion ?? '') ?? [];
  if (major === undefined || minor === undefined) return undefined;
  return Number(major) > 1 || Number(minor) >= FILLS_IN_THE_NEWEST ? 'newest' : 'refused';
}

const FILLS_IN_THE_NEWEST = 25;

/** Whether neither a field (even empty) nor the annotation names a class. */
function namesNone(ingress: Ingress): boolean {
  return ingress.className === undefined && !Object.hasOwn(ingress.annotations, CLASS_ANNOTATION);
}

/** The class that the API server would fill in if this object were created now. */
export function classSetAtCreation(model: NetworkModel, ingress: Ingress): IngressClass | undefined {
  if (!namesNone(ingress)) return undefined;
  const [first, ...others] = defaultClasses(model);
  return others.length > 0 && severalDefaults(model) === 'refused' ? undefined : first;
}

const waiting = new WeakMap<NetworkModel, readonly Ingress[]>();

/** The Ingresses that were never in a cluster, name no class, and would get the default one when they are created, or be refused for want of a single one. */
export function waitingForDefault(model: NetworkModel): readonly Ingress[] {
  if (defaultClasses(model).length === 0) return [];
  return inMap(waiting, model, () => model.ingresses.filter((one) => one.createdAt === undefined && namesNone(one)));
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
