import type { ObjectRef } from '../kernel/object-ref.js';

/** Labels or annotations: every value is text, as the API server holds them. */
export type Labels = Readonly<Record<string, string>>;

/** `metadata.ownerReferences[]`. `kind` may be missing in dumps. */
export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly controller: boolean;
}

/** What every understood object has, normalised: names checked, API defaults filled in, removed versions converted. */
export interface Resource {
  readonly ref: ObjectRef;
  readonly labels: Labels;
  readonly annotations: Labels;
  /** RFC 3339, or undefined when the object was never in a cluster. */
  readonly createdAt: string | undefined;
  readonly owners: readonly OwnerReference[];
  /** JSON pointers (into the normalised spelling) of the fields that the API's defaults filled in. */
  readonly defaulted: readonly string[];
}

/** Something for which the API server does not take an object. */
export interface Refusal {
  readonly pointer: string;
  readonly message: string;
}

/** An object whose status says which state of its spec it is about. */
export interface StatusedResource extends Resource {
  /** `metadata.generation`: the API server counts the changes of the spec; undefined when the object was never in a cluster. */
  readonly generation: number | undefined;
  /** Why the API server does not take the object: what its CRD refuses beyond what stands with the parts of the object; the first few. */
  readonly refused: readonly Refusal[];
}
