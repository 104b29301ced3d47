import { describe, expect, it } from 'vitest';
import { CERTIFICATES } from '../../../test/support/certificates.js';
import { ingressCluster } from '../../../test/support/ingress-cluster.js';
import { modelOf } from '../../../test/support/model.js';
import { withNginx } from '../../../test/support/route-lint.js';
import { AllocationBook } from '../../core/ipam/allocation-book.js';
import type { JsonObject } from '../../core/kernel/json.js';
import type { KubernetesObject } from '../../core/resources/kubernetes-object.js';
import { routeInput } from './route-input.js';
import { routeQuestion } from './route.js';

const secret = (name: string, data: JsonObject): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name, namespace: 't' },
  stringData: data,
});
const objects = [
  ...withNginx(ingressCluster('a : foo.com Prefix / -> s'), { a: { 'auth-tls-secret': 't/ca' } }),
  secret('ca', { 'ca.crt': 'x' }),
  secret('odd', { 'tls.crt': 'x' }),
  secret('client', { 'tls.crt': CERTIFICATES.commonName }),
];
const model = modelOf(objects, { ingress: { controllers: [{ class: 'c', dialect: 'ingress-nginx' }] } });

function asked(more: JsonObject): string {
  const context = { cluster: 'c', revision: 1, model, allocations: new AllocationBook() };
  const answer = routeQuestion.ask(context, routeInput.parse({ url: 'https://foo.com/', ...more }));
  if (!answer.ok) return JSON.stringify([answer.error.kind, answer.error.errors?.[0]?.pointer, answer.error.hint]);
  const { verdict, result } = answer.value.answer;
  return `${verdict} ${result.status ?? ''}`.trim();
}

/** kubernetes/ingress-nginx `test/e2e/annotations/authtls.go`. */
describe('the parameter `clientCertificate`, of an Ingress', () => {
  it.each<[more: JsonObject, expected: string]>([
    [{}, 'ROUTED'],
    [{ clientCertificate: '' }, 'REFUSED 400'],
    [{ clientCertificate: 't/client' }, 'ROUTED'],
    [{ clientCertificate: 't/clinet' }, '["unknown-object","/clientCertificate","did you mean `t/client`?"]'],
    // a client cannot present what is no certificate: it would be taken for one that has none
    [{ clientCertificate: 't/ca' }, '["invalid-request","/clientCertificate","name a Secret whose `tls.crt` is one, or none (empty)"]'],
    [{ clientCertificate: 't/odd' }, '["invalid-request","/clientCertificate","name a Secret whose `tls.crt` is one, or none (empty)"]'],
    [{ clientCertificate: 'client' }, '["invalid-request","/clientCertificate","did you mean `t/client`?"]'],
    [{ clientCertificate: 't/client', class: 'd' }, '["unknown-object","/class","did you mean `c`?"]'],
  ])('%j: %s', (more, expected) => {
    expect(asked(more)).toBe(expected);
  });
});
