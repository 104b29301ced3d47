import { describe, expect, it } from 'vitest';
import { policyCluster } from '../../../test/support/policy-cluster.js';
import { finished } from '../../core/kernel/steps.js';
import { AllocationBook } from '../../core/ipam/allocation-book.js';
import { connectivityQuestion } from './connectivity.js';
import { podPoliciesQuestion } from './pod-policies.js';
import { policyCompareQuestion } from './policy-compare.js';
import { policyLintQuestion } from './policy-lint.js';
import { policyPodsQuestion } from './policy-pods.js';
import { policyVerdictQuestion } from './policy-verdict.js';
import { reachabilityQuestion } from './reachability.js';

const context = {
  cluster: 'test',
  revision: 1,
  allocations: AllocationBook.after(0, []),
  model: policyCluster('shop/web app=web http=8080', { 'shop/deny': { podSelector: {} } }, { policy: { enforcement: 'on' } }),
};

describe('questions about policies', () => {
  it('take values as a query string writes them', () => {
    const given = connectivityQuestion.input.parse({ external: 'false', port: 80, protocol: 'tcp' });
    expect(given).toEqual({ external: false, port: '80', protocol: 'TCP', level: 'workload', explain: false, format: 'table' });
    expect(policyVerdictQuestion.input.safeParse({ from: 'any', to: 'any', protocol: 'QUIC' }).success).toBe(false);
  });

  it('explain a listing in its text form alone', () => {
    const given = (more: object) => connectivityQuestion.input.parse({ explain: 'true', ...more });
    const refused = [
      connectivityQuestion.ask(context, given({})),
      finished(connectivityQuestion.table!(context, given({}), 'csv')),
      finished(connectivityQuestion.table!(context, given({ connection: 'TCP-80' }), 'txt')),
    ];
    expect(refused.map((one) => (one.ok ? [] : one.error.errors?.map(({ pointer }) => pointer)))).toEqual([
      ['/explain'],
      ['/explain'],
      ['/connection'],
    ]);
    const told = finished(connectivityQuestion.table!(context, given({}), 'txt'));
    expect(told.ok ? [...told.value.lines()].flat() : told.error).toContain('# Specific connections and their reasons #');
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

  it.each([
    [
      { protocol: 'icmp', icmpType: '8', icmpCode: '0' },
      { protocol: 'ICMP', icmpType: 8, icmpCode: 0 },
    ],
    [{ protocol: 'icmpv6' }, { protocol: 'ICMPv6' }],
    [{ ipProtocol: '1' }, { protocol: 'ICMP' }],
    [{ ipProtocol: 6 }, { protocol: 'TCP' }],
    [{ ipProtocol: '47' }, { protocol: null, ipProtocol: 47 }],
  ])('know protocols without ports: %j', (given, understood) => {
    const input = policyVerdictQuestion.input.parse({ from: 'any', to: 'any', ...given });
    expect(policyVerdictQuestion.ask(context, input)).toMatchObject({ ok: true, value: { question: understood } });
  });

  it.each([
    [{ protocol: 'ICMP', port: 80 }, '/port', 'ICMP has no ports that policies could name, and `port` is `80`'],
    [{ ipProtocol: 47, port: 'http' }, '/port', 'protocol 47 has no ports that policies could name, and `port` is `http`'],
    [{ protocol: 'TCP', icmpType: 8 }, '/icmpType', '`icmpType` goes with ICMP and ICMPv6, and the protocol is TCP'],
    [{ icmpType: 8 }, '/icmpType', '`icmpType` goes with ICMP and ICMPv6, and the protocol is not given'],
    [{ protocol: 'ICMP', icmpCode: 0 }, '/icmpCode', '`icmpCode` is a code of a type, and no `icmpType` is given'],
    [{ protocol: 'TCP', ipProtocol: 17 }, '/ipProtocol', '`protocol` (TCP) and `ipProtocol` (17) both name one'],
  ])('say which fields do not go together: %j', (given, pointer, message) => {
    for (const question of [policyVerdictQuestion, reachabilityQuestion, connectivityQuestion]) {
      const asked = question.ask(context, question.input.parse({ from: 'any', to: 'po/shop/web', ...given }) as never);
      expect(asked).toMatchObject({ ok: false, error: { kind: 'invalid-request', errors: [{ pointer, message }] } });
    }
  });

  it.each([{ icmpType: '' }, { icmpType: '256' }, { ipProtocol: '-1' }, { ipProtocol: 'gre' }])('refuse %j', (given) => {
    expect(policyVerdictQuestion.input.safeParse({ from: 'any', to: 'any', protocol: 'ICMP', ...given }).success).toBe(false);
  });

  it("refuse filters beside netpol-analyzer's listing, which is of the whole cluster", () => {
    const asked = connectivityQuestion.ask(
      context,
      connectivityQuestion.input.parse({ format: 'netpol-analyzer', to: 'pod/shop/web', level: 'pod', protocol: 'ICMP', icmpType: 8 }),
    );
    expect(asked).toMatchObject({
      ok: false,
      error: {
        kind: 'invalid-request',
        errors: [{ pointer: '/to' }, { pointer: '/protocol' }, { pointer: '/icmpType' }, { pointer: '/level' }],
      },
    });
  });

  it('suggest the name that was meant', () => {
    expect(podPoliciesQuestion.ask(context, { pod: 'shop/wep' })).toMatchObject({
      ok: false,
      error: { kind: 'unknown-pod', hint: 'did you mean `shop/web`?' },
    });
    expect(podPoliciesQuestion.ask(context, { pod: 'label:app=web@shop' })).toMatchObject({
      ok: false,
      error: { kind: 'invalid-request', hint: 'one of its pods is `pod/shop/web`' },
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
