import type { ObjectRef } from '../../../kernel/object-ref.js';
import type { Finding } from './profile-draft.js';

/** A value that stands in an object. */
export function toldBy(object: ObjectRef, pointer: string, why: string): Finding {
  return { object, pointer, why, provenance: 'observed' };
}

/** A value that follows from an object without standing in it. */
export function followsFrom(object: ObjectRef, pointer: string | undefined, why: string): Finding {
  return { object, pointer, why, provenance: 'derived' };
}

/** What a component does when its configuration does not tell. */
export function defaultOf(object: ObjectRef, pointer: string | undefined, why: string): Finding {
  return { object, pointer, why, provenance: 'defaulted' };
}
