import { describe, expect, it } from 'vitest';
import { modelOf } from '../../../test/support/model.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';
import { resolveName } from './resolve-name.js';
import { upstreamOf } from './upstream-of.js';

const service = (name: string, spec: object): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { namespace: 'shop', name },
  spec: { selector: { app: name }, ports: [{ port: 80 }], ...spec },
});
const pod = (name: string, more: object): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { namespace: 'shop', name, labels: { app: name } },
  spec: { nodeName: 'a', containers: [{ name: 'c' }] },
  ...more,
});

const MODEL = modelOf(
  [
    { apiVersion: 'v1', kind: 'Node', metadata: { name: 'a' }, spec: { podCIDR: '10.244.1.0/24' } },
    service('given', { clusterIP: '10.96.0.20' }),
    service('new', {}),
    service('pods', { clusterIP: 'None' }),
    pod('pods', {}),
    service('seen', { clusterIP: 'None' }),
    pod('seen', {
      status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }], podIP: '10.244.1.9', podIPs: [{ ip: '10.244.1.9' }] },
    }),
  ],
  { podCIDRs: ['10.244.0.0/16'], serviceCIDRs: ['10.96.0.0/12'] },
);

function asked(name: string) {
  const server = { model: MODEL, serial: 1, upstream: upstreamOf([], false) };
  const answer = resolveName(server, { name: `${name}.shop.svc.cluster.local.`, type: 'A', libc: 'glibc', from: undefined });
  if (!answer.ok) throw new Error(answer.error.message);
  const { verdict, evidence, assumptions } = answer.value;
  const tried = evidence.filter(({ reason, object }) => reason === 'NAME_TRIED' || object !== null);
  return [
    verdict,
    [...new Set(tried.map(({ provenance }) => provenance))],
    assumptions.map(({ code }) => code).includes('ADDRESS_DERIVED'),
  ];
}

// What "observed values always win, and every value knows its provenance" asks: what a controller would give is never called observed.
describe('the answer to a name', () => {
  it.each([
    ['given', 'observed', false],
    ['new', 'derived', true],
    ['pods', 'derived', true],
    ['seen', 'observed', false],
  ])('of the service %s is %s', (name, provenance, isAssumed) => expect(asked(name)).toEqual(['RESOLVED', [provenance], isAssumed]));
});
