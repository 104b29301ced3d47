import { resolveRecord } from '../src/core/dns/resolve-record.js';
import type { NetworkModel } from '../src/core/model/network-model.js';
import { dnsCluster, isHeadless, serviceName } from './dns-cluster.js';
import { type Asked, KINDS, mixedQuestions, questionsOf, SHAPE } from './dns-questions.js';
import { benchWire, WIRE_ABOUT } from './dns-wire.js';
import { format, measured, median } from './measure.js';
import { modelOf } from './model-of.js';
import { comparedFigure, type Figure, plainFigure, type Section } from './section.js';

const RUNS = 5;

/** Questions a second of CPU; the answers are counted so that none is left out. */
async function rate(questions: readonly Asked[], answer: (question: Asked) => number): Promise<number> {
  const rates: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    const { cpu, value } = await measured(() => questions.reduce((sum, question) => sum + answer(question), 0));
    if (!Number.isFinite(value)) throw new Error('an answer is none');
    rates.push(questions.length / cpu);
  }
  return median(rates);
}

/** The least that any server does with a name: lower case, labels, one look-up. */
function bareLookup(model: NetworkModel): (question: Asked) => number {
  return ({ name }) => {
    const labels = name.toLowerCase().split('.');
    return model.services.has(`${labels[1] ?? ''}/${labels[0] ?? ''}`) ? 1 : 0;
  };
}

/** Name resolution, in process and on the wire. */
export async function benchDns(): Promise<Section> {
  const model = modelOf(Array.from(dnsCluster(SHAPE), (object) => JSON.stringify(object)));
  const server = { model, serial: 1 };
  const answer = ({ name, type }: Asked) => resolveRecord(server, { name, type }).answer.length;
  const indexed = await measured(() => resolveRecord(server, { name: 'cluster.local.', type: 'SOA' }));
  const bare = bareLookup(model);
  const figures: Figure[] = [plainFigure('the index, at the first question', format(indexed.cpu, 's of CPU'))];
  for (const [name, kind] of Object.entries(KINDS)) {
    const questions = questionsOf(kind);
    figures.push(comparedFigure(name, '/s', await rate(questions, answer), await rate(questions, bare)));
  }
  const headless = questionsOf(KINDS['A of a service'] ?? (() => ({ name: '.', type: 'A' }))).map(({ type }, n): Asked => {
    const service = ((n * 7919) % (SHAPE.services / 10)) * 10;
    return { name: `${serviceName(isHeadless(service) ? service : 0, SHAPE)}.svc.cluster.local.`, type };
  });
  figures.push(comparedFigure('A of a headless service, 10 records', '/s', await rate(headless, answer), await rate(headless, bare)));
  const shuffled = mixedQuestions();
  figures.push(comparedFigure('all kinds mixed', '/s', await rate(shuffled, answer), await rate(shuffled, bare), '≥ 200,000/s'));
  figures.push(...(await benchWire()));
  const about =
    'Questions of the name server in process for each second of CPU, at 10,000 services (every tenth headless), 50,000 pods and 100,000 endpoints, with the settings of kubeadm; ' +
    'the answer with its records and the rules that decided. Reference: the name in lower case, cut into labels, one look-up. ' +
    WIRE_ABOUT;
  return { title: 'Name resolution', about, figures };
}
