import { describe, expect, it } from 'vitest';
import { modelOf } from '../../../test/support/model.js';
import { serviceCluster } from '../../../test/support/service-cluster.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';
import { podEnvironment } from './pod-environment.js';

const SERVICES = `
  service web 10.96.0.10 http:80>80 dns:53>53/UDP ; service db None pg:5432>5432 ; service pay name=pay.example.com
  service six fd00:96::6 :443>443 ipFamilies=IPv6 ; service other/hidden 10.96.0.12 :80>80
  service default/kubernetes 10.96.0.1 https:443>6443 ; service default/neighbour 10.96.0.13 :80>80
`;

function environmentOf(spec: object = {}, rules = SERVICES, namespace = 't') {
  const objects = serviceCluster(rules).map(withFamilies);
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { namespace, name: 'p' }, spec: { containers: [{ name: 'c' }], ...spec } };
  const model = modelOf([...objects, pod], { serviceCIDRs: ['10.96.0.0/12', 'fd00:96::/112'] });
  return podEnvironment(model, model.podByKey.get(`${namespace}/p`)!);
}

/** The notation gives texts; the API has a list here. */
function withFamilies(object: KubernetesObject): KubernetesObject {
  const spec = object['spec'];
  if (typeof spec !== 'object' || spec === null || !('ipFamilies' in spec)) return object;
  return { ...object, spec: { ...spec, ipFamilies: ['IPv6'] } };
}

const lines = (answer: ReturnType<typeof podEnvironment>) => answer.result.variables.map(({ name, value }) => `${name}=${value}`);

/** kubernetes `pkg/kubelet/envvars/envvars_test.go` TestFromServices; `pkg/kubelet/kubelet_pods_test.go` TestMakeEnvironmentVariables. */
describe('the service variables of a pod', () => {
  it('are those of its namespace, and of the API server', () => {
    const { result, verdict } = environmentOf();
    expect(verdict).toBe('SERVICE_LINKS');
    expect([...new Set(result.variables.map(({ service }) => service))]).toEqual(['default/kubernetes', 't/six', 't/web']);
  });

  it('are named by service, port and protocol', () => {
    expect(lines(environmentOf()).filter((line) => line.startsWith('WEB_'))).toEqual([
      'WEB_SERVICE_HOST=10.96.0.10',
      'WEB_SERVICE_PORT=80',
      'WEB_SERVICE_PORT_HTTP=80',
      'WEB_SERVICE_PORT_DNS=53',
      'WEB_PORT=tcp://10.96.0.10:80',
      'WEB_PORT_80_TCP=tcp://10.96.0.10:80',
      'WEB_PORT_80_TCP_PROTO=tcp',
      'WEB_PORT_80_TCP_PORT=80',
      'WEB_PORT_80_TCP_ADDR=10.96.0.10',
      'WEB_PORT_53_UDP=udp://10.96.0.10:53',
      'WEB_PORT_53_UDP_PROTO=udp',
      'WEB_PORT_53_UDP_PORT=53',
      'WEB_PORT_53_UDP_ADDR=10.96.0.10',
    ]);
  });

  it('put an IPv6 address into brackets where a port follows', () => {
    expect(lines(environmentOf())).toEqual(expect.arrayContaining(['SIX_SERVICE_HOST=fd00:96::6', 'SIX_PORT=tcp://[fd00:96::6]:443']));
  });

  it('are those of the API server alone without service links', () => {
    const { result, verdict } = environmentOf({ enableServiceLinks: false });
    expect(verdict).toBe('API_SERVER_ONLY');
    expect(new Set(result.variables.map(({ service }) => service))).toEqual(new Set(['default/kubernetes']));
  });

  it('prefer a service `kubernetes` of the own namespace', () => {
    const lost = environmentOf({}, `${SERVICES} ; service kubernetes 10.96.0.77 :1>1`);
    expect(lines(lost)).toContain('KUBERNETES_SERVICE_HOST=10.96.0.77');
    const without = environmentOf({ enableServiceLinks: false }, `${SERVICES} ; service kubernetes 10.96.0.77 :1>1`);
    expect(lines(without)).toContain('KUBERNETES_SERVICE_HOST=10.96.0.1');
  });

  it('say which services give none', () => {
    const told = environmentOf()
      .evidence.filter(({ reason }) => reason === 'NO_CLUSTER_IP')
      .map(({ message }) => message);
    expect(told).toEqual(['service `t/db` is headless: it gives none', 'service `t/pay` has no cluster IP: it gives none']);
  });
});
