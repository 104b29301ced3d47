import { assert, nat, property, shuffledSubarray } from 'fast-check';
import { expect } from 'vitest';
import type { NetworkModel } from '../../src/core/model/network-model.js';
import type { KubernetesObject } from '../../src/core/resources/kubernetes-object.js';
import { modelOf } from './model.js';

/** A question to a model: whatever it answers is compared as a whole. */
export type Asked = (model: NetworkModel) => unknown;

/**
 * Imports a set of objects in so many orders. Every time the model is the same to the last byte, lists and maps in the same order, and so is the answer to one of the questions, each
 * order's turn another one. Answers are pure functions of the model, so that the first is the proof, and the second looks that nothing goes by anything beside the model. A failure
 * names the order, made as short as it gets, and what differs.
 */
export function expectSameInAnyOrder(
  objects: readonly KubernetesObject[],
  questions: Readonly<Record<string, Asked>>,
  orders: number,
): void {
  const asked = Object.entries(questions);
  const given = modelOf(objects);
  const [model, answers] = [textOf(given), asked.map(([, ask]) => textOf(ask(given)))];
  const everyOrder = shuffledSubarray([...objects], { minLength: objects.length });
  assert(
    property(everyOrder, nat({ max: asked.length - 1 }), (order, turn) => {
      const shuffled = modelOf(order);
      if (textOf(shuffled) !== model) expect(partsOf(shuffled)).toEqual(partsOf(given));
      const [name, ask] = asked[turn] ?? [];
      const answer = textOf(ask?.(shuffled));
      if (answer !== answers[turn]) expect(`${name}: ${answer}`).toBe(`${name}: ${answers[turn]}`);
    }),
    { numRuns: orders },
  );
}

/** Byte for byte what a value holds; maps and sets as the lists that they are when somebody goes over them. */
function textOf(value: unknown): string {
  return JSON.stringify(value, (_, one: unknown) =>
    one instanceof Map || one instanceof Set ? [...one] : typeof one === 'bigint' ? String(one) : one,
  );
}

const partsOf = (model: NetworkModel) => Object.entries(model).map(([part, value]) => `${part}: ${textOf(value)}`);
