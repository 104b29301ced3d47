import { expect, it } from 'vitest';
import { z } from 'zod';
import type { AllocationBook } from '../../core/ipam/allocation-book.js';
import { ok } from '../../core/kernel/result.js';
import { modelOf } from '../../../test/support/model.js';
import type { Coordinate } from '../clusters/coordinate.js';
import type { Coordinates } from '../clusters/coordinates.js';
import type { ModelSource } from '../clusters/model-source.js';
import type { AllocationsAt } from '../ipam/allocations-at.js';
import type { SupposedModels } from '../what-if/supposed-models.js';
import { AskedStates } from './asked-states.js';
import type { PastStates } from './past-states.js';
import { AskQuestion } from './ask-question.js';
import { defineQuestion } from './question.js';

/** An answer that says nothing but its result. */
function told<T>(result: T) {
  const nothing = { summary: '', evidence: [], assumptions: [], warnings: [], enforcement: null };
  return ok({ question: {}, answer: { ...nothing, verdict: 'TOLD', confidence: 'CERTAIN', result } as const });
}

const sequenceQuestion = defineQuestion({
  name: 'sequence',
  room: 'ipam',
  title: 'Which change of the allocations is the newest',
  input: z.strictObject({}),
  result: z.object({ sequence: z.number() }),
  verdicts: { TOLD: 'told' },
  reasons: {},
  examples: [],
  readsAllocations: true,
  ask: ({ allocations: { sequence } }) => told({ sequence }),
});

it('keeps no answer for a sequence of allocations that it is not of, where the book moves on while the model is compiled', async () => {
  const book = { sequence: 1 };
  let whileCompiling = (): void => undefined;
  const model = modelOf([]);
  const models = { modelAt: () => Promise.resolve().then(() => (whileCompiling(), model)) } as unknown as ModelSource;
  const allocations = { book: () => Promise.resolve(ok(book as AllocationBook)) } as unknown as AllocationsAt;
  const states = new AskedStates(models, {} as SupposedModels, allocations, {} as Coordinates, {} as PastStates);
  const asking = new AskQuestion(states, allocations, 1_000_000);
  const at = { cluster: { id: 'c', name: 'c', profileVersion: 1 }, revision: 1 } as unknown as Coordinate;
  const sequenceTold = async (): Promise<unknown> => {
    const answer = await asking.ask(sequenceQuestion, at, {});
    return answer.ok ? answer.value.envelope.result : answer.error;
  };
  // A question is remembered from the second time on.
  for (let time = 0; time < 2; time++) {
    book.sequence = 1;
    whileCompiling = () => void (book.sequence = 2);
    expect(await sequenceTold()).toEqual({ sequence: 2 });
  }
  book.sequence = 1;
  whileCompiling = () => undefined;
  expect(await sequenceTold()).toEqual({ sequence: 1 });
});

/** Tells whether it was asked to explain. */
const explainingQuestion = defineQuestion({
  name: 'explaining',
  room: 'ipam',
  title: 'Whether anybody reads the explanation',
  input: z.strictObject({}),
  verdicts: { TOLD: 'told' },
  reasons: {},
  examples: [],
  result: z.object({ explained: z.boolean() }),
  ask: ({ explains = true }) => told({ explained: explains }),
});

it('lets an engine leave out what nobody reads, and gives nobody a remembered answer without what they read', async () => {
  const models = { modelAt: () => Promise.resolve(modelOf([])) } as unknown as ModelSource;
  const allocations = { book: () => Promise.resolve(ok({ sequence: 1 } as AllocationBook)) } as unknown as AllocationsAt;
  const states = new AskedStates(models, {} as SupposedModels, allocations, {} as Coordinates, {} as PastStates);
  const asking = new AskQuestion(states, allocations, 1_000_000);
  const at = { cluster: { id: 'c', name: 'c', profileVersion: 1 }, revision: 1 } as unknown as Coordinate;
  const explained = async (explains?: boolean): Promise<unknown> => {
    const answer = await asking.ask(explainingQuestion, at, {}, explains);
    return answer.ok ? answer.value.envelope.result : answer.error;
  };
  // A question is remembered from the second time on.
  for (let time = 0; time < 3; time++) expect(await explained(false)).toEqual({ explained: false });
  for (let time = 0; time < 3; time++) expect(await explained()).toEqual({ explained: true });
  // The whole answer holds all that the view shows, and is there.
  expect(await explained(false)).toEqual({ explained: true });
});
