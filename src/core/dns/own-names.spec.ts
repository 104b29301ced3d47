import { describe, expect, it } from 'vitest';
import { corefileMap } from '../../../test/support/dns-answers.js';
import { modelOf } from '../../../test/support/model.js';
import { serviceCluster } from '../../../test/support/service-cluster.js';
import type { JsonObject } from '../kernel/json.js';
import type { QueryType } from './dns-record.js';
import { resolveName } from './resolve-name.js';
import type { Libc } from './search-walk.js';

const COREFILE = '. {\n kubernetes cluster.local\n forward . 192.0.2.53\n}';

const REVERSE = '. {\n kubernetes cluster.local in-addr.arpa ip6.arpa\n}';

interface Asked {
  readonly libc?: Libc;
  readonly type?: QueryType;
  readonly spec?: JsonObject;
  readonly corefile?: string;
  readonly from?: 'pod' | 'node' | 'nobody';
}

function ask(name: string, { libc = 'glibc', type, spec = {}, corefile = COREFILE, from = 'pod' }: Asked = {}) {
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace: 't', name: 'client' },
    spec: { nodeName: 'a', containers: [{ name: 'c' }], ...spec },
    status: { phase: 'Running', podIP: '10.244.1.9', podIPs: [{ ip: '10.244.1.9' }, { ip: '2001:db8::9' }] },
  };
  const model = modelOf([...serviceCluster('node a 192.168.0.1 ; service web 10.96.0.10 http:80>80'), pod, corefileMap(corefile)]);
  const who = { pod: { pod: model.podByKey.get('t/client')! }, node: { node: 'a' }, nobody: undefined }[from];
  const answer = resolveName({ model, serial: 1 }, { name, type, from: who, libc });
  if (!answer.ok) throw new Error(answer.error.message);
  const { verdict, result, warnings } = answer.value;
  const by = result.tried.at(-1)?.reason;
  return {
    verdict,
    name: result.name,
    addresses: result.addresses,
    questions: result.questions,
    by,
    codes: warnings.map(({ code }) => code),
  };
}

const FILE = { verdict: 'RESOLVED', questions: 0, by: 'HOSTS_FILE' };
const ALIASES = {
  hostAliases: [
    { ip: '192.0.2.7', hostnames: ['db.example', 'DB2'] },
    { ip: '2001:db8::7', hostnames: ['db.example'] },
  ],
};

/** kubernetes `pkg/kubelet/kubelet_pods.go` managedHostsFileContent; glibc `nss/nss_files`; musl `src/network/lookup_name.c` name_from_hosts. */
describe('a name that the asker’s /etc/hosts has', () => {
  it.each<[string, string, Asked, readonly string[]]>([
    ['localhost, by glibc', 'localhost', {}, ['127.0.0.1', '::1']],
    ['localhost, by musl', 'localhost', { libc: 'musl' }, ['127.0.0.1', '::1']],
    ['in any case', 'LOCALHOST', {}, ['127.0.0.1', '::1']],
    ['ip6-loopback', 'ip6-loopback', {}, ['::1']],
    ['the pod’s own name', 'client', {}, ['10.244.1.9', '2001:db8::9']],
    ['the pod’s own hostname', 'own', { spec: { hostname: 'own' } }, ['10.244.1.9', '2001:db8::9']],
    ['the pod’s own FQDN', 'own.sub.t.svc.cluster.local', { spec: { hostname: 'own', subdomain: 'sub' } }, ['10.244.1.9', '2001:db8::9']],
    ['hostAliases', 'db.example', { spec: ALIASES }, ['192.0.2.7', '2001:db8::7']],
    ['localhost of a node', 'localhost', { from: 'node' }, ['127.0.0.1', '::1']],
    ['localhost on the host network', 'localhost', { spec: { hostNetwork: true } }, ['127.0.0.1', '::1']],
    ['hostAliases on the host network', 'db2', { spec: { ...ALIASES, hostNetwork: true } }, ['192.0.2.7']],
  ])('%s', (_, name, asked, addresses) => {
    expect(ask(name, asked)).toMatchObject({ ...FILE, addresses });
  });

  it.each<[string, string, Asked]>([
    ['a question for one type goes to the name server', 'localhost', { type: 'A' }],
    ['a final dot keeps the file away', 'localhost.', {}],
    ['a name below localhost is no line of it (RFC 6761 section 6.3 asks for more)', 'app.localhost', {}],
    ['nobody in particular has no file', 'localhost', { from: 'nobody' }],
  ])('%s', (_, name, asked) => {
    expect(ask(name, asked)).toMatchObject({ verdict: 'EXTERNAL', codes: expect.arrayContaining(['LOCALHOST_NAME']) as string[] });
  });

  it('`local` of the name server answers what the file does not', () => {
    const corefile = '. {\n local\n kubernetes cluster.local\n}';
    expect(ask('app.localhost.', { corefile })).toMatchObject({
      verdict: 'RESOLVED',
      addresses: ['127.0.0.1', '::1'],
      by: 'LOCAL_NAME',
      codes: [],
    });
  });
});

/** RFC 1035 section 3.5 and RFC 3596 section 2.5. */
describe('the names of an address', () => {
  it.each<[string, Asked['from']]>([
    ['10.96.0.10', 'pod'],
    ['10.96.0.10', 'nobody'],
  ])('of %s are asked for by its reverse name, by %s', (name, from) => {
    expect(ask(name, { type: 'PTR', from, corefile: REVERSE })).toMatchObject({
      verdict: 'RESOLVED',
      name: '10.0.96.10.in-addr.arpa.',
      questions: 1,
    });
  });

  it('of IPv6 too', () => {
    const name = `b.0.0.${'0.'.repeat(21)}8.b.d.0.1.0.0.2.ip6.arpa.`;
    expect(ask('2001:db8::b', { type: 'PTR', corefile: REVERSE })).toMatchObject({ verdict: 'NXDOMAIN', name });
  });

  it.each<[Asked]>([[{ from: 'nobody' }], [{ type: 'A' }]])('no name: %o says what to ask', (asked) => {
    expect(() => ask('10.96.0.10', asked)).toThrow('is an address');
  });
});

describe('an address', () => {
  it.each(['10.96.0.10', '2001:db8::1'])('%s is taken as it is', (name) => {
    expect(ask(name)).toMatchObject({ verdict: 'RESOLVED', addresses: [name], questions: 0, by: 'NUMERIC_ADDRESS' });
  });
});
