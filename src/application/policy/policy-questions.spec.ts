import { describe, expect, it } from 'vitest';
import { policyCluster } from '../../../test/support/policy-cluster.js';
import { AllocationBook } from '../../core/ipam/allocation-book.js';
import { connectivityQuestion } from './connectivity.js';
import { podPoliciesQuestion } from './pod-policies.js';
import { policyCompareQuestion } from './policy-compare.js';
import { policyLintQuestion } from './policy-lint.js';
import { policyPodsQuestion } from './policy-pods.js';
import { policyVerdictQuestion } from './policy-verdict.js';

const context = {
  cluster: 'test',
  revision: 1,
  allocations: AllocationBook.after(0, []),
  model: policyCluster('shop/web app=web http=8080', { 'shop/deny': { podSelector: {} } }, { policy: { enforcement: 'on' } }),
};

describe('questions about policies', () => {
  it('take values as a query string writes them', () => {
    const given = connectivityQuestion.input.parse({ external: 'false', port: 80, protocol: 'tcp' });
    expect(given).toEqual({ external: false, port: '80', protocol: 'TCP', level: 'workload', format: 'table' });
    expect(policyVerdictQuestion.input.safeParse({ from: 'any', to: 'any', protocol: 'ICMP' }).success).toBe(false);
  });

  it('say how they were understood', () => {
    const asked = policyVerdictQuestion.ask(
      context,
      policyVerdictQuestion.input.parse({ from: 'ip/203.0.113.7', to: 'po/shop/web', port: 'http' }),
    );
    expect(asked).toMatchObject({
      ok: true,
      value: { question: { from: 'ip/203.0.113.7', to: 'pod/shop/web', protocol: null, port: 'http' } },
    });
  });

  it("refuse filters beside netpol-analyzer's listing, which is of the whole cluster", () => {
    const asked = connectivityQuestion.ask(
      context,
      connectivityQuestion.input.parse({ format: 'netpol-analyzer', to: 'pod/shop/web', level: 'pod' }),
    );
    expect(asked).toMatchObject({ ok: false, error: { kind: 'invalid-request', errors: [{ pointer: '/to' }, { pointer: '/level' }] } });
  });

  it('suggest the name that was meant', () => {
    expect(podPoliciesQuestion.ask(context, { pod: 'shop/wep' })).toMatchObject({
      ok: false,
      error: { kind: 'unknown-pod', hint: 'did you mean `shop/web`?' },
    });
    expect(policyPodsQuestion.ask(context, { policy: 'shop/denny' })).toMatchObject({
      ok: false,
      error: { kind: 'unknown-object', hint: 'did you mean `shop/deny`?' },
    });
    expect(policyPodsQuestion.ask(context, { policy: 'ccnp/deny' })).toMatchObject({
      ok: false,
      error: { message: 'there is no CiliumClusterwideNetworkPolicy `deny`', hint: 'did you mean `shop/deny`?' },
    });
    expect(podPoliciesQuestion.ask(context, { pod: 'deploy/shop/web' })).toMatchObject({ ok: false, error: { kind: 'invalid-request' } });
  });

  it('lint names codes, namespaces and policies', () => {
    expect(policyLintQuestion.input.parse({ code: 'POL-VACUOUS', limit: '5' })).toMatchObject({ code: ['POL-VACUOUS'], limit: 5 });
    expect(policyLintQuestion.input.safeParse({ code: 'POL-NOTHING' }).success).toBe(false);
    const asked = (input: object) => policyLintQuestion.ask(context, policyLintQuestion.input.parse(input));
    expect(asked({ namespace: 'shpo' })).toMatchObject({ ok: false, error: { kind: 'unknown-namespace', hint: 'did you mean `shop`?' } });
    expect(asked({ policy: 'shop/dney' })).toMatchObject({
      ok: false,
      error: { kind: 'unknown-object', hint: 'did you mean `shop/deny`?' },
    });
    expect(asked({ policy: 'netpol/shop/deny' })).toMatchObject({
      ok: true,
      value: { question: { policy: 'shop/deny', severity: 'info' } },
    });
  });

  it('compare takes names, namespaces and all, and needs something to compare with', () => {
    const asked = (input: object) => policyCompareQuestion.ask(context, policyCompareQuestion.input.parse(input));
    expect(asked({ a: 'shop/deny', b: ['ns/shop', 'all', 'cluster'] })).toMatchObject({
      ok: true,
      value: { question: { a: ['shop/deny'], b: ['shop/deny'], since: null, over: 'cluster' }, answer: { verdict: 'EQUAL' } },
    });
    expect(asked({ a: 'shop/deny' })).toMatchObject({ ok: false, error: { kind: 'invalid-request', errors: [{ pointer: '/b' }] } });
    expect(asked({ a: 'ns/elsewhere', b: 'all' })).toMatchObject({ ok: false, error: { kind: 'unknown-namespace' } });
  });
});
