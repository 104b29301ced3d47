import { finished, type Steps } from './steps.js';

/**
 * What is built of an immutable thing at the first question about it, and kept as long as the thing is. Whoever can wait takes the steps; several who need it at once
 * take the steps of one and the same building in turn; who cannot wait takes all that are left in one go.
 */
export class BuiltOnce<K extends object, T> {
  private readonly built = new WeakMap<K, { readonly value: T }>();
  private readonly underway = new WeakMap<K, Steps<T>>();

  constructor(private readonly build: (of: K) => Steps<T>) {}

  get(of: K): T {
    return this.built.get(of)?.value ?? finished(this.steps(of));
  }

  *steps(of: K): Steps<T> {
    for (;;) {
      const known = this.built.get(of);
      if (known) return known.value;
      this.takeStep(of);
      yield;
    }
  }

  private takeStep(of: K): void {
    const steps = this.underway.get(of) ?? this.build(of);
    this.underway.delete(of); // a building that fails is begun anew
    const step = steps.next();
    if (step.done) this.built.set(of, { value: step.value });
    else this.underway.set(of, steps);
  }
}
