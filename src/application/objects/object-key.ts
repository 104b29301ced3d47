import type { ObjectIdentity } from '../clusters/stored-object.js';

/** An object's identity as the sort key that a page ends with. */
export function objectKey({ kind, namespace, name, group }: ObjectIdentity): readonly string[] {
  return [kind, namespace, name, group];
}

/** The identity that a sort key was made of. */
export function identityOfKey([kind = '', namespace = '', name = '', group = '']: readonly string[]): ObjectIdentity {
  return { kind, namespace, name, group };
}
