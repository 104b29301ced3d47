import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseInput } from '../../src/application/input/parse-input.js';
import type { Question, QuestionContext } from '../../src/application/questions/question.js';
import { QUESTIONS } from '../../src/application/questions/registry.js';
import { AllocationBook } from '../../src/core/ipam/allocation-book.js';
import { isJsonObject } from '../../src/core/kernel/json.js';
import { finished } from '../../src/core/kernel/steps.js';
import type { NetworkModel } from '../../src/core/model/network-model.js';
import { modelOf, objectsBelow } from '../support/model.js';

const FLEET = 'demo';

const models = new Map<string, NetworkModel>();
const texts = new Map<string, string>();

/** IPv4 addresses, which stand in answers as they stand in manifests; ranges and what is part of a name are none. */
const ADDRESS = /(?<![\w.-])\d{1,3}(?:\.\d{1,3}){3}(?![\w./-])/g;

/** What an answer says was observed: its parts that say so, without what is below them, with the addresses in them. */
function observedIn(value: unknown, found: (readonly [part: string, addresses: readonly string[]])[] = []): typeof found {
  if (Array.isArray(value)) for (const one of value) observedIn(one, found);
  if (!isJsonObject(value)) return found;
  if (value['provenance'] === 'observed') {
    const own = Object.values(value).filter((one) => typeof one === 'string');
    found.push([JSON.stringify(value).slice(0, 300), own.flatMap((text) => text.match(ADDRESS) ?? [])]);
  }
  for (const one of Object.values(value)) observedIn(one, found);
  return found;
}

function answerTo(question: Question, cluster: string, input: Readonly<Record<string, unknown>>): unknown {
  const read = parseInput(question.input, input);
  if (!read.ok) throw new Error(read.error.message);
  const [model, nothing] = [models.get(cluster) ?? modelOf([]), modelOf([])];
  const before = question.comparesWith?.(read.value, false) ? { cluster, revision: 0, model: nothing } : undefined;
  const context: QuestionContext = { cluster, revision: 1, model, allocations: new AllocationBook(), before, past: [] };
  const answer = question.steps ? finished(question.steps(context, read.value)) : question.ask(context, read.value);
  return answer.ok ? answer.value : undefined;
}

/** `shared/design/product.md`: "observed" is what stands in the input, "derived" what follows by a controller's rule. The fleet has workloads, Services and Nodes that leave addresses to be derived. */
describe('what an answer calls observed', () => {
  beforeAll(async () => {
    for (const name of readdirSync(FLEET).filter((entry) => !entry.includes('.'))) {
      const objects = await objectsBelow(join(FLEET, name), (path) => path.endsWith('.yaml'));
      models.set(name, modelOf(objects));
      texts.set(name, JSON.stringify(objects));
    }
  });

  const rows = QUESTIONS.flatMap((question) =>
    question.examples.map((example) => [question.name, example.title, question, example] as const),
  );
  it.each(rows)('stands in the input: %s, %s', (_, __, question, { cluster, input }) => {
    const { format: ___, ...asked } = input;
    const told = `${texts.get(cluster)} ${JSON.stringify(asked)}`;
    for (const [part, addresses] of observedIn(answerTo(question, cluster, asked)))
      expect(
        addresses.filter((address) => !told.includes(address)),
        part,
      ).toEqual([]);
  });
});
