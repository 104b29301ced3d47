import { describe, expect, it } from 'vitest';
import { modelOf, objectsOf } from '../../../test/support/model.js';
import type { IngressControllerProfile } from './network-profile.js';

const json = (value: object) => JSON.stringify(value);
const workload = (image: string, ...args: readonly string[]) =>
  json({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: image.includes('traefik') ? 'traefik' : 'nginx', namespace: 'edge' },
    spec: {
      selector: { matchLabels: { app: image } },
      template: { metadata: { labels: { app: image } }, spec: { containers: [{ name: 'main', image, args }] } },
    },
  });
const ingressClass = (name: string, controller: string) =>
  json({ apiVersion: 'networking.k8s.io/v1', kind: 'IngressClass', metadata: { name }, spec: { controller } });
const controllers = async (...objects: readonly string[]): Promise<readonly IngressControllerProfile[]> =>
  modelOf(await objectsOf(objects.join('\n---\n'))).profile.ingress.controllers;

const IMAGE = 'docker.io/traefik:v3.7.0';
const NGINX = ingressClass('nginx', 'k8s.io/ingress-nginx');

/** traefik/traefik `pkg/provider/kubernetes/ingress-nginx/kubernetes.go` (`Provider`, `SetDefaults`); doc.traefik.io "Kubernetes Ingress NGINX": each setting is an argument. */
describe('Traefik with the provider kubernetesIngressNGINX', () => {
  it('serves the classes of ingress-nginx, as its arguments set it', async () => {
    expect(
      await controllers(
        NGINX,
        workload(
          IMAGE,
          '--providers.kubernetesIngressNGINX=true',
          '--providers.kubernetesingressnginx.watchingresswithoutclass',
          '--providers.kubernetesingressnginx.defaultbackendservice=edge/pages',
          '--providers.kubernetesingressnginx.strictvalidatepathtype=false',
          '--providers.kubernetesingressnginx.customhttperrors=404,503',
          '--providers.kubernetesingressnginx.proxybodysize=2048',
        ),
      ),
    ).toEqual([
      {
        class: 'nginx',
        dialect: 'traefik-ingress-nginx',
        options: {
          version: '3.7.0',
          watchIngressWithoutClass: true,
          defaultBackendService: 'edge/pages',
          strictValidatePathType: false,
          customHTTPErrors: '404,503',
          proxyBodySize: '2048',
        },
      },
    ]);
  });

  it('serves the classes of the controller that it is told, or by their name', async () => {
    const objects = [NGINX, ingressClass('own', 'example.com/own'), ingressClass('named', 'example.com/other')];
    const traefik = workload('traefik', '--providers.kubernetesingressnginx.controllerclass=example.com/own');
    expect((await controllers(...objects, traefik)).map(({ class: name, dialect }) => [name, dialect])).toEqual([
      ['nginx', 'ingress-nginx'],
      ['own', 'traefik-ingress-nginx'],
    ]);
    const byName = ['ingressclassbyname=true', 'ingressclass=named'].map((one) => `--providers.kubernetesingressnginx.${one}`);
    expect((await controllers(...objects, workload('traefik', ...byName))).map(({ class: name, dialect }) => [name, dialect])).toEqual([
      ['named', 'traefik-ingress-nginx'],
      ['nginx', 'traefik-ingress-nginx'],
    ]);
  });

  it('serves none without the provider, nor those of an ingress-nginx that runs', async () => {
    const dialects = async (...objects: readonly string[]) => (await controllers(NGINX, ...objects)).map(({ dialect }) => dialect);
    expect(await dialects(workload(IMAGE, '--providers.kubernetesingress'))).toEqual(['ingress-nginx']);
    expect(await dialects(workload(IMAGE, '--providers.kubernetesingressnginx=false'))).toEqual(['ingress-nginx']);
    const nginx = workload('registry.k8s.io/ingress-nginx/controller:v1.14.0', '/nginx-ingress-controller');
    expect(await dialects(nginx, workload(IMAGE, '--providers.kubernetesingressnginx'))).toEqual(['ingress-nginx']);
    expect(await dialects(workload(IMAGE, '--providers.kubernetesingressnginx'))).toEqual(['traefik-ingress-nginx']);
  });
});

/** doc.traefik.io "Kubernetes CRD" (`allowCrossNamespace`, `crossProviderNamespaces`): each setting is an argument; the version is that of the image. */
describe('Traefik with providers of its own', () => {
  it('is set by the arguments of both, and has the version of its image', async () => {
    const [first] = await controllers(
      ingressClass('edge', 'traefik.io/ingress-controller'),
      workload(
        'docker.io/traefik:v3.8.1',
        '--providers.kubernetesingress',
        '--providers.kubernetescrd.allowCrossNamespace=true',
        '--providers.kubernetescrd.crossprovidernamespaces=edge,ops',
        '--providers.kubernetescrd.defaultTLSResourcesNamespace=edge',
        '--core.defaultRuleSyntax=v2',
        '--providers.kubernetesGateway.nativeLBByDefault',
        '--entryPoints.web.forwardedHeaders.trustedIPs=10.0.0.0/8,192.0.2.1',
        '--entrypoints.websecure.forwardedheaders.insecure',
        '--entryPoints.websecure.http.tls.certResolver=own',
        '--entryPoints.websecure.address=:8443/tcp',
        '--entryPoints.web.http.redirections.entryPoint.to=websecure',
        '--entrypoints.web.http.redirections.entrypoint.priority=10',
      ),
    );
    expect(first).toMatchObject({
      class: 'edge',
      dialect: 'traefik',
      options: {
        allowCrossNamespace: true,
        crossProviderNamespaces: 'edge,ops',
        defaultTLSResourcesNamespace: 'edge',
        'core.defaultRuleSyntax': 'v2',
        'kubernetesGateway.nativeLBByDefault': true,
        'entryPoints.web.forwardedHeaders.trustedIPs': '10.0.0.0/8,192.0.2.1',
        'entryPoints.websecure.forwardedHeaders.insecure': true,
        'entryPoints.websecure.address': ':8443/tcp',
        'entryPoints.web.http.redirections.entryPoint.to': 'websecure',
        'entryPoints.web.http.redirections.entryPoint.priority': '10',
        websecureTLS: true,
        version: '3.8.1',
      },
    });
  });
});
