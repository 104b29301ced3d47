/** A reference of the Gateway API to an object, defaults filled in. */
export interface ObjectReference {
  /** JSON pointer of the reference in its object. */
  readonly pointer: string;
  /** `''` is the core group. */
  readonly group: string;
  readonly kind: string;
  /** Undefined: the namespace of the object that refers. */
  readonly namespace: string | undefined;
  readonly name: string;
}

/** Where a route wants to be attached. */
export interface ParentReference extends ObjectReference {
  /** Name of a listener; undefined: every listener. */
  readonly sectionName: string | undefined;
  readonly port: number | undefined;
}

/** Stands for a hostname that cannot be read: it covers no name, where a missing one covers every name. */
export const NO_HOST = '(no hostname)';

/** The group of the Gateway API itself. */
export const GATEWAY_GROUP = 'gateway.networking.k8s.io';
