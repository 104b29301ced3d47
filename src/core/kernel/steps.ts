/** Long work, a step at a time: between two steps whoever takes them may let others run. */
export type Steps<T> = Generator<undefined, T>;

/** What is known already, behind one step. */
export function* inOneStep<T>(value: T): Steps<T> {
  yield;
  return value;
}

/** Does the same for each of very many, so many in a step. */
export function* forEachInSteps<T>(all: Iterable<T>, inOneStep: number, each: (one: T) => void): Steps<void> {
  let count = 0;
  for (const one of all) {
    each(one);
    if (++count % inOneStep === 0) yield;
  }
}

/** Takes all steps in one go. */
export function finished<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}
