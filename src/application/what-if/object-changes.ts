import type { Note } from '../../core/kernel/answer.js';
import type { NetworkModel } from '../../core/model/network-model.js';
import type { KubernetesObject } from '../../core/resources/kubernetes-object.js';

/** Objects that are supposed to be applied to a state, and others that are supposed to be gone. */
export interface ObjectChanges {
  readonly applied: readonly KubernetesObject[];
  readonly removed: readonly NamedObject[];
}

/** An object as people write it, `Ingress shop/web`. */
export interface NamedObject {
  readonly text: string;
  /** Undefined: whichever group has the kind. */
  readonly group: string | undefined;
  readonly kind: string;
  /** Empty for kinds without namespaces. */
  readonly namespace: string;
  readonly name: string;
}

/** A state as it would be; nothing of it is stored. */
export interface ChangedModel {
  readonly model: NetworkModel;
  /** What was supposed, for the answer. */
  readonly note: Note;
}
