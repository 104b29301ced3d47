import type { StoredObject } from '../../application/clusters/stored-object.js';
import { objectLabels } from '../../application/objects/object-labels.js';
import type { ClusterAt } from '../graphql/answer-field.js';

/** What stands behind the GraphQL type `KubernetesObject`. */
export interface StoredObjectView {
  readonly __typename: 'KubernetesObject';
  readonly at: ClusterAt;
  readonly stored: StoredObject;
  readonly group: string;
  readonly kind: string;
  readonly namespace: string | null;
  readonly name: string;
  readonly source: string | null;
  readonly labels: object;
}

/** A stored object at its coordinate; its text is read when somebody asks for the manifest. */
export function storedObjectView(at: ClusterAt, stored: StoredObject): StoredObjectView {
  const { group, kind, namespace, name, source, body } = stored;
  const shown = { group, kind, namespace: textOrNull(namespace), name, source: textOrNull(source), labels: objectLabels(body) };
  return { __typename: 'KubernetesObject', at, stored, ...shown };
}

/** GraphQL says null where the store says empty text. */
export function textOrNull(text: string): string | null {
  return text === '' ? null : text;
}
