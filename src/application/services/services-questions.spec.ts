import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { modelOf } from '../../../test/support/model.js';
import { serviceCluster } from '../../../test/support/service-cluster.js';
import { AllocationBook } from '../../core/ipam/allocation-book.js';
import type { Question } from '../questions/question.js';
import { resolveServiceQuestion } from './resolve-service.js';
import { serviceEndpointsQuestion } from './service-endpoints.js';

const MODEL = modelOf(
  serviceCluster(`
    node a 192.168.0.1 192.168.9.1 ; pod client 10.244.1.9@a
    service web 10.96.0.10 http:80>8080 dns:53>5353/UDP@30053 type=NodePort ; endpoints web 10.244.1.5@a
  `),
  { podCIDRs: ['10.244.0.0/16'], serviceCIDRs: ['10.96.0.0/12'] },
);

/** What the question makes of an input as a query string or JSON gives it: the question as understood and the verdict, or the problem. */
function ask(question: Question, input: Readonly<Record<string, unknown>>) {
  const read: z.ZodSafeParseResult<Record<string, unknown>> = question.input.safeParse(input);
  if (!read.success) return { refused: read.error.issues.map(({ path }) => `/${path.join('/')}`) };
  const asked = question.ask({ cluster: 'c', revision: 3, model: MODEL, allocations: AllocationBook.after(0, []) }, read.data);
  if (!asked.ok) return { problem: asked.error.kind, at: asked.error.errors?.[0]?.pointer, hint: asked.error.hint };
  expect(question.result.safeParse(asked.value.answer.result).success).toBe(true);
  return { verdict: asked.value.answer.verdict, question: asked.value.question };
}

describe('resolve-service', () => {
  const understood = {
    to: 'svc/t/web',
    from: 'pod/t/client',
    port: '53',
    protocol: 'UDP',
    node: null,
    proxyMode: 'iptables',
    sourceIP: null,
  };
  it.each([
    ['numbers and lower case', { to: 'svc/t/web', from: 'pod/t/client', port: 53, protocol: 'udp' }, understood],
    ['text as a link has it', { to: 'svc/t/web', from: 'pod/t/client', port: '53', protocol: 'UDP' }, understood],
    ['other spellings of a selector', { to: 'services/t/web', from: 'po/t/client', port: '53', protocol: 'UDP' }, understood],
    ['the port in the selector', { to: 'svc/t/web:dns', from: 'pod/t/client' }, { ...understood, to: 'svc/t/web:dns', port: 'dns' }],
  ])('understands %s', (_, input, question) => {
    expect(ask(resolveServiceQuestion, input)).toEqual({ verdict: 'DNAT', question });
  });

  it('sends to the very address that is named, not to the first of its owner', () => {
    const nodePort = { port: '30053', protocol: 'UDP', from: 'ip/203.0.113.7' };
    expect(ask(resolveServiceQuestion, { ...nodePort, to: 'ip/192.168.9.1' })).toMatchObject({
      verdict: 'DNAT',
      question: { to: 'ip/192.168.9.1' },
    });
    expect(ask(resolveServiceQuestion, { ...nodePort, to: 'ip/192.168.7.7' })).toMatchObject({ verdict: 'NONE' });
  });

  it('takes an address with its port, and another mode of the proxy', () => {
    const client = { from: 'pod/t/client' };
    const other = { ...client, to: '10.96.0.10:22' };
    expect(ask(resolveServiceQuestion, other)).toMatchObject({ verdict: 'NONE', question: { to: 'ip/10.96.0.10', port: '22' } });
    // KEP-3866: nftables mode rejects other ports of a cluster IP
    expect(ask(resolveServiceQuestion, { ...other, proxyMode: 'nftables' })).toMatchObject({
      verdict: 'REJECT',
      question: { proxyMode: 'nftables' },
    });
    expect(ask(resolveServiceQuestion, { ...client, to: 'ip/10.96.0.10:80' })).toMatchObject({ verdict: 'DNAT' });
    expect(ask(resolveServiceQuestion, { ...client, to: '[fd00::1]:80' })).toMatchObject({
      verdict: 'NONE',
      question: { to: 'ip/fd00::1' },
    });
  });

  it.each([
    ['two ports', { to: '10.96.0.10:80', port: 81 }, { problem: 'invalid-request', at: '/port', hint: undefined }],
    ['port 0', { to: 'svc/t/web', port: 0 }, { problem: 'invalid-request', at: '/port', hint: undefined }],
    ['port 70000', { to: 'svc/t/web', port: 70000 }, { problem: 'invalid-request', at: '/port', hint: undefined }],
    [
      'a source that is no address',
      { to: 'svc/t/web:http', sourceIP: '10.0.0' },
      { problem: 'invalid-request', at: '/sourceIP', hint: undefined },
    ],
    ['a service that does not exist', { to: 'svc/t/wep' }, { problem: 'unknown-service', at: '/to', hint: 'did you mean `t/web`?' }],
    ['no port where there are several', { to: 'svc/t/web' }, { problem: 'invalid-request', at: '/port', hint: 'write `svc/t/web:http`' }],
    ['a protocol that is none', { to: 'svc/t/web', protocol: 'ICMP' }, { refused: ['/protocol'] }],
    ['a parameter that is none', { to: 'svc/t/web', prot: 'UDP' }, { refused: ['/'] }],
  ])('refuses %s', (_, input, expected) => {
    expect(ask(resolveServiceQuestion, input)).toEqual(expected);
  });
});

describe('service-endpoints', () => {
  it.each(['svc/t/web', 't/web', 'services/t/web'])('takes `%s`', (service) => {
    expect(ask(serviceEndpointsQuestion, { service })).toEqual({ verdict: 'READY', question: { service: 'svc/t/web' } });
  });

  it.each([
    ['pod/t/client', { problem: 'invalid-request', at: '/service', hint: undefined }],
    ['t/wep', { problem: 'unknown-service', at: '/service', hint: 'did you mean `t/web`?' }],
  ])('refuses `%s`', (service, expected) => {
    expect(ask(serviceEndpointsQuestion, { service })).toEqual(expected);
  });
});
