import { describe, expect, it } from 'vitest';
import { modelOf } from '../../../test/support/model.js';
import { serviceCluster } from '../../../test/support/service-cluster.js';
import { AllocationBook } from '../../core/ipam/allocation-book.js';
import type { Question } from '../questions/question.js';
import { podResolverQuestion } from './pod-resolver.js';
import { resolveNameQuestion } from './resolve-name.js';

const MODEL = modelOf(
  serviceCluster(`
    node a 192.168.0.1 ; pod client 10.244.1.9@a ; pod other 10.244.1.10@a
    service web 10.96.0.10 http:80>8080 ; service pay name=pay.example.com
  `),
  { podCIDRs: ['10.244.0.0/16'], serviceCIDRs: ['10.96.0.0/12'] },
);

/** What the question makes of an input as a query string or JSON gives it. */
function ask(question: Question, input: Readonly<Record<string, unknown>>) {
  const read = question.input.safeParse(input);
  if (!read.success) return { refused: read.error.issues.map(({ path }) => `/${path.join('/')}`) };
  const asked = question.ask({ cluster: 'c', revision: 3, model: MODEL, allocations: AllocationBook.after(0, []) }, read.data);
  if (!asked.ok) return { problem: asked.error.kind, at: asked.error.errors?.[0]?.pointer };
  const result = question.result.parse(asked.value.answer.result);
  return { verdict: asked.value.answer.verdict, question: asked.value.question, result };
}

describe('resolve-name', () => {
  it('fills in what is left out', () => {
    expect(ask(resolveNameQuestion, { name: 'web', from: 'pod/t/client' })).toMatchObject({
      verdict: 'RESOLVED',
      question: { name: 'web', type: null, from: 'pod/t/client', libc: 'glibc', upstream: [] },
      result: { name: 'web.t.svc.cluster.local.', addresses: ['10.96.0.10'] },
    });
  });

  it.each([
    ['one line, as a link has it', 'pay.example.com 60 IN A 192.0.2.7'],
    ['a list', ['pay.example.com. 60 IN A 192.0.2.7']],
  ])('takes the world outside as %s', (_, upstream) => {
    expect(ask(resolveNameQuestion, { name: 'pay.t.svc.cluster.local', type: 'a', upstream, upstreamTruncated: 'true' })).toMatchObject({
      verdict: 'RESOLVED',
      result: { addresses: ['192.0.2.7'], truncated: true },
    });
  });

  it('numbers the SOA by the revision', () => {
    const answer = ask(resolveNameQuestion, { name: 'nothing.t.svc.cluster.local', type: 'A' });
    expect(answer).toMatchObject({
      verdict: 'NXDOMAIN',
      result: { authority: [{ type: 'SOA', data: expect.stringContaining('hostmaster.cluster.local. 3 ') as string }] },
    });
  });

  it.each([
    ['a record that is none', { name: 'web', upstream: ['pay.example.com'] }, { problem: 'invalid-request', at: '/upstream/0' }],
    ['an asker without a resolver', { name: 'web', from: 'ip/203.0.113.7' }, { problem: 'invalid-request', at: '/from' }],
    ['askers of several workloads', { name: 'web', from: 'ns/t' }, { problem: 'invalid-request', at: '/from' }],
    ['a name that is none', { name: 'web..t' }, { problem: 'invalid-request', at: '/name' }],
    ['a type that is none', { name: 'web', type: 'AAAAA' }, { refused: ['/type'] }],
    ['a library that is none', { name: 'web', libc: 'uclibc' }, { refused: ['/libc'] }],
  ])('refuses %s', (_, input, expected) => {
    expect(ask(resolveNameQuestion, input)).toEqual(expected);
  });
});

describe('pod-resolver', () => {
  it.each([
    ['pod/t/client', 'CLUSTER', { asker: 'pod t/client', asksCluster: true, hostname: 'client', dnsName: null }],
    ['node/a', 'HOST', { asker: 'node a', asksCluster: false, hostname: null }],
  ])('%s starts from %s', (from, verdict, result) => {
    expect(ask(podResolverQuestion, { from })).toMatchObject({ verdict, question: { from }, result });
  });

  it('refuses who has none', () => {
    expect(ask(podResolverQuestion, { from: 'svc/t/web' })).toEqual({ problem: 'invalid-request', at: '/from' });
  });
});
