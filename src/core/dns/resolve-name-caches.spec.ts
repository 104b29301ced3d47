import { describe, expect, it } from 'vitest';
import { corefileMap } from '../../../test/support/dns-answers.js';
import { modelOf } from '../../../test/support/model.js';
import { serviceCluster } from '../../../test/support/service-cluster.js';
import type { ProfileSettings } from '../model/profile-settings.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';
import { resolveName } from './resolve-name.js';

const RULES = 'node a 192.168.0.1 ; pod client 10.244.1.9@a ; service web 10.96.0.10 http:80>80 ; service other/api 10.96.0.11 http:80>80';
const NODE_LOCAL: KubernetesObject = {
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { namespace: 'kube-system', name: 'node-local-dns' },
  spec: {
    selector: { matchLabels: { app: 'node-local-dns' } },
    template: { metadata: { labels: { app: 'node-local-dns' } }, spec: { hostNetwork: true, containers: [{ name: 'node-cache' }] } },
  },
};

interface Setup {
  readonly corefile?: string;
  readonly settings?: ProfileSettings;
  readonly objects?: readonly KubernetesObject[];
  readonly from?: string;
}

function ask(name: string, { corefile, settings = {}, objects = [], from }: Setup) {
  const maps = corefile === undefined ? [] : [corefileMap(corefile)];
  const model = modelOf([...serviceCluster(RULES), ...maps, ...objects], {
    podCIDRs: ['10.244.0.0/16'],
    serviceCIDRs: ['10.96.0.0/12'],
    ...settings,
  });
  const pod = from === undefined ? undefined : model.podByKey.get(from)!;
  const answer = resolveName({ model, serial: 1 }, { name, type: undefined, from: pod && { pod }, libc: 'glibc' });
  if (!answer.ok) throw new Error(answer.error.message);
  return answer.value;
}

const cached = (...lines: string[]) => `. {\n kubernetes cluster.local {\n ttl 30\n }\n ${lines.join('\n')}\n forward . 192.0.2.53\n}`;
const WEB = 'web.t.svc.cluster.local.';
const NEW = 'new.t.svc.cluster.local.';

/** coredns `plugin/cache/README.md`: success 3600 s, denial 1800 s at most, 5 s at least; the TTL of the answer within these. */
describe('how long caches keep an answer', () => {
  it.each([
    ['an answer for its TTL', WEB, cached('cache'), 30, 30],
    ['at most what the cache says', WEB, cached('cache 10'), 10, 10],
    ['success and denial have times of their own', WEB, cached('cache {', 'success 9984 20', 'denial 9984 5', '}'), 20, 5],
    ['a negative answer for the minimum of its SOA', NEW, cached('cache'), 30, 30],
    ['at least five seconds', WEB, '. {\n kubernetes cluster.local {\n ttl 0\n }\n cache\n}', 5, 5],
    ['not at all without a cache', WEB, cached(''), 0, 0],
    [
      'nor where it is disabled (kubeadm since 1.31)',
      NEW,
      cached('cache 30 {', 'disable success cluster.local', 'disable denial cluster.local', '}'),
      0,
      0,
    ],
    ['nor in a zone that the cache does not have', WEB, cached('cache 30 example.org'), 0, 0],
    ['a name of the outside is not known', 'www.example.com.', cached('cache'), null, null],
  ])('%s', (_, name, corefile, cachedFor, visibleWithin) => {
    const { result } = ask(name, { corefile });
    expect([result.cachedFor, result.visibleWithin]).toEqual([cachedFor, visibleWithin]);
  });

  it('kubeadm’s Corefile is assumed where there is none: up to 30 s (kubernetes#92559)', () => {
    expect(ask(NEW, {}).result).toMatchObject({ cachedFor: 30, visibleWithin: 30 });
  });

  it('kube-dns keeps no negative answers (`--no-negcache`)', () => {
    expect(ask(NEW, { settings: { dns: { server: 'kube-dns' } } }).result.visibleWithin).toBe(0);
  });
});

/** kubernetes `cluster/addons/dns/nodelocaldns`; KEP-1024. */
describe('NodeLocal DNSCache', () => {
  const hop = (setup: Setup) => ask('web', { from: 't/client', ...setup }).evidence.some(({ reason }) => reason === 'NODE_LOCAL_DNS');
  it.each([
    ['takes the address of the DNS service', { objects: [NODE_LOCAL] }, true],
    ['but not in ipvs mode', { objects: [NODE_LOCAL], settings: { proxy: { mode: 'ipvs' } } }, false],
    ['is asked at its own address', { settings: { dns: { clusterDNS: ['169.254.20.10'] } } }, true],
    ['is not there', {}, false],
  ])('%s', (_, setup, expected) => {
    expect(hop(setup)).toBe(expected);
  });

  it('answers the same, and keeps for five seconds more what runs out behind it', () => {
    const [plain, local] = [ask(WEB, {}), ask('web', { objects: [NODE_LOCAL], from: 't/client' })];
    expect(local.result.addresses).toEqual(plain.result.addresses);
    expect([plain.result.cachedFor, local.result.cachedFor, local.result.visibleWithin]).toEqual([30, 35, 35]);
  });

  it('keeps for itself what the server does not', () => {
    const { result } = ask('web', { objects: [NODE_LOCAL], from: 't/client', corefile: cached('') });
    expect([result.cachedFor, result.visibleWithin]).toEqual([30, 5]);
  });
});

describe('autopath', () => {
  it('spares a pod the walk along its search list', () => {
    const corefile = '. {\n autopath @kubernetes\n kubernetes cluster.local {\n pods verified\n }\n}';
    const { result } = ask('api.other', { corefile, from: 't/client' });
    expect([result.tried.map(({ name }) => name), result.addresses]).toEqual([['api.other.t.svc.cluster.local.'], ['10.96.0.11']]);
  });
});

/** A line that is not understood is a warning; what it decides about is not known. */
describe('a Corefile that is not understood in part', () => {
  const warnings = (corefile: string, name = WEB) => ask(name, { corefile }).warnings.map(({ message }) => message);
  it.each([
    [
      'a plugin that is none',
      '. {\n kubernetes cluster.local\n foo bar\n}',
      'line 3 of the Corefile, `foo`: it is no plugin that is known: it is left out',
    ],
    [
      'an option that is none',
      '. {\n kubernetes cluster.local {\n  pod insecure\n }\n}',
      'line 3 of the Corefile, `kubernetes`: `pod` is no option that is known: it is left out',
    ],
    [
      'a type that is rewritten',
      '. {\n rewrite type ANY HINFO\n kubernetes cluster.local\n}',
      'line 2 of the Corefile, `rewrite`: what it does to `type` is not modelled: only names are',
    ],
    [
      'a file',
      '. {\n import custom/*.override\n kubernetes cluster.local\n}',
      'line 2 of the Corefile, `import`: `custom/*.override` is no snippet of the Corefile: what it imports is not known',
    ],
    [
      'a file of blocks',
      '. {\n kubernetes cluster.local\n}\nimport custom/*.server\n',
      'line 4 of the Corefile, `import`: `custom/*.server` is no snippet of the Corefile: what it imports is not known',
    ],
    [
      'the environment',
      '. {\n kubernetes cluster.local\n forward . {$UPSTREAM}\n}',
      'line 3 of the Corefile, `forward`: it reads `UPSTREAM` of the server’s environment, which is not known: it is left out',
    ],
    [
      'hosts in a file',
      '. {\n hosts /etc/coredns/NodeHosts {\n fallthrough\n }\n kubernetes cluster.local\n}',
      'line 2 of the Corefile, `hosts`: the content of `/etc/coredns/NodeHosts` is not in the input: taken to have no entries',
    ],
    [
      'a second kubernetes line',
      '. {\n kubernetes cluster.local\n kubernetes other.local\n}',
      'line 3 of the Corefile, `kubernetes`: a block has one `kubernetes` line: CoreDNS does not start',
    ],
    [
      'a pattern that looks behind',
      '. {\n rewrite name regex (?<!a)b c\n kubernetes cluster.local\n}',
      'line 2 of the Corefile, `rewrite`: the pattern `(?<!a)b` cannot be used: the group `(?<!…` is not supported',
    ],
    [
      'more groups than there are',
      '. {\n rewrite name regex (.*).x {1}.{2}.x\n kubernetes cluster.local\n}',
      'line 2 of the Corefile, `rewrite`: `{1}.{2}.x` uses 2 groups, and `(.*).x` has 1: CoreDNS does not start',
    ],
  ])('%s', (_, corefile, warning) => {
    expect(warnings(corefile)).toContain(warning);
  });

  it('says nothing of blocks that were not asked', () => {
    expect(warnings('. {\n kubernetes cluster.local\n}\nexample.org {\n foo\n}')).toEqual([]);
  });

  it('a plugin that is not modelled ends the walk, and nothing is guessed', () => {
    const corefile = '. {\n template ANY ANY t.svc.cluster.local {\n rcode NXDOMAIN\n }\n kubernetes cluster.local\n}';
    const { verdict, confidence, result } = ask('web', { corefile, from: 't/client' });
    expect([verdict, confidence, result.tried.map(({ reason }) => reason)]).toEqual([
      'EXTERNAL',
      'INSUFFICIENT_INFO',
      ['PLUGIN_NOT_MODELLED'],
    ]);
  });
});
