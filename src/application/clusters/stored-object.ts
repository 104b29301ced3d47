/** What makes an object the same object in every revision: its API group (not version), kind, namespace and name. */
export interface ObjectIdentity {
  readonly group: string;
  readonly kind: string;
  /** Empty for cluster-scoped kinds. */
  readonly namespace: string;
  readonly name: string;
}

/** An object on its way into the store, or out of it. */
export interface StoredObject extends ObjectIdentity {
  /** Whose part of the cluster it is; empty when no source was named. */
  readonly source: string;
  /** Compact JSON text. */
  readonly body: string;
}

/** Which objects to read; absent members admit everything. */
export interface ObjectFilter {
  readonly group?: string | undefined;
  readonly kinds?: readonly string[] | undefined;
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
}

/** Stable order of objects, and the place a page stopped at. */
export type ObjectPosition = ObjectIdentity;
