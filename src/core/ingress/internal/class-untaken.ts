import { finished } from '../../kernel/steps.js';
import { HostTable } from './host-table.js';
import { didYouMean } from '../../kernel/did-you-mean.js';
import type { NetworkModel } from '../../model/network-model.js';
import type { Ingress } from '../../resources/ingress.js';
import { CLASS_ANNOTATION, claimOf } from './class-claim.js';
import { SpecificationRouter } from './ingress-v1.js';
import { classScopes, isServed } from './class-members.js';
import { ownTakes } from './class-takes.js';
import type { ClassRouter } from './dialect.js';

/** Why no controller takes an Ingress, where in it that stands, and the smallest change that makes one do so. */
export interface Untaken {
  readonly why: string;
  readonly pointer: string;
  readonly fix: string;
}

/** Of an Ingress that `takersOf` knows no controller of; `why` goes on after its name. */
export function untakenBecause(model: NetworkModel, ingress: Ingress): Untaken {
  const { className: field } = ingress;
  if (field === '') {
    return { why: 'names no class: `spec.ingressClassName` is empty text', pointer: '/spec/ingressClassName', fix: NAME_ONE };
  }
  const { name, source, pointer = '/spec' } = claimOf(model, ingress);
  if (name === undefined) return { why: 'has no class, so no controller handles it', pointer, fix: NAME_ONE };
  if (!isServed(model, name)) {
    const nearest = didYouMean(name, model.ingressClasses.keys());
    const fix = nearest === undefined ? NAME_ONE : `did you mean class \`${nearest}\`?`;
    return { why: `belongs to class \`${name}\`, which no IngressClass defines`, pointer, fix };
  }
  const { annotations, watches } = ownTakes(model, name);
  if (!watches(ingress.namespace)) {
    const why = `lies in namespace \`${ingress.namespace}\`, which the controller of class \`${name}\` does not watch`;
    return { why, pointer, fix: 'let the controller watch its namespace' };
  }
  if (source === 'annotation' && field === undefined) {
    const read = annotations.filter((value) => value !== '');
    const why = `has the annotation \`${CLASS_ANNOTATION}: ${name}\`, and the controller of class \`${name}\` takes \`${read.join('`, `')}\` there`;
    return { why, pointer, fix: `set \`spec.ingressClassName\` to \`${name}\` in place of the annotation` };
  }
  const why = `names class \`${field ?? name}\` in the field, which its controller takes before the annotation, and none takes that class`;
  return { why, pointer: '/spec/ingressClassName', fix: NAME_ONE };
}

const NAME_ONE = 'set `spec.ingressClassName` to an existing class';

/** Ingresses that name a class by which its controller does not take them, as if one did by the specification; undefined: there are none. */
export function leftOver(model: NetworkModel, className: string): ClassRouter | undefined {
  const left = classScopes(model).untaken.get(className);
  return left && new SpecificationRouter(model, className, left, finished(HostTable.build(left)));
}
