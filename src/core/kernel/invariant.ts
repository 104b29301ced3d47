/** States what must hold whatever the input is; a failure is a defect of the program, never of the user's data. */
export function invariant(condition: unknown, name: string): asserts condition {
  if (!condition) throw new Error(`invariant broken: ${name}`);
}
