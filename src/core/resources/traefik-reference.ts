/** An object that another one names. */
export interface TraefikReference {
  readonly pointer: string;
  /** `name`, or `name@provider`. */
  readonly name: string;
  /** Undefined: the namespace of the object that names it. */
  readonly namespace: string | undefined;
}
