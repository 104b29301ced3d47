import { describe, expect, it } from 'vitest';
import { gateway, listener } from '../../../test/support/gateway-cluster.js';
import { modelOf } from '../../../test/support/model.js';
import { object, OTHERS, server, to } from '../../../test/support/virtual-servers.js';
import { AllocationBook } from '../../core/ipam/allocation-book.js';
import type { JsonObject } from '../../core/kernel/json.js';
import type { KubernetesObject } from '../../core/resources/kubernetes-object.js';
import { routeDiffQuestion } from './route-diff.js';
import { routeInput } from './route-input.js';
import { routeQuestion } from './route.js';

const TRANSPORT = [
  object('GlobalConfiguration', 'nginx', { listeners: [{ name: 'db', port: 5432, protocol: 'TCP' }] }),
  object('TransportServer', 'x', {
    ingressClassName: 'f5',
    listener: { name: 'db', protocol: 'TCP' },
    upstreams: [{ name: 'a', service: 'a', port: 80 }],
    action: { pass: 'a' },
  }),
];

/** `ROUTED by nginx-f5`, or what is wrong with the question. */
function asked(objects: readonly KubernetesObject[], url: string, more: JsonObject = {}): string {
  const context = { cluster: 'c', revision: 1, model: modelOf([...OTHERS, ...objects]), allocations: new AllocationBook() };
  const answer = routeQuestion.ask(context, routeInput.parse({ url, ...more }));
  if (!answer.ok) return answer.error.message;
  const { verdict, result } = answer.value.answer;
  return `${verdict} by ${result.dialect}`;
}

/** `docs/ARCHITECTURE.md`: what an engine answers the question has to reach; nginx/kubernetes-ingress `TransportServer` takes connections of a listener. */
describe('the question `route` of a cluster without Ingresses', () => {
  it.each<[what: string, objects: readonly KubernetesObject[], url: string, more: JsonObject, expected: string]>([
    ['goes to TransportServers', TRANSPORT, 'tcp://x.com:5432', {}, 'ROUTED by nginx-f5'],
    ['goes to them by their class', [...TRANSPORT, ...gateway([listener('l')])], 'tcp://x.com:5432', { class: 'f5' }, 'ROUTED by nginx-f5'],
    ['finds a port of theirs closed', TRANSPORT, 'udp://x.com:5432', {}, 'CONNECTION_REFUSED by nginx-f5'],
    [
      'goes to VirtualServers beside a Gateway',
      [server('s', [to('/', 'a')]), ...gateway([listener('l')])],
      'http://foo.com/',
      {},
      'ROUTED by nginx-f5',
    ],
    [
      'says that VirtualServers end their TLS',
      [server('s', [to('/', 'a')])],
      'tls://foo.com:443',
      {},
      'nothing passes the TLS of `foo.com` through: the controller ends it, and the request inside decides',
    ],
  ])('%s', (_what, objects, url, more, expected) => {
    expect(asked(objects, url, more)).toBe(expected);
  });
});

describe('the question `route-diff` of a cluster without Ingresses', () => {
  it('compares VirtualServers, though there is a Gateway', () => {
    const model = modelOf([...OTHERS, server('s', [to('/', 'a')]), ...gateway([listener('l')])]);
    const context = { cluster: 'c', revision: 1, model, allocations: new AllocationBook() };
    const answer = routeDiffQuestion.ask(context, routeDiffQuestion.input.parse({ withGateway: 'shop/gw' }));
    if (!answer.ok) throw new Error(answer.error.message);
    expect(answer.value.answer.result.a).toMatchObject({ gateway: null, dialects: ['nginx-f5'] });
  });
});
