import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { viewOf } from '../../src/application/questions/answer-view.js';
import type { AnswerEnvelope } from '../../src/application/questions/question.js';
import { QUESTIONS } from '../../src/application/questions/registry.js';
import { loadDemoFleet } from '../../src/load-demo-fleet.js';
import { startServer, type TestServer } from './support/server.js';

/** Engines leave out what only explains where nobody reads it: what is told has to be the same. */
describe('the verdict of an answer', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer();
    await loadDemoFleet(server.app, 'demo');
  });
  afterAll(() => server.stop());

  it.each(
    QUESTIONS.flatMap((question) =>
      question.examples.map((example) => ({ name: `${question.name}: ${example.title}`, question, example })),
    ),
  )('is that of the whole answer: $name', async ({ question, example }) => {
    const path = `/api/v1/clusters/${example.cluster}/queries/${question.name}`;
    const verdict: object = (await server.send('post', `${path}?view=verdict`).send(example.input).expect(200)).body;
    const whole: AnswerEnvelope = (await server.send('post', path).send(example.input).expect(200)).body;
    expect(verdict).toEqual(viewOf(question, whole, 'verdict'));
  });
});
