import type { ItemName } from '../../application/objects/collection.js';
import type { ClusterAt } from './answer-field.js';
import { nodeId } from './node-id.js';

/** What is shown of an item, as far as every noun has it. */
export interface NamedView {
  readonly kind?: string;
  readonly namespace?: string;
  readonly name: string;
}

/** What stands behind the GraphQL type of a noun: the item as REST shows it, the name of its type, and the coordinate it was read at. */
export type Placed<V extends object = NamedView> = V & { readonly __typename: string; readonly at: ClusterAt };

/** Puts an item where it was read. */
export function placed<V extends object>(type: string, at: ClusterAt, view: V): Placed<V> {
  return { ...view, __typename: type, at };
}

/** What names an item; absent parts are empty. */
export function itemNameOf({ kind = '', namespace = '', name }: NamedView): ItemName {
  return { kind, namespace, name };
}

/** The global id of an item of the model: its type, cluster and revision, and its name. */
export function placedId({ __typename, at, ...view }: Placed): string {
  const { kind, namespace, name } = itemNameOf(view);
  return nodeId(__typename, at.cluster.name, at.revision, kind, namespace, name);
}
