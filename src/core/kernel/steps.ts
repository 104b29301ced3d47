/** Long work, a step at a time: between two steps whoever takes them may let others run. */
export type Steps<T> = Generator<undefined, T>;

/** What is known already, behind one step. */
export function* inOneStep<T>(value: T): Steps<T> {
  yield;
  return value;
}

/** Takes all steps in one go. */
export function finished<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}
