import { describe, expect, it } from 'vitest';
import { endpoints, policyCluster, type PolicySpecs } from '../../../test/support/policy-cluster.js';
import type { NetworkModel } from '../model/network-model.js';
import { reachability } from './reachability.js';
import type { ReachabilityQuestion } from './reachability-result.js';
import { finished } from '../kernel/steps.js';

const SETTINGS = { policy: { enforcement: 'on', ipBlockMatchesPods: false } };
const CLUSTER = `
  ns shop
  ns data
  ns ops
  shop/web app=web
  shop/api app=api @10.0.0.7
  ops/a app=a
  ops/b app=b
  data/db app=db pg=5432
  svc shop/front app=api web=80:8080
`;
const POLICIES: PolicySpecs = {
  'data/db': {
    podSelector: { matchLabels: { app: 'db' } },
    ingress: [
      { from: [{ namespaceSelector: {}, podSelector: { matchLabels: { app: 'api' } } }], ports: [{ port: 'pg' }] },
      { from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'ops' } } }, { ipBlock: { cidr: '192.0.2.0/24' } }] },
    ],
  },
};
const model = policyCluster(CLUSTER, POLICIES, SETTINGS);

type Asked = Partial<Omit<ReachabilityQuestion, 'subject' | 'others'>> & { readonly of: string; readonly others?: string };

function ask({ of, others, ...more }: Asked, at: NetworkModel = model) {
  const answer = finished(
    reachability(at, {
      side: 'to',
      subject: endpoints(at, of),
      others: others === undefined ? undefined : endpoints(at, others),
      protocol: undefined,
      port: undefined,
      ...more,
    }),
  );
  if (!answer.ok) throw new Error(answer.error.message);
  return answer.value;
}

/** `TCP 5432: shop [Pod shop/api]; 192.0.2.0/24 (NetworkPolicy data/db /spec/ingress/0)`, with `*` where it is the whole namespace. */
function groups(asked: Asked): readonly string[] {
  return ask(asked).result.groups.map(({ connection, namespaces, nodes, addresses, rules }) => {
    const workloads = namespaces.map(({ namespace, all, workloads: names }) => `${namespace}${all ? '*' : ''} [${names.join(', ')}]`);
    return `${connection}: ${[...workloads, ...nodes, ...addresses].join('; ')} (${rules.map(({ policy, pointer }) => `${policy} ${pointer}`).join(', ')})`;
  });
}

describe('reachability', () => {
  it('groups who can reach something by what they may use and by which rules', () => {
    expect(groups({ of: 'data/db' })).toEqual([
      'All Connections: ops* [Pod ops/a, Pod ops/b]; 192.0.2.0/24 (NetworkPolicy data/db /spec/ingress/1)',
      'TCP 5432: shop [Pod shop/api] (NetworkPolicy data/db /spec/ingress/0)',
    ]);
    const { result, summary, verdict, evidence } = ask({ of: 'data/db' });
    expect(result).toMatchObject({ connected: 4, cutOff: 3, internet: true, subject: ['Pod data/db'] });
    expect(result.cutOffNamespaces).toEqual([{ namespace: 'shop', count: 1, all: false, workloads: ['Pod shop/web'] }]);
    expect([verdict, summary]).toEqual([
      'REACHABLE',
      '4 can reach pod/data/db, addresses outside among them, 3 cannot: all 2 workloads of ops, 192.0.2.0/24 (All Connections); Pod shop/api (TCP 5432)',
    ]);
    expect(evidence.filter(({ parent }) => parent === 1).map(({ reason, pointer }) => [reason, pointer])).toEqual([
      ['NOT_ISOLATED', null],
      ['RULE_ADMITS', '/spec/ingress/1'],
    ]);
  });

  it('tells what something can reach, the internet included', () => {
    expect(groups({ side: 'from', of: 'shop/web' })).toEqual([
      'All Connections: ops* [Pod ops/a, Pod ops/b]; shop [Pod shop/api]; 0.0.0.0/0 ()',
    ]);
    expect(ask({ side: 'from', of: 'shop/web' }).result).toMatchObject({ connected: 4, cutOff: 1 });
    expect(ask({ side: 'from', of: 'shop/api' }).summary).toContain('pod/shop/api can reach 5, addresses outside among them; 0 it cannot');
  });

  it('adds up what several pods of the named side offer, and says where they differ', () => {
    const [first] = ask({ of: 'label:app in (db,web)@*' }).result.groups.filter(({ namespaces }) =>
      namespaces.some(({ namespace }) => namespace === 'shop'),
    );
    expect(first).toMatchObject({ connection: 'All Connections', partial: true });
  });

  it('takes a service for the pods behind it, on either side', () => {
    expect(groups({ of: 'svc/shop/front:80' })[0]).toMatch(/^TCP 8080: /);
    expect(ask({ side: 'from', of: 'svc/shop/front' }).result.subject).toEqual(['Pod shop/api']);
  });

  it('is cut to others, protocol and port', () => {
    expect(groups({ of: 'data/db', others: 'ns/shop' })).toEqual(['TCP 5432: shop [Pod shop/api] (NetworkPolicy data/db /spec/ingress/0)']);
    expect(groups({ of: 'data/db', others: 'ns/shop', port: '80' })).toEqual([]);
    expect(ask({ of: 'data/db', others: 'ns/shop', port: '80' })).toMatchObject({
      verdict: 'UNREACHABLE',
      summary: '0 can reach pod/data/db on TCP 80, 2 cannot',
    });
  });

  it('says that everything is connected where nothing is enforced', () => {
    const { result, warnings } = ask({ of: 'data/db' }, policyCluster(CLUSTER, POLICIES, { policy: { enforcement: 'none' } }));
    expect(result.cutOff).toBe(0);
    expect(warnings.map(({ code }) => code)).toContain('NOT_ENFORCED');
  });
});
