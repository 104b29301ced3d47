/** Long work, a step at a time: between two steps whoever takes them may let others run. */
export type Steps<T> = Generator<undefined, T>;

/** Takes all steps in one go. */
export function finished<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}
