import { describe, expect, it } from 'vitest';
import { corefileMap } from '../../../test/support/dns-answers.js';
import { modelOf } from '../../../test/support/model.js';
import { serviceCluster } from '../../../test/support/service-cluster.js';
import type { JsonObject } from '../kernel/json.js';
import type { ProfileSettings } from '../model/profile-settings.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';
import { resolveName } from './resolve-name.js';

const RULES = `
  node a 192.168.0.1 ; node b 192.168.0.2 ; pod client 10.244.1.9@a ; pod other 10.244.2.9@b
  service web 10.96.0.10 http:80>80
  service kube-system/kube-dns 10.96.0.53 dns:53>53/UDP ; service kube-system/kube-dns-upstream 10.96.0.54 dns:53>53/UDP
`;

function configMap(name: string, data: Readonly<Record<string, string>>): KubernetesObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'kube-system', name }, data };
}

/** kubernetes `cluster/addons/dns/nodelocaldns/nodelocaldns.yaml`, as far as DNS goes. */
function nodeCache(spec: JsonObject, args = ['-localip', '169.254.20.10,10.96.0.53', '-conf', '/etc/Corefile']): KubernetesObject {
  const container = {
    name: 'node-cache',
    image: 'registry.k8s.io/dns/k8s-dns-node-cache:1.23.1',
    args,
    volumeMounts: [{ name: 'config-volume', mountPath: '/etc/coredns' }],
  };
  const volumes = [{ name: 'config-volume', configMap: { name: 'node-local-dns', items: [{ key: 'Corefile', path: 'Corefile.base' }] } }];
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { namespace: 'kube-system', name: 'node-local-dns' },
    spec: {
      selector: { matchLabels: { app: 'node-local-dns' } },
      template: {
        metadata: { labels: { app: 'node-local-dns' } },
        spec: { hostNetwork: true, dnsPolicy: 'Default', containers: [container], volumes, ...spec },
      },
    },
  };
}

const block = (zone: string, ...lines: string[]) => `${zone}:53 {\n${lines.join('\n')}\n}\n`;
const BIND = 'bind __PILLAR__LOCAL__DNS__ 10.96.0.53';
const OWN = [
  block(
    'cluster.local',
    'cache {',
    'success 9984 20',
    'denial 9984 7',
    '}',
    BIND,
    'forward . __PILLAR__CLUSTER__DNS__ {',
    'force_tcp',
    '}',
  ),
  block('.', 'cache 30', BIND, 'forward . __PILLAR__UPSTREAM__SERVERS__'),
].join('');
/** The cluster's own server has an entry for a name of the outside, and no cache. */
const COREDNS =
  '. {\n hosts {\n 192.0.2.1 db.corp.example\n fallthrough\n }\n kubernetes cluster.local {\n ttl 30\n }\n forward . 192.0.2.53\n}';

interface Setup {
  readonly objects: readonly KubernetesObject[];
  readonly settings?: ProfileSettings;
  readonly from?: string;
}

function ask(name: string, { objects, settings = {}, from = 't/client' }: Setup) {
  const model = modelOf([...serviceCluster(RULES), corefileMap(COREDNS), ...objects], {
    podCIDRs: ['10.244.0.0/16'],
    serviceCIDRs: ['10.96.0.0/12'],
    ...settings,
  });
  const answer = resolveName({ model, serial: 1 }, { name, type: undefined, from: { pod: model.podByKey.get(from)! }, libc: 'glibc' });
  if (!answer.ok) throw new Error(answer.error.message);
  const { evidence, result, verdict, warnings, assumptions } = answer.value;
  return {
    verdict,
    result,
    reasons: evidence.map(({ reason }) => reason),
    messages: evidence.map(({ message }) => message),
    codes: [...warnings, ...assumptions].map(({ code }) => code),
  };
}

const WITH_OWN = [nodeCache({}), configMap('node-local-dns', { Corefile: OWN })];
const WEB = 'web.t.svc.cluster.local.';

describe('NodeLocal DNSCache by its own Corefile', () => {
  it('has its own times: a name is found through it, kept for them, and what is made now is seen after the longer denial', () => {
    const { result, codes } = ask(WEB, { objects: WITH_OWN });
    expect([result.addresses, result.cachedFor, result.visibleWithin]).toEqual([['10.96.0.10'], 20, 7]);
    expect(codes).not.toContain('NODE_LOCAL_COREFILE_ASSUMED');
  });

  it('says whether it asks over TCP', () => {
    const udp = OWN.replace('force_tcp', 'prefer_udp');
    const [tcp, plain] = [OWN, udp].map((text) =>
      ask(WEB, { objects: [nodeCache({}), configMap('node-local-dns', { Corefile: text })] }).messages.filter((one) =>
        /force_tcp/.test(one),
      ),
    );
    expect([tcp?.length, plain?.length]).toEqual([1, 0]);
  });

  it.each([
    ['names of the outside go past the cluster’s server: what that has of them is not seen', 'db.corp.example.', WITH_OWN, 'EXTERNAL'],
    [
      'unless it is told to ask that server',
      'db.corp.example.',
      [nodeCache({}), configMap('node-local-dns', { Corefile: block('.', BIND, 'forward . 10.96.0.54:53') })],
      'RESOLVED',
    ],
    [
      'entries of its own count',
      'own.example.',
      [nodeCache({}), configMap('node-local-dns', { Corefile: block('.', BIND, 'hosts {', '192.0.2.8 own.example', '}') })],
      'RESOLVED',
    ],
    [
      'a zone that it does not serve',
      'www.example.com.',
      [nodeCache({}), configMap('node-local-dns', { Corefile: block('cluster.local', BIND, 'forward . 10.96.0.54') })],
      'REFUSED',
    ],
    ['without its Corefile the one of its manifest is taken', 'db.corp.example.', [nodeCache({})], 'EXTERNAL'],
  ])('%s', (_, name, objects, verdict) => {
    expect(ask(name, { objects }).verdict).toBe(verdict);
  });

  it('says that the Corefile of its manifest is taken', () => {
    expect(ask(WEB, { objects: [nodeCache({})] }).codes).toContain('NODE_LOCAL_COREFILE_ASSUMED');
  });
});

describe('who asks NodeLocal DNSCache', () => {
  const clusterDNS = (address: string) => ({ dns: { clusterDNS: [address] } });
  const linkLocal = [nodeCache({}, []), configMap('node-local-dns', { Corefile: OWN.replaceAll(' 10.96.0.53', '') })];
  it.each([
    ['the service’s address, where it is bound', { objects: WITH_OWN }, true],
    ['the service’s address, where it is not bound', { objects: linkLocal }, false],
    ['its link-local address', { objects: linkLocal, settings: clusterDNS('169.254.20.10') }, true],
    ['an address of `-localip`', { objects: [nodeCache({}, ['--localip=169.254.25.10'])], settings: clusterDNS('169.254.25.10') }, true],
    ['a node it does not run on', { objects: [nodeCache({ nodeSelector: { 'kubernetes.io/hostname': 'b' } })] }, false],
    ['a node it runs on', { objects: [nodeCache({ nodeSelector: { 'kubernetes.io/hostname': 'b' } })], from: 't/other' }, true],
  ])('%s', (_, setup: Setup, expected) => {
    const { reasons, verdict } = ask(WEB, setup);
    expect([reasons.includes('NODE_LOCAL_DNS'), verdict]).toEqual([expected, 'RESOLVED']);
  });

  it('nobody answers on the link-local address of a node without it', () => {
    const { verdict, codes } = ask(WEB, {
      objects: [nodeCache({ nodeSelector: { 'kubernetes.io/hostname': 'b' } }, [])],
      settings: clusterDNS('169.254.20.10'),
    });
    expect([verdict, codes.includes('NODE_LOCAL_MISSING')]).toEqual(['EXTERNAL', true]);
  });
});

/** kubernetes/dns `pkg/dns/config/config.go`; kubernetes.io, "Customizing DNS Service". */
describe('the ConfigMap `kube-dns`', () => {
  const stubs = configMap('kube-dns', {
    stubDomains: '{"acme.local": ["192.0.2.11", "192.0.2.12"], "in.cluster.local": ["192.0.2.13"]}\n',
    upstreamNameservers: '["192.0.2.21"]',
  });
  const kubeDns = { dns: { server: 'kube-dns' } };
  it.each([
    ['a stub domain', 'db.acme.local.', 'EXTERNAL', 'asks `192.0.2.11`, `192.0.2.12`'],
    ['a stub domain inside the cluster’s', 'db.in.cluster.local.', 'EXTERNAL', 'asks `192.0.2.13`'],
    ['the rest', 'www.example.com.', 'EXTERNAL', 'asks `192.0.2.21`'],
    ['the cluster', WEB, 'RESOLVED', 'cluster IP'],
  ])('sends %s where it says', (_, name, verdict, words) => {
    const answer = ask(name, { objects: [stubs], settings: kubeDns });
    expect([answer.verdict, answer.messages.some((message) => message.includes(words))]).toEqual([verdict, true]);
  });

  it.each([
    ['no JSON', { stubDomains: '{acme' }],
    ['a list', { stubDomains: '["acme.local"]' }],
    ['more than three upstreams', { upstreamNameservers: '["1.1.1.1","1.1.1.2","1.1.1.3","1.1.1.4"]' }],
  ])('is not used where it is refused: %s', (_, data) => {
    const { codes, messages } = ask('www.example.com.', { objects: [configMap('kube-dns', data)], settings: kubeDns });
    expect([codes.includes('COREFILE_NOT_UNDERSTOOD'), messages.some((one) => one.includes('/etc/resolv.conf'))]).toEqual([true, true]);
  });

  it('is read by NodeLocal DNSCache too, whatever server stands behind it', () => {
    const asked = (name: string) => ask(name, { objects: [stubs, ...WITH_OWN] }).messages.join('\n');
    expect(asked('db.acme.local.')).toContain('asks `192.0.2.11`');
    expect(asked('www.example.com.')).toContain('asks `192.0.2.21`');
  });
});
