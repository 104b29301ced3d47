import { compareText } from '../../kernel/compare.js';
import { BuiltOnce } from '../../kernel/built-once.js';
import { inMap } from '../../kernel/in-map.js';
import { forEachInSteps, type Steps } from '../../kernel/steps.js';
import type { NetworkModel } from '../../model/network-model.js';
import type { Ingress } from '../../resources/ingress.js';
import type { IngressDialectName } from '../route-request.js';
import { ANNOTATION_POINTER, CLASS_ANNOTATION, type ClassClaim, classSetAtCreation, claimOf, FIELD_POINTER } from './class-claim.js';
import type { ClassRouter } from './dialect.js';
import type { RoutingObject } from './path-rule.js';
import { type ClassPrecedence, ownTakes, servedWith, type Takes, takesOf } from './class-takes.js';

/** The Ingresses that the controller of a class takes under a dialect (rules A1, B2, T6), in the model's order. */
export function membersOf(model: NetworkModel, className: string | undefined, dialect: IngressDialectName): readonly Ingress[] {
  const takes = takesOf(model, className, dialect);
  const taken = takenBy(model, takes);
  return isServed(model, className) ? taken : taken.filter((ingress) => takersOf(model, ingress).length === 0);
}

/** What names the class of an Ingress, by one order of field and annotation. */
type Naming = { readonly by: 'field' | 'annotation'; readonly value: string } | { readonly by: 'none' };

function namingOf(model: NetworkModel, ingress: Ingress, first: ClassPrecedence): Naming {
  const annotation = Object.hasOwn(ingress.annotations, CLASS_ANNOTATION) ? ingress.annotations[CLASS_ANNOTATION] : undefined;
  const created = ingress.createdAt !== undefined;
  const field = ingress.className ?? (created ? undefined : classSetAtCreation(model, ingress)?.ref.name);
  if (first === 'field') {
    if (field !== undefined) return { by: 'field', value: field };
    return annotation === undefined ? { by: 'none' } : { by: 'annotation', value: annotation };
  }
  // by the specification empty text names nothing
  if (annotation !== undefined && annotation !== '') return { by: 'annotation', value: annotation };
  return field === undefined || field === '' ? { by: 'none' } : { by: 'field', value: field };
}

/** Things by what names their class. */
class ByNaming<T> {
  private readonly field = new Map<string, T[]>();
  private readonly annotation = new Map<string, T[]>();
  private readonly none: T[] = [];

  add(naming: Naming, item: T): void {
    const list = naming.by === 'none' ? this.none : inMap(this[naming.by], naming.value, (): T[] => []);
    list.push(item);
  }

  of(naming: Naming): readonly T[] {
    return naming.by === 'none' ? this.none : (this[naming.by].get(naming.value) ?? []);
  }
}

function namingsOf({ fields, annotations, classless }: Takes): readonly Naming[] {
  return [
    ...fields.map((value): Naming => ({ by: 'field', value })),
    ...annotations.map((value): Naming => ({ by: 'annotation', value })),
    ...(classless ? [{ by: 'none' } as const] : []),
  ];
}

type ByPrecedence<T> = Readonly<Record<ClassPrecedence, T>>;

/** So many Ingresses are looked at in one step. */
const STRETCH = 500;

/** Positions in `model.ingresses`. */
const positions = new BuiltOnce(positionsIn);

function takenBy(model: NetworkModel, takes: Takes): readonly Ingress[] {
  const index = positions.get(model)[takes.first];
  const taken = namingsOf(takes).flatMap((naming) => index.of(naming));
  const ordered = taken.toSorted((a, b) => a - b).flatMap((position) => model.ingresses[position] ?? []);
  return ordered.filter(({ namespace }) => takes.watches(namespace));
}

function* positionsIn(model: NetworkModel): Steps<ByPrecedence<ByNaming<number>>> {
  const index = { annotation: new ByNaming<number>(), field: new ByNaming<number>() };
  yield* forEachInSteps(model.ingresses.entries(), STRETCH, ([position, ingress]) => {
    for (const first of ['annotation', 'field'] as const) index[first].add(namingOf(model, ingress, first), position);
  });
  return index;
}

/** One controller of the cluster, by the classes that it serves; the first of them stands for it. */
export type ServedClasses = readonly [string, ...string[]];

interface Taker extends Pick<Takes, 'first' | 'watches'> {
  readonly served: ServedClasses;
}

interface Controllers {
  readonly byClass: ReadonlyMap<string, ServedClasses>;
  readonly takers: ByPrecedence<ByNaming<Taker>>;
}

const controllers = new WeakMap<NetworkModel, Controllers>();

function controllersOf(model: NetworkModel): Controllers {
  return inMap(controllers, model, () => {
    const byClass = new Map<string, ServedClasses>();
    const takers = { annotation: new ByNaming<Taker>(), field: new ByNaming<Taker>() };
    for (const name of new Set([...model.ingressClasses.keys(), ...model.profile.ingress.controllers.map((one) => one.class)])) {
      if (byClass.has(name)) continue;
      const [first = name, ...others] = servedWith(model, name);
      const served: ServedClasses = [first, ...others];
      for (const one of served) byClass.set(one, served);
      const takes = ownTakes(model, first);
      for (const naming of namingsOf(takes)) takers[takes.first].add(naming, { served, first: takes.first, watches: takes.watches });
    }
    return { byClass, takers };
  });
}

function takersFound(model: NetworkModel, ingress: Ingress): readonly Taker[] {
  const { takers } = controllersOf(model);
  const named = [...takers.annotation.of(namingOf(model, ingress, 'annotation')), ...takers.field.of(namingOf(model, ingress, 'field'))];
  return named.filter(({ watches }) => watches(ingress.namespace));
}

/** The controllers that take an Ingress, each by the classes that it serves. */
export function takersOf(model: NetworkModel, ingress: Ingress): readonly ServedClasses[] {
  return takersFound(model, ingress).map(({ served }) => served);
}

/** The class that an Ingress belongs to, and what says so by the order of its controller; where none takes it, by the specification. */
export function belongingOf(model: NetworkModel, ingress: Ingress): ClassClaim & { readonly first: ClassPrecedence } {
  const [taker] = takersFound(model, ingress);
  if (!taker) return { ...claimOf(model, ingress), first: 'annotation' };
  const naming = namingOf(model, ingress, taker.first);
  const name = nameWithin(taker.served, ingress) ?? taker.served[0];
  if (naming.by === 'none') return { name, source: 'none', pointer: undefined, first: taker.first };
  if (naming.by === 'annotation') return { name, source: 'annotation', pointer: ANNOTATION_POINTER, first: taker.first };
  const isOwn = ingress.className !== undefined;
  return { name: naming.value, source: isOwn ? 'field' : 'defaulted', pointer: isOwn ? FIELD_POINTER : undefined, first: taker.first };
}

/** Whether a class is one of a controller that the model knows of. */
export function isServed(model: NetworkModel, className: string | undefined): boolean {
  return className !== undefined && controllersOf(model).byClass.has(className);
}

/** The class of the controller that takes what a name stands for: its own, or the value of the annotation that is looked for. */
export function servedAs(model: NetworkModel, name: string): string | undefined {
  if (isServed(model, name)) return name;
  const { takers } = controllersOf(model);
  return takers.field.of({ by: 'annotation', value: name })[0]?.served[0];
}

/** The scopes in which the Ingresses of a cluster lie. */
export interface ClassScopes {
  /** Classes by name, each standing for the one controller that serves it and takes some Ingress. */
  readonly taken: readonly string[];
  /** The Ingresses that no controller is known to take, by what names their class; undefined: nothing does. */
  readonly untaken: ReadonlyMap<string | undefined, readonly Ingress[]>;
}

const scopes = new BuiltOnce(scopesIn);

/** Who takes which Ingresses of the cluster. A controller is called by a class that an Ingress of it names, the first by name, else by the first that it serves. */
export function classScopes(model: NetworkModel): ClassScopes {
  return scopes.get(model);
}

/** Works out which classes have which Ingresses, for whoever can wait. */
export function* prepareScopes(model: NetworkModel): Steps<void> {
  yield* positions.steps(model);
  yield* scopes.steps(model);
}

function* scopesIn(model: NetworkModel): Steps<ClassScopes> {
  const called = new Map<ServedClasses, string | undefined>();
  const untaken = new Map<string | undefined, Ingress[]>();
  yield* forEachInSteps(model.ingresses, STRETCH, (ingress) => {
    const takers = takersOf(model, ingress);
    for (const served of takers) called.set(served, firstByName(called.get(served), nameWithin(served, ingress)));
    if (takers.length === 0) listed(untaken, claimOf(model, ingress).name).push(ingress);
  });
  return { taken: [...called].map(([served, name]) => name ?? served[0]).sort(compareText), untaken };
}

/** The class of its controller that an Ingress names. */
function nameWithin(served: readonly string[], { className }: Ingress): string | undefined {
  return className !== undefined && served.includes(className) ? className : undefined;
}

function firstByName(a: string | undefined, b: string | undefined): string | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return compareText(a, b) <= 0 ? a : b;
}

function listed(lists: Map<string | undefined, Ingress[]>, key: string | undefined): Ingress[] {
  return inMap(lists, key, () => []);
}

/** Whether some Ingress goes by one of these values of the annotation alone, or (`classless`) by nothing at all. */
export function someGoBy(model: NetworkModel, annotations: readonly string[], classless: boolean): boolean {
  const index = positions.get(model).field;
  return (
    (classless && index.of({ by: 'none' }).length > 0) || annotations.some((value) => index.of({ by: 'annotation', value }).length > 0)
  );
}

/** The class under which an Ingress of a router is shown: the one that it names, where its controller serves several. */
export function shownClass(model: NetworkModel, { className }: ClassRouter, object: RoutingObject): string | undefined {
  const named = 'className' in object && typeof object.className === 'string' ? object.className : undefined;
  if (className === undefined || named === undefined || named === className) return className;
  return servedWith(model, className).includes(named) ? named : className;
}

const memberSets = new WeakMap<ClassRouter, ReadonlySet<Ingress>>();

/** Whether an Ingress is one of those that a router was made of. */
export function isMember(router: ClassRouter, ingress: Ingress): boolean {
  return inMap(memberSets, router, () => new Set(router.members)).has(ingress);
}

/** The members of a router that its controller does not pass over as a whole. */
export function takenMembers({ members, passesOver }: ClassRouter): readonly Ingress[] {
  return passesOver ? members.filter((ingress) => !passesOver(ingress)) : members;
}
