import { describe, expect, it } from 'vitest';
import { cited } from '../../../test/support/cited.js';
import { backend as gatewayBackend, gateway, httpRoute, listener, rule } from '../../../test/support/gateway-cluster.js';
import { modelOf, modelOfYaml } from '../../../test/support/model.js';
import type { JsonObject } from '../../core/kernel/json.js';
import type { NetworkModel } from '../../core/model/network-model.js';
import type { KubernetesObject } from '../../core/resources/kubernetes-object.js';
import { AllocationBook } from '../../core/ipam/allocation-book.js';
import { routeInput } from './route-input.js';
import { routeQuestion } from './route.js';

/** An ingress-nginx of two pods behind a load balancer, a shop of two pods, and an Ingress from one to the other. */
const CLUSTER = `
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: { name: nginx }
spec: { controller: k8s.io/ingress-nginx }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: nginx, namespace: edge }
spec:
  replicas: 2
  selector: { matchLabels: { app: nginx } }
  template:
    metadata: { labels: { app: nginx } }
    spec:
      containers:
        - name: controller
          image: registry.k8s.io/ingress-nginx/controller:v1.14.0
          args: [/nginx-ingress-controller]
          ports: [{ name: http, containerPort: 80 }]
---
apiVersion: v1
kind: Service
metadata: { name: nginx, namespace: edge }
spec:
  type: LoadBalancer
  clusterIP: 10.96.0.10
  selector: { app: nginx }
  ports: [{ name: http, port: 80, targetPort: http }]
status: { loadBalancer: { ingress: [{ ip: 203.0.113.10 }] } }
---
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec: { clusterIP: 10.96.0.20, selector: { app: web }, ports: [{ port: 80, targetPort: 8080 }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: example/web, ports: [{ containerPort: 8080 }] }] }
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: web, namespace: shop }
spec:
  ingressClassName: nginx
  rules:
    - host: shop.example.com
      http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: web, port: { number: 80 } } } }] }
`;
const policy = (from: string) => `
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: web, namespace: shop }
spec:
  podSelector: { matchLabels: { app: web } }
  ingress: [${from}]
`;
const FROM_EDGE = '{ from: [{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: edge } } }], ports: [{ port: 8080 }] }';

function ask(model: NetworkModel, url: string, more: JsonObject = {}) {
  const context = { cluster: 'c', revision: 1, model, allocations: new AllocationBook() };
  const asked = routeQuestion.ask(context, routeInput.parse({ url, ...more }));
  if (!asked.ok) throw new Error(asked.error.message);
  return cited(asked.value.answer);
}
const passageOf = async (yaml: string, url = 'http://shop.example.com/') => ask(await modelOfYaml(CLUSTER + yaml), url).result.passage;

/** `shared/reference/ingress.md` §1, the last step: "NetworkPolicy verdict from the gateway pod to the endpoint". */
describe('the way from the controller to the endpoints', () => {
  it('is open where no policy isolates them', async () => {
    expect(await passageOf('')).toMatchObject({ verdict: 'ALLOWED', from: 'Deployment edge/nginx', pods: 2 });
  });

  it('is open where a policy lets the namespace of the controller in', async () => {
    expect(await passageOf(policy(FROM_EDGE))).toMatchObject({ verdict: 'ALLOWED', backends: [{ service: 'web', verdict: 'ALLOWED' }] });
  });

  it('is closed where a policy lets in others, or another port; the answer says so, and the verdict of the rules stays', async () => {
    for (const from of ['{ from: [{ podSelector: {} }] }', FROM_EDGE.replace('8080', '80')]) {
      const { verdict, summary, result, warnings, evidence } = ask(await modelOfYaml(CLUSTER + policy(from)), 'http://shop.example.com/');
      expect(verdict).toBe('ROUTED');
      expect(result.passage).toMatchObject({ verdict: 'DENIED', backends: [{ verdict: 'DENIED', refused: ['Deployment shop/web'] }] });
      expect(summary).toContain('NetworkPolicy shop/web');
      expect(warnings.map(({ code }) => code)).toContain('PASSAGE_DENIED');
      expect(evidence.at(-1)).toMatchObject({ stage: 'passage', outcome: 'deny', reason: 'PASSAGE_DENIED' });
      expect(evidence.map(({ id }) => id)).toEqual(evidence.map((_, index) => index + 1));
    }
  });

  it('is closed by egress rules of the controller, too', async () => {
    const egress = `
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: no-egress, namespace: edge }
spec: { podSelector: {}, policyTypes: [Egress] }
`;
    expect(await passageOf(egress)).toMatchObject({ verdict: 'DENIED' });
  });

  it('is not known where the pods of the controller are not stored, or two workloads could be it', async () => {
    const withoutPods = await modelOfYaml((CLUSTER + policy(FROM_EDGE)).replace('/nginx-ingress-controller', '/other'));
    expect(ask(withoutPods, 'http://shop.example.com/').result.passage).toMatchObject({ verdict: 'UNKNOWN', from: null });
    const [, deployment = ''] = CLUSTER.split('---');
    const second = `---${deployment.replace('name: nginx, namespace: edge', 'name: second, namespace: edge').replaceAll('app: nginx', 'app: second')}`;
    const two = ask(await modelOfYaml(CLUSTER + second), 'http://shop.example.com/').result.passage;
    expect(two).toMatchObject({ verdict: 'UNKNOWN' });
    expect(two?.message).toContain('2 workloads run ingress-nginx');
  });

  it('is none where no backend gets the request', async () => {
    expect(await passageOf('', 'http://nobody.example.com/')).toBeNull();
  });
});

/** gateway-api `apis/v1/well_known_labels.go`; envoyproxy/gateway `internal/gatewayapi/labels.go`. */
describe('the way from a Gateway to the endpoints', () => {
  const proxy = (namespace: string, labels: JsonObject): KubernetesObject => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'proxy', namespace, labels },
    spec: { containers: [{ name: 'envoy' }] },
    status: { podIP: '10.244.3.3', phase: 'Running' },
  });
  const passage = (...objects: KubernetesObject[]) =>
    ask(
      modelOf([...gateway([listener('http')]), ...gatewayBackend('web'), httpRoute('r', [rule({}, 'web')]), ...objects]),
      'http://a.com/',
      {
        gateway: 'shop/gw',
      },
    ).result.passage;

  it('starts at the pods that are labelled as its own', () => {
    expect(passage(proxy('shop', { 'gateway.networking.k8s.io/gateway-name': 'gw' }))).toMatchObject({
      verdict: 'ALLOWED',
      from: 'Pod shop/proxy',
    });
    const envoys = { 'gateway.envoyproxy.io/owning-gateway-name': 'gw', 'gateway.envoyproxy.io/owning-gateway-namespace': 'shop' };
    expect(passage(proxy('envoy-gateway-system', envoys))).toMatchObject({ from: 'Pod envoy-gateway-system/proxy' });
  });

  it('is not known where none is', () => {
    expect(passage(proxy('shop', { 'gateway.networking.k8s.io/gateway-name': 'other' }))).toMatchObject({ verdict: 'UNKNOWN' });
  });
});

/** `shared/reference/ingress.md` §1, the first step: "address/DNS". */
describe('where the host of a URL leads', () => {
  const arrival = async (url: string, more: string = '', replace: readonly [string, string] = ['', '']) =>
    ask(await modelOfYaml(CLUSTER.replace(...replace) + more), url, url.includes('example') ? {} : { headers: ['Host: shop.example.com'] })
      .result.arrival;

  it.each<[url: string, verdict: string, service: string | null]>([
    ['http://203.0.113.10/', 'LEADS', 'edge/nginx'],
    ['http://10.96.0.10/', 'LEADS', 'edge/nginx'],
    ['http://nginx.edge.svc.cluster.local/', 'LEADS', 'edge/nginx'],
    ['http://10.96.0.20/', 'ELSEWHERE', 'shop/web'],
    ['http://web.shop.svc.cluster.local/', 'ELSEWHERE', 'shop/web'],
    ['http://203.0.113.10:81/', 'ELSEWHERE', 'edge/nginx'],
    ['http://198.51.100.1/', 'UNKNOWN', null],
  ])('%s: %s', async (url, verdict, service) => {
    expect(await arrival(url)).toMatchObject({ verdict, service });
  });

  it('is not known of a name outside, but where it should lead is', async () => {
    expect(await arrival('http://shop.example.com/')).toMatchObject({
      verdict: 'UNKNOWN',
      addresses: ['203.0.113.10'],
      service: 'edge/nginx',
    });
  });

  it('is known of a name that the Service in front says it has (external-dns)', async () => {
    const named =
      'name: nginx, namespace: edge, annotations: { external-dns.alpha.kubernetes.io/hostname: "a.com, shop.example.com" } }\nspec:\n  type';
    expect(await arrival('http://shop.example.com/', '', ['name: nginx, namespace: edge }\nspec:\n  type', named])).toMatchObject({
      verdict: 'LEADS',
      addresses: ['203.0.113.10'],
    });
  });

  it('is the status of the Gateway that serves', () => {
    const [gatewayClass, gw] = gateway([listener('http')]);
    if (!gatewayClass || !gw) throw new Error('no Gateway');
    const bound = { ...gw, status: { addresses: [{ value: '192.0.2.7' }] } };
    const model = modelOf([gatewayClass, bound, ...gatewayBackend('web'), httpRoute('r', [rule({}, 'web')])]);
    expect(ask(model, 'http://192.0.2.7/', { gateway: 'shop/gw' }).result.arrival).toMatchObject({ verdict: 'LEADS' });
    expect(ask(model, 'http://a.com/', { gateway: 'shop/gw' }).result.arrival).toMatchObject({
      verdict: 'UNKNOWN',
      addresses: ['192.0.2.7'],
    });
  });
});
