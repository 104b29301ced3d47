import { describe, expect, it } from 'vitest';
import { modelOf } from '../../../test/support/model.js';
import { object, OTHERS, server, subroutes, to } from '../../../test/support/virtual-servers.js';
import type { JsonObject } from '../kernel/json.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';
import { type NginxStatusQuestion, statusOfNginxObject } from './nginx-status.js';

const TCP = object('GlobalConfiguration', 'nginx', {
  listeners: [
    { name: 'db', port: 5432, protocol: 'TCP' },
    { name: 'http', port: 8083, protocol: 'HTTP' },
    { name: 'https', port: 8443, protocol: 'HTTP', ssl: true },
  ],
});
const transport = (name: string, more: JsonObject = {}, metadata: JsonObject = {}) =>
  object(
    'TransportServer',
    name,
    {
      ingressClassName: 'f5',
      listener: { name: 'db', protocol: 'TCP' },
      upstreams: [{ name: 'a', service: 'a', port: 80 }],
      action: { pass: 'a' },
      ...more,
    },
    metadata,
  );
const LATER = { creationTimestamp: '2026-02-01T00:00:00Z' };
const PASSES = { listener: { name: 'tls-passthrough', protocol: 'TLS_PASSTHROUGH' }, host: 'foo.com' };

function ask(objects: readonly KubernetesObject[], kind: NginxStatusQuestion['kind'], name: string) {
  const answer = statusOfNginxObject(modelOf([...OTHERS, ...objects]), { kind, namespace: 't', name });
  if (!answer.ok) throw new Error(answer.error.message);
  return answer.value;
}

/** nginx/kubernetes-ingress `internal/k8s/configuration.go` (`addProblemsFor…`, `add…Warnings…`), `controller.go` (`processProblems`, `updateVirtualServerStatusAndEvents`), `policy.go` (`syncPolicy`). */
describe('the status of kinds of the controller of NGINX Inc.', () => {
  it.each<[what: string, kind: NginxStatusQuestion['kind'], name: string, objects: readonly KubernetesObject[], expected: string]>([
    [
      'of a VirtualServer',
      'VirtualServer',
      's',
      [server('s', [to('/', 'a')])],
      'ACCEPTED Valid AddedOrUpdated: Configuration for t/s was added or updated ',
    ],
    [
      'of one whose host another has',
      'VirtualServer',
      's',
      [server('s', [to('/', 'a')], {}, LATER), server('older', [to('/', 'a')])],
      'REFUSED Warning Rejected: Host is taken by another resource',
    ],
    [
      'of one that hands a path to nobody',
      'VirtualServer',
      's',
      [server('s', [{ path: '/x', route: 'gone' }])],
      "PARTLY Warning AddedOrUpdatedWithWarning: Configuration for t/s was added or updated with warning(s): VirtualServerRoute t/gone doesn't exist or invalid",
    ],
    [
      'of one without its policy',
      'VirtualServer',
      's',
      [server('s', [to('/', 'a')], { policies: [{ name: 'gone' }] })],
      'PARTLY Warning AddedOrUpdatedWithWarning: Configuration for t/s was added or updated ; with warning(s): Policy t/gone is missing or invalid',
    ],
    [
      'of one with listeners, without GlobalConfiguration',
      'VirtualServer',
      's',
      [server('s', [to('/', 'a')], { listener: { http: 'http' } })],
      'PARTLY Warning AddedOrUpdatedWithWarning: Configuration for t/s was added or updated with warning(s): Listeners defined, but no GlobalConfiguration is deployed',
    ],
    [
      'of one with a listener of TLS for http',
      'VirtualServer',
      's',
      [server('s', [to('/', 'a')], { listener: { http: 'https' } }), TCP],
      "PARTLY Warning AddedOrUpdatedWithWarning: Configuration for t/s was added or updated with warning(s): Listener https can't be use in `listener.http` context as SSL is enabled for that listener.",
    ],
    [
      'of one with a listener that is not there',
      'VirtualServer',
      's',
      [server('s', [to('/', 'a')], { listener: { http: 'http', https: 'gone' } }), TCP],
      'PARTLY Warning AddedOrUpdatedWithWarning: Configuration for t/s was added or updated with warning(s): Listener gone is not defined in GlobalConfiguration',
    ],
    [
      'of a VirtualServerRoute',
      'VirtualServerRoute',
      'r',
      [server('s', [{ path: '/x', route: 'r' }]), subroutes('r', [to('/x/y', 'a')])],
      'ACCEPTED Valid AddedOrUpdated: Configuration for t/r was added or updated by t/s',
    ],
    [
      'of one without VirtualServer',
      'VirtualServerRoute',
      'r',
      [subroutes('r', [to('/x', 'a')])],
      "REFUSED Warning NoVirtualServerFound: VirtualServer is invalid or doesn't exist",
    ],
    [
      'of one that the VirtualServer does not name',
      'VirtualServerRoute',
      'r',
      [server('s', [to('/', 'a')]), subroutes('r', [to('/x', 'a')])],
      'REFUSED Warning Ignored: VirtualServer t/s ignores VirtualServerRoute',
    ],
    [
      'of a TransportServer',
      'TransportServer',
      'x',
      [transport('x'), TCP],
      'ACCEPTED Valid AddedOrUpdated: Configuration for t/x was added or updated ',
    ],
    ['of one without listener', 'TransportServer', 'x', [transport('x')], "REFUSED Warning Rejected: Listener db doesn't exist"],
    [
      'of one whose listener another has',
      'TransportServer',
      'x',
      [transport('x', {}, LATER), transport('older'), TCP],
      'REFUSED Warning Rejected: Listener db with host empty host is taken by another resource',
    ],
    [
      'of one whose host another has',
      'TransportServer',
      'x',
      [transport('x', PASSES, LATER), server('older', [to('/', 'a')])],
      'REFUSED Warning Rejected: Host is taken by another resource',
    ],
    [
      'of a Policy',
      'Policy',
      'p',
      [object('Policy', 'p', { ingressClassName: 'f5', accessControl: { allow: ['10.0.0.0/8'] } })],
      'ACCEPTED Valid AddedOrUpdated: Policy t/p was added or updated',
    ],
  ])('%s: %s', (_what, kind, name, objects, expected) => {
    const { verdict, result } = ask(objects, kind, name);
    const { state, reason, message, referencedBy } = result.reported ?? { state: '', reason: '', message: '', referencedBy: null };
    expect(`${verdict} ${state} ${reason}: ${message}${referencedBy === null ? '' : ` by ${referencedBy}`}`).toBe(expected);
  });

  it.each<[kind: NginxStatusQuestion['kind'], object: KubernetesObject, begins: string]>([
    ['VirtualServer', server('o', [{ path: 'x' }]), 'VirtualServer t/o was rejected with error: '],
    ['VirtualServerRoute', subroutes('o', [{ path: 'x' }]), 'VirtualServerRoute t/o was rejected with error: '],
    ['TransportServer', transport('o', { action: null }), 'TransportServer t/o was rejected with error: '],
    ['Policy', object('Policy', 'o', { ingressClassName: 'f5', accessControl: {} }), 'Policy t/o is invalid and was rejected: '],
  ])('of a %s that is refused', (kind, odd, begins) => {
    const { verdict, result } = ask([odd], kind, 'o');
    expect([verdict, result.reported?.state, result.reported?.reason]).toEqual(['REFUSED', 'Invalid', 'Rejected']);
    expect(result.reported?.message.startsWith(begins)).toBe(true);
  });

  it('is written by nobody where no such controller reads the class', () => {
    const { verdict, result } = ask(
      [object('Policy', 'p', { ingressClassName: 'c', accessControl: { allow: ['10.0.0.0/8'] } }), NGINX_CLASS],
      'Policy',
      'p',
    );
    expect([verdict, result.reported]).toEqual(['NOT_HANDLED', null]);
  });

  it('rests on who is taken to have what objects of one age claim', () => {
    const { confidence, assumptions } = ask([transport('x'), transport('y'), TCP], 'TransportServer', 'x');
    expect([confidence, assumptions.map(({ code }) => code)]).toEqual(['INSUFFICIENT_INFO', ['CLAIM_OPEN']]);
    expect(ask([transport('x'), transport('y', {}, LATER), TCP], 'TransportServer', 'x').confidence).toBe('CERTAIN');
  });

  /** `generateExternalEndpointsFromStatus`, `getExternalServiceAddress`, `getExternalServicePorts` of `status.go` (`status_test.go`). */
  it('names where the controller is reached, by the Service that it is told of', () => {
    const controller: KubernetesObject = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'nginx-ingress', namespace: 'edge' },
      spec: {
        selector: { matchLabels: { app: 'x' } },
        template: {
          metadata: { labels: { app: 'x' } },
          spec: { containers: [{ name: 'm', image: 'nginx/nginx-ingress:5.4.0', args: ['-ingress-class=f5', '-external-service=nginx'] }] },
        },
      },
    };
    const service: KubernetesObject = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'nginx', namespace: 'edge' },
      spec: {
        type: 'LoadBalancer',
        externalIPs: ['1.2.3.4'],
        ports: [
          { name: 'http', port: 80, targetPort: 80 },
          { name: 'https', port: 443, targetPort: 'https' },
          { name: 'metrics', port: 9113, targetPort: 9113 },
        ],
      },
      status: { loadBalancer: { ingress: [{ ip: '3.3.3.3' }, { hostname: 'lb.example.com' }] } },
    };
    const objects = [server('s', [to('/', 'a')]), transport('x'), TCP, controller, service];
    expect(ask(objects, 'VirtualServer', 's').result.reported?.externalEndpoints).toEqual([
      { ip: '3.3.3.3', hostname: null, ports: '[80,443]' },
      { ip: null, hostname: 'lb.example.com', ports: '[80,443]' },
      { ip: '1.2.3.4', hostname: null, ports: '[80,443]' },
    ]);
    expect(ask(objects, 'TransportServer', 'x').result.reported?.externalEndpoints).toBeNull();
    expect(ask([server('s', [to('/', 'a')])], 'VirtualServer', 's').result.reported?.externalEndpoints).toEqual([]);
  });

  it('of what is not there has a hint', () => {
    const answer = statusOfNginxObject(modelOf([...OTHERS, server('shop', [to('/', 'a')])]), {
      kind: 'VirtualServer',
      namespace: 't',
      name: 'shp',
    });
    expect(!answer.ok && [answer.error.kind, answer.error.hint]).toEqual(['unknown-object', 'did you mean `t/shop`?']);
  });
});

const NGINX_CLASS: KubernetesObject = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'IngressClass',
  metadata: { name: 'c' },
  spec: { controller: 'k8s.io/ingress-nginx' },
};

// Many paths handed to VirtualServerRoutes, and many upstreams: none is looked for among all others.
it('of a VirtualServer with 8,000 paths is told at once', () => {
  const COUNT = 8_000;
  const numbers = Array.from({ length: COUNT }, (_, index) => index);
  const handed = server(
    'v',
    numbers.map((number) => ({ path: `/${number}`, route: `missing-${number}` })),
  );
  const passing = server(
    'w',
    numbers.map((number) => to(`/${number}`, `u${number}`)),
    { host: 'bar.com', upstreams: numbers.map((number) => ({ name: `u${number}`, service: 'a', port: 80 })) },
  );
  const model = modelOf([...OTHERS, handed, passing, ...numbers.map((number) => subroutes(`r${number}`, [to(`/${number}`, 'a')]))]);
  const begun = performance.now();
  const told = ['v', 'w'].map((name) => statusOfNginxObject(model, { kind: 'VirtualServer', namespace: 't', name }));
  expect(performance.now() - begun).toBeLessThan(5_000);
  expect(told.map((answer) => answer.ok && answer.value.verdict)).toEqual(['PARTLY', 'ACCEPTED']);
});
