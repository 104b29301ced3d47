/** What makes an object the same object in every revision: its API group (not version), kind, namespace and name. */
export interface ObjectIdentity {
  readonly group: string;
  readonly kind: string;
  /** Empty for cluster-scoped kinds. */
  readonly namespace: string;
  readonly name: string;
}

/** An object on its way into the store. */
export interface NewObject extends ObjectIdentity {
  /** Compact JSON text. */
  readonly body: string;
}

/** An object as it is stored. */
export interface StoredObject extends NewObject {
  /** Whose part of the cluster it is; empty when no source was named. */
  readonly source: string;
}

/** Which objects to read; absent members admit everything. */
export interface ObjectFilter {
  readonly group?: string | undefined;
  readonly kinds?: readonly string[] | undefined;
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
}

/** What objects are ordered by first; the rest of the identity decides between equals. */
export type ObjectOrder = 'kind' | 'namespace' | 'name';

/** A part of an ordered list. */
export interface ObjectWindow {
  /** Default `kind`: kind, namespace, name, group. */
  readonly order?: ObjectOrder | undefined;
  readonly descending?: boolean | undefined;
  /** The place the last part stopped at. */
  readonly after?: ObjectIdentity | undefined;
  readonly limit?: number | undefined;
}
