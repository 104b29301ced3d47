/** Ends an exhaustive switch: a variant that nobody handles is a compile error here. */
export function assertNever(value: never): never {
  throw new Error(`unhandled variant: ${JSON.stringify(value)}`);
}
