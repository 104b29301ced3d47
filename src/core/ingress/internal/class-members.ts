import type { NetworkModel } from '../../model/network-model.js';
import type { Ingress } from '../../resources/ingress.js';
import { claimOf } from './class-claim.js';

/** What names the class where field and annotation disagree (divergence D8): by KEP-1453 and the controller of NGINX Inc. the annotation, by ingress-nginx and Traefik the field. */
export type ClassPrecedence = 'annotation' | 'field';

const NOBODY: readonly Ingress[] = [];

type Members = ReadonlyMap<string | undefined, readonly Ingress[]>;

const members: Readonly<Record<ClassPrecedence, WeakMap<NetworkModel, Members>>> = { annotation: new WeakMap(), field: new WeakMap() };

/** The Ingresses of one class (rule A1), in the model's order. */
export function membersOf(model: NetworkModel, className: string | undefined, first: ClassPrecedence): readonly Ingress[] {
  let known = members[first].get(model);
  if (!known) {
    known = byClass(model, first);
    members[first].set(model, known);
  }
  return known.get(className) ?? NOBODY;
}

function byClass(model: NetworkModel, first: ClassPrecedence): Members {
  const classes = new Map<string | undefined, Ingress[]>();
  for (const ingress of model.ingresses) {
    const name = classNameOf(model, ingress, first);
    const list = classes.get(name);
    if (list) list.push(ingress);
    else classes.set(name, [ingress]);
  }
  return classes;
}

function classNameOf(model: NetworkModel, ingress: Ingress, first: ClassPrecedence): string | undefined {
  const field = ingress.className ?? '';
  return first === 'field' && field !== '' ? field : claimOf(model, ingress).name;
}
