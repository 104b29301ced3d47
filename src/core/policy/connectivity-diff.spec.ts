import { describe, expect, it } from 'vitest';
import { endpoints, policyCluster, type PolicySpecs } from '../../../test/support/policy-cluster.js';
import type { NetworkModel } from '../model/network-model.js';
import { connectivityDiff } from './connectivity-diff.js';
import type { ConnectivityDiffQuestion } from './connectivity-diff-result.js';
import { finished } from '../kernel/steps.js';

const SETTINGS = { policy: { enforcement: 'on', ipBlockMatchesPods: false } };
const CLUSTER = `
  shop/web app=web
  shop/api app=api http=8080
`;

function cluster(text: string, policies: PolicySpecs = {}): NetworkModel {
  return policyCluster(text, policies, SETTINGS);
}

type Asked = Partial<Omit<ConnectivityDiffQuestion, 'before' | 'after'>> & { readonly to?: string };

function ask(before: NetworkModel, after: NetworkModel, { to, ...more }: Asked = {}) {
  const side = (model: NetworkModel) => ({ model, from: undefined, to: to === undefined ? undefined : endpoints(model, to) });
  const answer = finished(
    connectivityDiff({
      before: side(before),
      after: side(after),
      level: 'workload',
      format: 'table',
      protocol: undefined,
      port: undefined,
      external: false,
      ...more,
    }),
  );
  if (!answer.ok) throw new Error(answer.error.message);
  return answer.value;
}

/** `changed Pod shop/web -> Pod shop/api: All Connections > TCP 80 (NetworkPolicy shop/p added)`. */
function rows(before: NetworkModel, after: NetworkModel, asked: Asked = {}): readonly string[] {
  return ask(before, after, asked).result.connections.map(
    (row) => `${row.change} ${row.from} -> ${row.to}: ${row.before} > ${row.after} (${[row.info ?? [], row.causes].flat().join('; ')})`,
  );
}

const toApi = (port: number | string): PolicySpecs => ({
  'shop/p': { podSelector: { matchLabels: { app: 'api' } }, ingress: [{ ports: [{ port }] }] },
});

describe('connectivity-diff', () => {
  it('finds nothing between a state and itself', () => {
    const model = cluster(CLUSTER, toApi(80));
    expect(ask(model, model, { external: true })).toMatchObject({
      verdict: 'SAME',
      summary: 'policies allow the same connections',
      result: { added: 0, removed: 0, changed: 0, connections: [] },
    });
  });

  it('names the policy behind a row, whether it came, went or was changed', () => {
    const [open, eighty, other] = [cluster(CLUSTER), cluster(CLUSTER, toApi(80)), cluster(CLUSTER, toApi(81))];
    expect(rows(open, eighty)).toEqual(['changed Pod shop/web -> Pod shop/api: All Connections > TCP 80 (NetworkPolicy shop/p added)']);
    expect(rows(eighty, open)).toEqual(['changed Pod shop/web -> Pod shop/api: TCP 80 > All Connections (NetworkPolicy shop/p removed)']);
    expect(rows(eighty, other)).toEqual(['changed Pod shop/web -> Pod shop/api: TCP 80 > TCP 81 (NetworkPolicy shop/p changed)']);
    const { evidence } = ask(eighty, open);
    expect(evidence.map(({ parent, reason, object }) => [parent, reason, object?.name])).toEqual([
      [null, 'CONNECTION_CHANGED', undefined],
      [1, 'POLICY_REMOVED', 'p'],
    ]);
  });

  it('sees that a connection was added by a policy that denied it and is gone', () => {
    const deny: PolicySpecs = { 'shop/deny': { podSelector: { matchLabels: { app: 'api' } } } };
    expect(rows(cluster(CLUSTER, deny), cluster(CLUSTER))).toEqual([
      'added Pod shop/web -> Pod shop/api: No Connections > All Connections (NetworkPolicy shop/deny removed)',
    ]);
  });

  it('does not take other text for another connection', () => {
    const before = cluster(CLUSTER, { 'shop/p': { podSelector: {}, ingress: [{ from: [{ podSelector: {} }] }] } });
    const after = cluster(CLUSTER, {
      'shop/p': { podSelector: {}, policyTypes: ['Ingress'], ingress: [{ from: [{ podSelector: { matchLabels: {} } }] }] },
      'shop/more': {
        podSelector: { matchLabels: { app: 'web' } },
        ingress: [{ from: [{ podSelector: { matchLabels: { app: 'api' } } }] }],
      },
    });
    expect(rows(before, after)).toEqual([]);
  });

  it('names labels and ports where they, and no policy, have changed', () => {
    const policies: PolicySpecs = {
      'shop/p': {
        podSelector: { matchLabels: { app: 'api' } },
        ingress: [{ from: [{ namespaceSelector: { matchLabels: { team: 'a' } } }], ports: [{ port: 'http' }] }],
      },
    };
    const at = (namespace: string, pod: string) => cluster(`ns shop ${namespace}\nshop/web app=web\nshop/api ${pod}`, policies);
    const before = at('team=a', 'app=api http=8080');
    expect(rows(before, at('team=b', 'app=api http=8080'))).toEqual([
      'removed Pod shop/web -> Pod shop/api: TCP 8080 > No Connections (labels of Namespace shop: team=a → team=b)',
    ]);
    expect(rows(before, at('team=a', 'app=api http=9090'))).toEqual([
      'changed Pod shop/web -> Pod shop/api: TCP 8080 > TCP 9090 (named ports of Pod shop/api changed)',
    ]);
    expect(rows(before, at('team=a', 'app=apis http=8080'))).toEqual([
      'changed Pod shop/web -> Pod shop/api: TCP 8080 > All Connections (labels of Pod shop/api: app=api → app=apis)',
    ]);
  });

  it('tells who is there in one state only, also without connections', () => {
    const alone: PolicySpecs = { 'lab/p': { podSelector: {}, policyTypes: ['Ingress', 'Egress'] } };
    const { result, summary } = ask(cluster('shop/web app=web', alone), cluster('shop/web app=web\nshop/api\nlab/new', alone));
    expect(result.onlyAfter).toEqual(['Pod lab/new', 'Pod shop/api']);
    expect(result.connections.map(({ from, to, info }) => `${from} ${to} ${info ?? ''}`)).toEqual([
      'Pod shop/api Pod shop/web Pod shop/api added',
      'Pod shop/web Pod shop/api Pod shop/api added',
    ]);
    expect(summary).toBe('connections by workload: 2 added; new: Pod lab/new, Pod shop/api');
  });

  it('cuts ranges to common boundaries and joins what differs alike', () => {
    const from = (...blocks: readonly (readonly [string, number])[]): PolicySpecs => ({
      'shop/p': { podSelector: {}, ingress: blocks.map(([cidr, port]) => ({ from: [{ ipBlock: { cidr } }], ports: [{ port }] })) },
    });
    const asked = { external: true, to: 'shop/web' };
    const wide = cluster('shop/web', from(['10.0.0.0/8', 80]));
    const halves = cluster('shop/web', from(['10.0.0.0/9', 80], ['10.128.0.0/9', 80]));
    expect(rows(wide, halves, asked)).toEqual([]);
    const changed = cluster('shop/web', from(['10.0.0.0/9', 80], ['10.128.0.0/10', 443], ['10.192.0.0/10', 443], ['11.0.0.0/8', 80]));
    expect(rows(wide, changed, asked)).toEqual([
      'changed 10.128.0.0/9 -> Pod shop/web: TCP 80 > TCP 443 (NetworkPolicy shop/p changed)',
      'added 11.0.0.0/8 -> Pod shop/web: No Connections > TCP 80 (NetworkPolicy shop/p changed)',
    ]);
  });

  it('says that a plugin enforces nothing, and compares what policies say all the same', () => {
    const idle = (policies: PolicySpecs) => policyCluster(CLUSTER, policies, { policy: { enforcement: 'none' } });
    const { result, warnings } = ask(idle({}), idle(toApi(80)));
    expect(result.changed).toBe(1);
    expect(warnings.map(({ code }) => code)).toEqual(['NOT_ENFORCED']);
  });
});
