import { AllocationBook } from '../src/core/ipam/allocation-book.js';
import type { NetworkModel } from '../src/core/model/network-model.js';
import type { Question } from '../src/application/questions/question.js';
import { QUESTIONS } from '../src/application/questions/registry.js';
import { loadsOf, type QuestionLoad } from './loads.js';
import { format, median, quantile } from './measure.js';
import { modelOf, textsOf } from './model-of.js';
import { type Figure, plainFigure, type Section } from './section.js';
import { type ClusterSize, SIZES } from './synthetic-cluster.js';

const WARM_UP = 2_000;
const ASKED = 4_000;
const NOTHING_ALLOCATED = new AllocationBook();

/** Microseconds that each call of `work` takes. */
function timesOf(count: number, work: (n: number) => unknown): readonly number[] {
  return Array.from({ length: count }, (_, n) => {
    const start = process.hrtime.bigint();
    work(n);
    return Number(process.hrtime.bigint() - start) / 1e3;
  });
}

/** Asks distinct questions of a compiled model, none twice, through the same definitions that both doors use; nothing is remembered. */
function measure(model: NetworkModel, size: ClusterSize, question: Question, load: QuestionLoad): Figure {
  const ask = (n: number) => {
    const asked = question.ask(
      { cluster: 'bench', revision: 1, model, allocations: NOTHING_ALLOCATED },
      question.input.parse(load.input(n)),
    );
    if (!asked.ok) throw new Error(`${question.name} ${JSON.stringify(load.input(n))}: ${asked.error.message}`);
    return asked.value;
  };
  timesOf(WARM_UP, ask);
  const times = timesOf(ASKED, (n) => ask(WARM_UP + n));
  const texts = Array.from({ length: ASKED }, (_, n) => JSON.stringify(ask(WARM_UP + n)));
  const copies = timesOf(ASKED, (n) => JSON.stringify(JSON.parse(texts[n] ?? '')));
  const bytes = median(texts.map(({ length }) => length));
  return {
    name: `${size.name}: ${question.name}, p50 (p99)`,
    value: `${format(median(times))} (${format(quantile(times, 0.99))}) µs`,
    reference: `${format(median(copies))} (${format(quantile(copies, 0.99))}) µs, ${format(bytes / 1000, 'kB')}`,
    ratio: format(median(times) / median(copies)),
    goal: '—',
  };
}

/** The four questions in process, on the S and the M cluster. */
export function benchQuestions(): Promise<Section> {
  const figures = [SIZES.S, SIZES.M].flatMap((size) => {
    const model = modelOf(textsOf(size));
    return loadsOf(size).map((load) => {
      const question = QUESTIONS.find(({ name }) => name === load.question);
      return question
        ? measure(model, size, question, load)
        : plainFigure(`${size.name}: ${load.question}`, 'the registry has no such question');
    });
  });
  const about =
    `Distinct questions of a compiled model, ${ASKED.toLocaleString('en')} of each kind, without HTTP and without any memory of answers: the input is checked, the engine ` +
    'gathers its evidence, the answer is put together. Reference: `JSON.parse` and `JSON.stringify` of the same answers.';
  return Promise.resolve({ title: 'Questions in process', about, figures });
}
