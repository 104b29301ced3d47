import type { Resource } from './resource.js';

/** A v1 ServiceAccount, as far as policies ask for it: its labels. */
export interface ServiceAccount extends Resource {
  readonly kind: 'ServiceAccount';
  readonly namespace: string;
}
