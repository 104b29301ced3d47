import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseInput } from '../../src/application/input/parse-input.js';
import type { Question, QuestionContext, QuestionExample } from '../../src/application/questions/question.js';
import { QUESTIONS } from '../../src/application/questions/registry.js';
import { isTextFormat, writeTable } from '../../src/application/questions/text-table.js';
import { AllocationBook } from '../../src/core/ipam/allocation-book.js';
import { finished } from '../../src/core/kernel/steps.js';
import type { NetworkModel } from '../../src/core/model/network-model.js';
import type { KubernetesObject } from '../../src/core/resources/kubernetes-object.js';
import { expectSameInAnyOrder } from '../support/import-order.js';
import { modelOf, objectsBelow } from '../support/model.js';

/**
 * INV-ING-1 for every question of the product: `shared/reference/ingress.md` §12, "same topology in any import order gives byte-identical answers". Each example of each question is asked
 * of its cluster of the demo fleet, whose objects come in these many orders.
 */
const ORDERS = 8;
const FLEET = 'demo';

const fleet = new Map<string, readonly KubernetesObject[]>();
const models = new Map<string, NetworkModel>();

/** The state that an example compares with: another cluster, nothing where it names revision 0, else the cluster itself. */
function before(question: Question, input: Record<string, unknown>, cluster: string, model: NetworkModel): QuestionContext['before'] {
  const compared = question.comparesWith?.(input, false);
  if (!compared) return undefined;
  const other = compared.elsewhere?.cluster ?? cluster;
  if (other !== cluster) return { cluster: other, revision: 1, model: models.get(other) ?? modelOf([]) };
  return compared.revision === '1' ? { cluster, revision: 1, model } : { cluster, revision: 0, model: modelOf([]) };
}

/** What is sent to who asks the example: the whole answer, or its rows of text; a problem fails the test. */
function answerTo(question: Question, { cluster, input }: QuestionExample, model: NetworkModel): unknown {
  const read = parseInput(question.input, input);
  if (!read.ok) throw new Error(read.error.message);
  const compared = before(question, read.value, cluster, model);
  const context: QuestionContext = { cluster, revision: 1, model, allocations: new AllocationBook(), before: compared, past: [] };
  const format = read.value['format'];
  if (isTextFormat(format) && question.table) {
    const table = finished(question.table(context, read.value, format));
    if (!table.ok) throw new Error(table.error.message);
    return [...writeTable(table.value, format)];
  }
  const answer = question.steps ? finished(question.steps(context, read.value)) : question.ask(context, read.value);
  if (!answer.ok) throw new Error(answer.error.message);
  return answer.value;
}

describe('the order of import means nothing to', () => {
  beforeAll(async () => {
    for (const name of readdirSync(FLEET).filter((entry) => !entry.includes('.'))) {
      const objects = await objectsBelow(join(FLEET, name), (path) => path.endsWith('.yaml'));
      fleet.set(name, objects);
      models.set(name, modelOf(objects));
    }
  });

  it.each(QUESTIONS.map((question) => [question.name, question] as const))('%s', (_, question) => {
    expect(question.examples.length).toBeGreaterThan(0);
    for (const example of question.examples) {
      const asked = (model: NetworkModel) => answerTo(question, example, model);
      expectSameInAnyOrder(fleet.get(example.cluster) ?? [], { [example.title]: asked }, ORDERS);
    }
  });
});
