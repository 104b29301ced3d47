import { array, assert, boolean, constantFrom, integer, property, record, string } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatRecord, type QueryType } from '../../src/core/dns/dns-record.js';
import { resolveName } from '../../src/core/dns/resolve-name.js';
import { resolveRecord } from '../../src/core/dns/resolve-record.js';
import type { NetworkModel } from '../../src/core/model/network-model.js';
import type { KubernetesObject } from '../../src/core/resources/kubernetes-object.js';
import { packetVerdict } from '../../src/core/services/packet-verdict.js';
import { parseIp, reverseName } from '../../src/core/net/ip.js';
import { arbitraryCluster } from '../support/arbitrary-cluster.js';
import { modelOf } from '../support/model.js';
import { serviceCluster } from '../support/service-cluster.js';

const RUNS = { numRuns: 100 };
const SETTINGS = {
  podCIDRs: ['10.244.0.0/16'],
  serviceCIDRs: ['10.96.0.0/12'],
  dns: { corefile: '. {\n kubernetes cluster.local in-addr.arpa\n}', zones: ['cluster.local', 'in-addr.arpa'], pods: 'disabled' },
};
const TYPES: readonly QueryType[] = ['A', 'AAAA', 'SRV', 'CNAME', 'TXT', 'MX'];

function ask(model: NetworkModel, name: string, type: QueryType) {
  return resolveRecord({ model, serial: 1 }, { name, type });
}

function reverseOf(address: string): string {
  return `${address.split('.').toReversed().join('.')}.in-addr.arpa.`;
}

/** The names of every service, and of every endpoint that the slices publish. */
function namesOf(model: NetworkModel): { readonly services: string[]; readonly endpoints: string[] } {
  const services = [...model.services.values()].map(({ name, namespace }) => `${name}.${namespace}.svc.cluster.local.`);
  const endpoints = [...model.services.values()].flatMap(({ name, namespace, endpoints: { slices } }) =>
    slices.flatMap((slice) =>
      slice.endpoints.flatMap(({ addresses }) =>
        addresses.map((ip) => `${ip.replaceAll('.', '-')}.${name}.${namespace}.svc.cluster.local.`),
      ),
    ),
  );
  return { services, endpoints };
}

describe('INV-DNS-1 a name is among the names of its addresses', () => {
  it('for services with a cluster IP, and for every endpoint', () => {
    assert(
      property(arbitraryCluster, (objects) => {
        const model = modelOf(objects, SETTINGS);
        const { services, endpoints } = namesOf(model);
        const clusterIPs = services.filter((name) => !model.services.get(`t/${name.split('.')[0]}`)?.resource.headless);
        for (const name of [...clusterIPs, ...endpoints]) {
          for (const { data } of ask(model, name, 'A').answer) {
            expect(ask(model, reverseOf(data), 'PTR').answer.map((record) => record.data)).toContain(name);
          }
        }
        for (const name of clusterIPs) expect(ask(model, name, 'A').answer).toHaveLength(1);
      }),
      RUNS,
    );
  }, 60_000);
});

/** kubernetes/dns docs/specification.md 2.3, 2.4: AAAA and ip6.arpa as A and in-addr.arpa, and endpoints by their hostnames. */
describe('INV-DNS-1 a name is among the names of its addresses, of both families', () => {
  const endpoint = record({ octet: integer({ min: 1, max: 9 }), v6: boolean(), hostname: constantFrom('', '', '#db-0', '#db-1') });

  it('for services and the hostnames of endpoints', () => {
    let answered = 0;
    assert(
      property(array(endpoint, { minLength: 1, maxLength: 6 }), boolean(), (endpoints, headless) => {
        const ends = endpoints.map(({ octet, v6, hostname }) => `${v6 ? `fd00:10::${octet}` : `10.244.1.${octet}`}@a${hostname}`);
        const address = headless ? 'None' : '10.96.0.10 fd00:96::10';
        const text = `node a 192.168.0.1;namespace t;service db ${address} pg:5432>5432 ipFamilyPolicy=RequireDualStack;endpoints db ${ends.join(' ')}`;
        const zones = 'cluster.local in-addr.arpa ip6.arpa';
        const dns = { corefile: `. {\n kubernetes ${zones}\n}`, zones: zones.split(' '), pods: 'disabled' };
        const model = modelOf(serviceCluster(text), { ...SETTINGS, dns });
        const own = 'db.t.svc.cluster.local.';
        const labels = ends.map((end) => /#(.*)$/.exec(end)?.[1] ?? (end.split('@')[0] ?? '').replaceAll(/[.:]/g, '-'));
        for (const name of [...(headless ? [] : [own]), ...labels.map((label) => `${label}.${own}`)]) {
          for (const { data } of [...ask(model, name, 'A').answer, ...ask(model, name, 'AAAA').answer]) {
            expect(ask(model, `${reverseName(parseIp(data)!)}.`, 'PTR').answer.map((one) => one.data)).toContain(name);
            answered++;
          }
        }
      }),
      RUNS,
    );
    expect(answered).toBeGreaterThan(100);
  }, 60_000);
});

describe('INV-DNS-2 a negative answer carries the SOA of its zone, a positive one does not', () => {
  it('for every name and type', () => {
    assert(
      property(arbitraryCluster, constantFrom(...TYPES), (objects, type) => {
        const model = modelOf(objects, SETTINGS);
        const { services, endpoints } = namesOf(model);
        for (const name of [...services, ...endpoints, 'nothing.t.svc.cluster.local.', 'x.cluster.local.', 'svc.cluster.local.']) {
          const { answer, authority, rcode } = ask(model, name, type);
          expect(authority.map((record) => record.type)).toEqual(answer.length > 0 ? [] : ['SOA']);
          if (answer.length > 0) expect(rcode).toBe('NOERROR');
        }
      }),
      RUNS,
    );
  }, 60_000);
});

describe('INV-DNS-3 a name that has a record of one type exists for every type', () => {
  it('RFC 8020: NXDOMAIN is about the name, never about the type', () => {
    assert(
      property(arbitraryCluster, (objects) => {
        const model = modelOf(objects, SETTINGS);
        const { services, endpoints } = namesOf(model);
        for (const name of [...services, ...endpoints]) {
          const codes = TYPES.map((type) => ask(model, name, type));
          if (codes.some(({ answer }) => answer.length > 0)) expect(new Set(codes.map(({ rcode }) => rcode))).toEqual(new Set(['NOERROR']));
        }
      }),
      RUNS,
    );
  }, 60_000);
});

describe('INV-DNS-4 the case of a question changes nothing but the case of the answer', () => {
  it('for every name', () => {
    assert(
      property(arbitraryCluster, constantFrom(...TYPES), (objects, type) => {
        const model = modelOf(objects, SETTINGS);
        const { services, endpoints } = namesOf(model);
        const lower = (name: string) => ask(model, name, type).answer.map((record) => formatRecord(record).toLowerCase());
        for (const name of [...services, ...endpoints]) expect(lower(name.toUpperCase())).toEqual(lower(name));
      }),
      RUNS,
    );
  }, 60_000);
});

describe('INV-DNS-5 only what kube-proxy may use is in DNS, and every cluster IP in DNS is one it knows', () => {
  it('for every service', () => {
    assert(
      property(arbitraryCluster, (objects) => {
        const model = modelOf(objects, SETTINGS);
        const node = model.nodes.get('a')!;
        for (const service of model.services.values()) {
          const { answer } = ask(model, `${service.name}.${service.namespace}.svc.cluster.local.`, 'A');
          const ready = service.endpoints.slices.flatMap(({ endpoints }) =>
            endpoints.filter((one) => one.ready).flatMap((one) => one.addresses),
          );
          if (service.resource.headless) expect(new Set(answer.map(({ data }) => data))).toEqual(new Set(ready));
          else {
            const [record] = answer;
            const source = { kind: 'pod' as const, ranges: [] };
            const packet = { node, source, destination: parseIp(record!.data)!, port: 80, protocol: 'TCP' as const };
            expect(packetVerdict(model, packet).match?.service.name).toBe(service.name);
          }
        }
      }),
      RUNS,
    );
  }, 60_000);
});

describe('INV-DNS-6 the answer does not depend on the order of the objects', () => {
  it('for every name and type', () => {
    assert(
      property(arbitraryCluster, constantFrom(...TYPES), (objects, type) => {
        const sorted = modelOf(
          [...objects].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
          SETTINGS,
        );
        const model = modelOf(objects, SETTINGS);
        const { services, endpoints } = namesOf(model);
        for (const name of [...services, ...endpoints]) expect(ask(model, name, type)).toEqual(ask(sorted, name, type));
      }),
      RUNS,
    );
  }, 60_000);
});

describe('INV-DNS-1 in the zones of `k8s_external` and of the clusterset', () => {
  const corefile =
    '. {\n kubernetes cluster.local clusterset.local {\n multicluster clusterset.local\n }\n k8s_external example.com in-addr.arpa {\n headless\n }\n}';
  const settings = { ...SETTINGS, dns: { corefile } };

  it('a service with an address outside is among the names of that address', () => {
    assert(
      property(arbitraryCluster, (objects) => {
        const model = modelOf(objects, settings);
        for (const { name, namespace, resource } of model.services.values()) {
          const outside = [...resource.externalIPs, ...resource.loadBalancerIngress.flatMap(({ ip }) => ip ?? [])];
          const external = `${name}.${namespace}.example.com.`;
          const { answer } = ask(model, external, 'A');
          if (!resource.headless) expect(answer).toHaveLength(outside.length);
          if (outside.length === 0) continue;
          for (const { data } of answer) {
            expect(ask(model, reverseOf(data), 'PTR').answer.map((record) => record.data)).toContain(external);
          }
        }
      }),
      RUNS,
    );
  }, 60_000);

  it('a headless import has exactly the ready endpoints of the clusters, and its targets lead back to them', () => {
    assert(
      property(arbitraryCluster, constantFrom('east', 'west'), (objects, cluster) => {
        const model = modelOf(
          objects.flatMap((object) => imported(object, cluster)),
          settings,
        );
        for (const key of model.serviceImports.keys()) {
          const [namespace, name] = key.split('/');
          const whole = ask(model, `${name}.${namespace}.svc.clusterset.local.`, 'SRV');
          const addresses = ask(model, `${name}.${namespace}.svc.clusterset.local.`, 'A').answer.map(({ data }) => data);
          const back = whole.answer.flatMap(({ data }) => ask(model, data.split(' ').at(-1)!, 'A').answer.map((record) => record.data));
          expect(new Set(back)).toEqual(new Set(addresses));
          expect(whole.answer.every(({ data }) => data.split('.')[1] === cluster)).toBe(true);
        }
      }),
      RUNS,
    );
  }, 60_000);
});

/** A cluster's objects as another cluster of the clusterset imports them (KEP-1645). */
function imported(object: KubernetesObject, cluster: string): readonly KubernetesObject[] {
  if (object.kind === 'Service') {
    const spec = { type: 'Headless', ips: [], ports: [] };
    return [{ apiVersion: 'multicluster.x-k8s.io/v1alpha1', kind: 'ServiceImport', metadata: object.metadata, spec }];
  }
  if (object.kind !== 'EndpointSlice') return [object];
  const labels = object.metadata['labels'] as Readonly<Record<string, string>>;
  const service = labels['kubernetes.io/service-name'] ?? '';
  const own = { 'multicluster.kubernetes.io/service-name': service, 'multicluster.kubernetes.io/source-cluster': cluster };
  return [{ ...object, metadata: { ...object.metadata, labels: own } }];
}

describe('a name that is none', () => {
  const text = string({ maxLength: 300 });
  it('is answered with a code, whatever stands in it', () => {
    const model = modelOf([], { ...SETTINGS, dns: { corefile: '. {\n rewrite name regex (.*)x y{1}\n kubernetes . in-addr.arpa\n}' } });
    assert(
      property(
        text,
        constantFrom(...TYPES, 'PTR' as const),
        constantFrom('', '.', '.svc.cluster.local.', '.in-addr.arpa.', '\0.', '..'),
        (name, type, end) => {
          expect(['NOERROR', 'NXDOMAIN', 'SERVFAIL', 'REFUSED']).toContain(ask(model, `${name}${end}`, type).rcode);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it.each([
    ['of 300 bytes', 'a.'.repeat(150), 'name-too-long'],
    ['with a label of 64', `${'a'.repeat(64)}.t.svc.cluster.local`, 'label-too-long'],
    ['with an empty label', 'web..t', 'empty-label'],
    ['with a null byte', 'we\0b', 'invalid-character'],
  ])('%s is told at the door', (_, name, code) => {
    const answer = resolveName({ model: modelOf([]), serial: 1 }, { name, type: 'A', from: undefined, libc: 'glibc' });
    expect(answer.ok ? undefined : answer.error.errors?.[0]).toMatchObject({ pointer: '/name', code });
  });
});
