import type { Resource } from './resource.js';

/** A namespace. Its labels always carry `kubernetes.io/metadata.name`. */
export interface Namespace extends Resource {
  readonly kind: 'Namespace';
  /** True where no Namespace object was imported and the namespace follows from the objects in it. */
  readonly implied: boolean;
}
