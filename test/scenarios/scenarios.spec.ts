import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { QUESTIONS } from '../../src/application/questions/registry.js';
import { AllocationBook } from '../../src/core/ipam/allocation-book.js';
import type { NetworkModel } from '../../src/core/model/network-model.js';
import type { KubernetesObject } from '../../src/core/resources/kubernetes-object.js';
import { modelOf, objectsOf } from '../support/model.js';

const HERE = import.meta.dirname;
const ASKED = z.array(z.strictObject({ id: z.string(), ask: z.string(), with: z.record(z.string(), z.unknown()) }));
const EXPECTED = z.record(z.string(), z.record(z.string(), z.unknown()));

/** A namespace of its own with a pod, a policy and a service: while it is there answers may differ, afterwards not. */
const STRANGER = `
{apiVersion: v1, kind: Pod, metadata: {name: stranger, namespace: elsewhere, labels: {app: web}}, spec: {containers: [{name: c}]}}
---
{apiVersion: v1, kind: Service, metadata: {name: stranger, namespace: elsewhere}, spec: {selector: {app: web}, ports: [{port: 80}]}}
---
{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: stranger, namespace: elsewhere}, spec: {podSelector: {}}}
`;

type Asked = z.output<typeof ASKED>[number];

/** The whole answer of a question, or its problem. */
function answer(model: NetworkModel, { ask, with: given }: Asked): object {
  const question = QUESTIONS.find(({ name }) => name === ask);
  if (!question) throw new Error(`no question \`${ask}\``);
  const input = question.input.parse(given);
  const asked = question.ask({ cluster: 'scenario', revision: 1, model, allocations: new AllocationBook() }, input);
  if (asked.ok) return { question: asked.value.question, ...asked.value.answer };
  return { problem: asked.error.kind, message: asked.error.message, hint: asked.error.hint };
}

/** Other orders of the same list: reversed, and twice shuffled by a generator with a fixed start (Numerical Recipes' constants). */
function otherOrders<T>(items: readonly T[]): readonly (readonly T[])[] {
  const shuffled = [1, 2].map((seed) => {
    let state = seed;
    const keyed = items.map((item) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return { item, key: state };
    });
    return keyed.sort((a, b) => a.key - b.key).map(({ item }) => item);
  });
  return [items.toReversed(), ...shuffled];
}

const rooms = readdirSync(HERE, { withFileTypes: true }).filter((entry) => entry.isDirectory());
const scenarios = rooms.flatMap(({ name: room }) => readdirSync(join(HERE, room)).map((name) => `${room}/${name}`)).sort();

describe.each(scenarios)('%s', (scenario) => {
  const read = (file: string) => readFileSync(join(HERE, scenario, file), 'utf8');
  const questions = ASKED.parse(load(read('questions.yaml')));
  const expected = EXPECTED.parse(JSON.parse(read('expected.json')));
  let objects: readonly KubernetesObject[] = [];
  let model: NetworkModel;

  beforeAll(async () => {
    objects = await objectsOf(read('cluster.yaml'));
    model = modelOf(objects);
  });

  it('has an expectation for each question', () => {
    expect(Object.keys(expected)).toEqual(questions.map(({ id }) => id));
  });

  it.each(questions.map((question): [string, Asked] => [question.id, question]))('%s', (id, question) => {
    expect(answer(model, question)).toMatchObject(expected[id] ?? {});
  });

  it('answers the same whatever the order of its objects', () => {
    const before = questions.map((question) => answer(model, question));
    for (const order of otherOrders(objects)) {
      const again = modelOf(order);
      expect(questions.map((question) => answer(again, question))).toEqual(before);
    }
  });

  it('answers the same after a stranger came and went', async () => {
    const before = questions.map((question) => answer(model, question));
    const withStranger = modelOf([...(await objectsOf(STRANGER)), ...objects]);
    for (const question of questions) answer(withStranger, question);
    const again = modelOf(objects);
    expect(questions.map((question) => answer(again, question))).toEqual(before);
  });
});
