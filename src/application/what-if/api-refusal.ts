import { type Problem, problem } from '../../core/kernel/problem.js';
import type { KubernetesObject } from '../../core/resources/kubernetes-object.js';
import { identityOf } from '../imports/object-identity.js';

/** A field that the API server would not take as it is, and what it says of it. */
export interface Fault {
  readonly pointer: string;
  readonly message: string;
  /** Undefined: `invalid-value`. */
  readonly code?: string;
}

/** `Service shop/web`, as `delete` takes it. */
function textOf(object: KubernetesObject): string {
  const { kind, namespace, name } = identityOf(object);
  return `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`;
}

/** Why the API server would refuse an update, as `invalid-request` about `apply`. */
export function refusedUpdate(object: KubernetesObject, fault: Fault): Problem {
  const text = textOf(object);
  return refusal(`the update of \`${text}\``, fault, `to have it made anew, suppose it gone as well: \`delete=${text}\``);
}

/** Why it would refuse an object that is not there yet, or a field that others of its kind share. */
export function refusedObject(object: KubernetesObject, fault: Fault, hint?: string): Problem {
  return refusal(`\`${textOf(object)}\``, fault, hint);
}

function refusal(what: string, { pointer, message: why, code = 'invalid-value' }: Fault, hint: string | undefined): Problem {
  const message = `the API server would refuse ${what}: \`${pointer}\`: ${why}`;
  const told = hint === undefined ? {} : { hint };
  return problem('invalid-request', message, { ...told, errors: [{ pointer: '/apply', code, message, ...told }] });
}
