import { describe, expect, it } from 'vitest';
import { modelOf } from '../../../test/support/model.js';
import { endpoints, policyCluster, policyObjects, type PolicySpecs } from '../../../test/support/policy-cluster.js';
import type { NetworkModel } from '../model/network-model.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';
import { connectivity } from './connectivity.js';
import { connectivityTable } from './connectivity-table.js';
import type { ConnectivityQuestion } from './connectivity-result.js';
import { finished } from '../kernel/steps.js';

const CLUSTER = `
  ns shop team=red
  ns data
  shop/web app=web http=8080 @10.0.1.1
  shop/api app=api http=9090 @10.0.1.2
  data/db app=db @10.0.2.1
  svc shop/front app=api web=80:http
`;
const POLICIES: PolicySpecs = {
  'data/p': {
    podSelector: {},
    ingress: [{ from: [{ namespaceSelector: {}, podSelector: { matchLabels: { app: 'api' } } }], ports: [{ port: 5432 }] }],
  },
  'shop/p': {
    podSelector: { matchLabels: { app: 'web' } },
    policyTypes: ['Egress'],
    egress: [{ to: [{ podSelector: {} }], ports: [{ port: 'http' }] }],
  },
};
const SETTINGS = { policy: { enforcement: 'on', ipBlockMatchesPods: true } };

type Asked = Partial<Omit<ConnectivityQuestion, 'from' | 'to'>> & { readonly from?: string; readonly to?: string };

function ask(model: NetworkModel, { from, to, ...more }: Asked) {
  const answer = finished(
    connectivity(model, {
      level: 'workload',
      format: 'table',
      protocol: undefined,
      port: undefined,
      external: false,
      ...more,
      from: from === undefined ? undefined : endpoints(model, from),
      to: to === undefined ? undefined : endpoints(model, to),
    }),
  );
  if (!answer.ok) throw new Error(answer.error.message);
  return answer.value;
}

/** `Pod shop/api -> Pod data/db: TCP 5432`, with `~` where the pods of the two differ. */
function rows(model: NetworkModel, asked: Asked = {}): readonly string[] {
  return ask(model, asked).result.connections.map((row) => `${row.from} ${row.partial ? '~' : '-'}> ${row.to}: ${row.connection}`);
}

describe('connectivity', () => {
  const model = policyCluster(CLUSTER, POLICIES, SETTINGS);

  it('lists every allowed connection, with its ports', () => {
    expect(rows(model)).toEqual([
      'Pod data/db -> Pod shop/api: All Connections',
      'Pod data/db -> Pod shop/web: All Connections',
      'Pod shop/api -> Pod data/db: TCP 5432',
      'Pod shop/api -> Pod shop/web: All Connections',
      'Pod shop/web -> Pod shop/api: TCP 9090',
    ]);
  });

  it('is cut to sources, destinations, protocol and port', () => {
    expect(rows(model, { to: 'data/db', port: '5432' })).toEqual(['Pod shop/api -> Pod data/db: TCP 5432']);
    expect(rows(model, { to: 'data/db', protocol: 'UDP' })).toEqual([]);
    expect(rows(model, { from: 'shop/web' })).toEqual(['Pod shop/web -> Pod shop/api: TCP 9090']);
    expect(rows(model, { from: 'ns/shop', to: 'ns/shop', port: 'http' })).toEqual([
      'Pod shop/api -> Pod shop/web: TCP 8080',
      'Pod shop/web -> Pod shop/api: TCP 9090',
    ]);
  });

  it('takes a service for the pods behind it and their target port', () => {
    expect(rows(model, { to: 'svc/shop/front:80' })).toEqual([
      'Pod data/db -> Pod shop/api: TCP 9090',
      'Pod shop/web -> Pod shop/api: TCP 9090',
    ]);
    expect(rows(model, { to: 'svc/shop/front', from: 'data/db' })).toEqual(['Pod data/db -> Pod shop/api: All Connections']);
  });

  it('refuses a port name that no destination has, and says which there are', () => {
    expect(() => rows(model, { to: 'shop/api', port: 'htttp' })).toThrow('no destination has a container port named `htttp`');
    expect(() => rows(model, { to: 'shop/api', port: '70000' })).toThrow('`70000` is no port');
  });

  it('says of each connection by which rules', () => {
    const { evidence, summary, verdict } = ask(model, { to: 'data/db' });
    expect(evidence.map(({ parent, reason, object, pointer }) => [parent, reason, object?.name, pointer])).toEqual([
      [null, 'CONNECTION', undefined, null],
      [1, 'NOT_ISOLATED', undefined, null],
      [1, 'RULE_ADMITS', 'p', '/spec/ingress/0'],
    ]);
    expect([verdict, summary]).toEqual(['CONNECTED', 'any → pod/data/db by workload: 1 of 2 pairs may connect – Pod shop/api']);
    expect(ask(model, { from: 'shop/web', to: 'data/db' }).verdict).toBe('ISOLATED');
  });

  it('cuts addresses outside where a block begins or ends, sources by ingress rules and destinations by egress rules', () => {
    const block: PolicySpecs = {
      'data/p': { podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr: '192.0.2.0/24', except: ['192.0.2.128/25'] } }] }] },
    };
    expect(rows(policyCluster('data/db app=db @10.0.2.1', block, SETTINGS), { external: true })).toEqual([
      'Pod data/db -> 0.0.0.0/0: All Connections',
      '192.0.2.0/25 -> Pod data/db: All Connections',
    ]);
  });

  it('joins pods to workloads and namespaces, and marks where they differ', () => {
    const deployment = (name: string, labels: object): KubernetesObject =>
      ({
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name, namespace: 'shop' },
        spec: {
          replicas: 2,
          selector: { matchLabels: labels },
          template: { metadata: { labels }, spec: { containers: [{ name: 'main' }] } },
        },
      }) as unknown as KubernetesObject;
    const only = { podSelector: { matchLabels: { app: 'a' } }, ingress: [{ from: [{ podSelector: { matchLabels: { app: 'b' } } }] }] };
    const policy = { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: 'p', namespace: 'shop' }, spec: only };
    const made = modelOf([deployment('a', { app: 'a' }), deployment('b', { app: 'b' }), policy], SETTINGS);
    expect(rows(made)).toEqual([
      'Deployment shop/a -> Deployment shop/b: All Connections',
      'Deployment shop/b -> Deployment shop/a: All Connections',
      'Deployment shop/b -> Deployment shop/b: All Connections', // its two pods to one another
    ]);
    expect(rows(made, { level: 'namespace' })).toEqual(['Namespace shop ~> Namespace shop: All Connections']);
    expect(rows(made, { level: 'pod' })).toHaveLength(4 + 4 + 2);
  });

  it('judges a workload without pods by its template', () => {
    const cron = {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: { name: 'backup', namespace: 'data' },
      spec: {
        schedule: '@daily',
        jobTemplate: { spec: { template: { metadata: { labels: { app: 'api' } }, spec: { containers: [{ name: 'main' }] } } } },
      },
    };
    const objects = [
      cron,
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'db', namespace: 'data', labels: { app: 'db' } },
        spec: { containers: [{ name: 'main' }] },
      },
    ];
    const policy = {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'p', namespace: 'data' },
      spec: POLICIES['data/p'],
    };
    expect(rows(modelOf([...objects, policy], SETTINGS))).toContain('CronJob data/backup -> Pod data/db: TCP 5432');
  });

  it('says that everything is connected where policies are not enforced, and what they would allow', () => {
    const { result, warnings } = ask(policyCluster(CLUSTER, POLICIES, { policy: { enforcement: 'none' } }), {
      to: 'data/db',
      port: '5432',
    });
    expect(result.connections.map(({ from, connection, policyConnection }) => [from, connection, policyConnection])).toEqual([
      ['Pod shop/api', 'TCP 5432', 'TCP 5432'],
      ['Pod shop/web', 'TCP 5432', 'No Connections'],
    ]);
    expect(warnings.map(({ code }) => code)).toContain('NOT_ENFORCED');
  });

  it('counts the own node of a hostNetwork pod', () => {
    const nodes = `
      node n1 192.168.0.1
      node n2 192.168.0.2
      shop/agent app=agent @192.168.0.1 on n1 host
      data/near app=db @10.0.2.1 on n1
      data/far app=db @10.0.2.2 on n2
    `;
    const model2 = policyCluster(nodes, { 'data/deny': { podSelector: {} } }, { policy: { hostNetworkPods: 'excluded' } });
    expect(rows(model2, { from: 'shop/agent' })).toEqual(['Pod shop/agent -> Pod data/near: All Connections']);
    expect(rows(model2, { from: 'shop/agent', level: 'namespace' })).toEqual(['Namespace shop ~> Namespace data: All Connections']);
  });
});

describe('the listing of netpol-analyzer', () => {
  it('reads the policies of Kubernetes only, and says so where others act', () => {
    const deny = {
      apiVersion: 'projectcalico.org/v3',
      kind: 'GlobalNetworkPolicy',
      metadata: { name: 'deny' },
      spec: { types: ['Ingress'] },
    };
    const model = modelOf([...policyObjects('shop/a app=a\nshop/b app=b', {}), deny], { ...SETTINGS, cni: { plugin: 'calico' } });
    const codes = (format: 'table' | 'netpol-analyzer') => ask(model, { format }).warnings.map(({ code }) => code);
    expect([codes('table'), codes('netpol-analyzer')]).toEqual([[], ['OTHER_APIS_LEFT_OUT']]);
  });

  it('names peers, ranges and connections as that tool does', () => {
    const policies: PolicySpecs = {
      'data/p': {
        podSelector: {},
        policyTypes: ['Ingress', 'Egress'],
        ingress: [{ from: [{ ipBlock: { cidr: '192.0.2.1/32' } }], ports: [{ port: 80 }, { protocol: 'UDP' }] }],
      },
    };
    const { result } = ask(
      policyCluster('data/db app=db @10.0.2.1\nshop/web app=web @10.0.1.1', policies, { policy: { ipBlockMatchesPods: false } }),
      { format: 'netpol-analyzer' },
    );
    expect(result.connections).toEqual([]);
    expect(result.rows).toEqual([
      ['shop/web[Pod]', '0.0.0.0-255.255.255.255[External]', 'All Connections'],
      ['0.0.0.0-192.0.2.0[External]', 'shop/web[Pod]', 'All Connections'],
      ['192.0.2.1-192.0.2.1[External]', 'data/db[Pod]', 'TCP 80,UDP 1-65535'],
      ['192.0.2.1-192.0.2.1[External]', 'shop/web[Pod]', 'All Connections'],
      ['192.0.2.2-255.255.255.255[External]', 'shop/web[Pod]', 'All Connections'],
    ]);
  });

  it('lists what serves Ingresses: the declared target port, cut to what an unlabelled pod elsewhere may reach', () => {
    const cluster = `
      shop/web app=web http=8080
      shop/raw app=raw
      svc shop/front app=web web=80:http
      svc shop/raw app=raw web=80:9999
    `;
    const ingress = {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { name: 'shop', namespace: 'shop' },
      spec: {
        defaultBackend: { service: { name: 'raw', port: { number: 80 } } }, // no container declares 9999
        rules: [{ http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'front', port: { name: 'web' } } } }] } }],
      },
    };
    const served = (policies: PolicySpecs) => {
      const { result } = ask(modelOf([...policyObjects(cluster, policies), ingress], SETTINGS), { format: 'netpol-analyzer' });
      return result.rows?.filter(([from]) => from === '{ingress-controller}');
    };
    expect(served({})).toEqual([['{ingress-controller}', 'shop/web[Pod]', 'TCP 8080']]);
    const alone = ask(modelOf([...policyObjects(cluster, {}), ingress], SETTINGS), {
      format: 'netpol-analyzer',
      workload: 'ingress-controller',
    });
    expect([alone.verdict, alone.summary]).toEqual(['CONNECTED', 'any → any of ingress-controller by workload: 1 connection']);
    expect(served({ 'shop/p': { podSelector: {}, ingress: [{ from: [{ namespaceSelector: {} }] }] } })).toHaveLength(1);
    const shut = { 'shop/p': { podSelector: {}, ingress: [{ from: [{ podSelector: {} }] }] } };
    expect(served(shut)).toEqual([]);
    // That tool's log: "Ingress resource … specified workload … as a backend, but network policies are blocking ingress connections from an arbitrary in-cluster source".
    const warned = (policies: PolicySpecs) =>
      ask(modelOf([...policyObjects(cluster, policies), ingress], SETTINGS), { format: 'netpol-analyzer' }).warnings.map(
        ({ code }) => code,
      );
    expect([warned({}), warned(shut)]).toEqual([[], ['INGRESS_BLOCKED']]);
  });
});

describe('connectivity by labels, focused, and as a table', () => {
  const model = policyCluster(CLUSTER, POLICIES, SETTINGS);

  it('takes no member that every object has for a label', () => {
    const labelled = policyCluster('shop/a app=web\nshop/b app=api', POLICIES, SETTINGS);
    const ends = rows(labelled, { level: 'label', label: ['constructor'] }).flatMap((row) => row.match(/constructor=[^ :]+/g) ?? []);
    expect(new Set(ends)).toEqual(new Set(['constructor=<none>']));
  });

  it('lists by the values of labels', () => {
    const labelled = policyCluster('shop/a app=web team=red\nshop/b app=api team=red\ndata/c app=db', POLICIES, SETTINGS);
    expect(rows(labelled, { level: 'label', label: ['team'] })).toEqual([
      'team=<none> -> team=red: All Connections',
      'team=red ~> team=<none>: TCP 5432',
      'team=red ~> team=red: All Connections',
    ]);
    expect(rows(labelled, { level: 'label', label: ['team', 'app'], to: 'data/c' })).toEqual([
      'team=red,app=api -> team=<none>,app=db: TCP 5432',
    ]);
  });

  it('is focused on a workload, on either side, by name or namespace and name', () => {
    const web = [
      'Pod data/db -> Pod shop/web: All Connections',
      'Pod shop/api -> Pod shop/web: All Connections',
      'Pod shop/web -> Pod shop/api: TCP 9090',
    ];
    expect(rows(model, { workload: 'web' })).toEqual(web);
    expect(rows(model, { workload: 'shop/web' })).toEqual(web);
    expect(() => rows(model, { workload: 'shop/wbe' })).toThrow('there is no workload or pod `shop/wbe`');
  });

  // netpol-analyzer `pkg/netpol/connlist/connlist.go`, `includePairOfWorkloads`: --focusworkload, --focusworkload-peer and --focus-direction.
  it('is focused on several workloads, on their connections with some others, and on one direction', () => {
    const web = ['Pod data/db -> Pod shop/web: All Connections', 'Pod shop/api -> Pod shop/web: All Connections'];
    const sent = 'Pod shop/web -> Pod shop/api: TCP 9090';
    expect(rows(model, { workload: 'web', direction: 'ingress' })).toEqual(web);
    expect(rows(model, { workload: 'web', direction: 'egress' })).toEqual([sent]);
    expect(rows(model, { workload: 'web', peer: 'shop/api' })).toEqual([web[1], sent]);
    expect(rows(model, { workload: 'web', peer: 'api', direction: 'egress' })).toEqual([sent]);
    expect(rows(model, { workload: 'web, data/db', direction: 'egress' })).toEqual([
      'Pod data/db -> Pod shop/api: All Connections',
      web[0],
      sent,
    ]);
    expect(rows(model, { workload: 'web,db', peer: 'db' })).toEqual([web[0]]);
    expect(() => rows(model, { workload: 'web,shop/wbe' })).toThrow('there is no workload or pod `shop/wbe`');
    expect(() => rows(model, { workload: 'web', peer: '' })).toThrow('there is no workload or pod ``');
  });

  it('is focused as netpol-analyzer is: a workload, the ingress controller, a connection without its column', () => {
    const netpol = (asked: Asked) => ask(model, { format: 'netpol-analyzer', external: true, ...asked }).result.rows;
    const range = '0.0.0.0-255.255.255.255[External]';
    expect(netpol({ workload: 'db' })).toEqual([
      ['data/db[Pod]', 'shop/api[Pod]', 'All Connections'],
      ['data/db[Pod]', 'shop/web[Pod]', 'All Connections'],
      ['data/db[Pod]', range, 'All Connections'],
      ['shop/api[Pod]', 'data/db[Pod]', 'TCP 5432'],
    ]);
    expect(netpol({ workload: 'ingress-controller' })).toEqual([]);
    expect(netpol({ workload: 'api', connection: { protocol: 'TCP', port: 5432 } })).toEqual([
      ['data/db[Pod]', 'shop/api[Pod]'],
      ['shop/api[Pod]', 'data/db[Pod]'],
      ['shop/api[Pod]', 'shop/web[Pod]'],
      ['shop/api[Pod]', range],
      [range, 'shop/api[Pod]'],
    ]);
  });

  it('is the same as a table, a source at a time', () => {
    const asked = {
      level: 'workload',
      format: 'table',
      protocol: undefined,
      port: undefined,
      external: true,
      from: undefined,
      to: undefined,
    } as const;
    for (const format of ['table', 'netpol-analyzer'] as const) {
      const table = finished(connectivityTable(model, { ...asked, format }));
      const batches = table.ok ? [...table.value.batches()] : [];
      const { connections, rows: listed } = ask(model, { external: true, format }).result;
      expect(batches.flat()).toEqual(format === 'table' ? connections.map((row) => Object.values(row).slice(0, 5)) : listed);
      expect(batches.length).toBeGreaterThan(3);
    }
  });
});
