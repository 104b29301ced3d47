import { describe, expect, it } from 'vitest';
import { judgedRows, policyCluster, type PolicySpecs, rowsOf } from '../../../test/support/policy-cluster.js';
import type { ProfileSettings } from '../model/profile-settings.js';

/** Sentences in quotes are those of kubernetes/api `networking/v1/types.go` and of the Kubernetes documentation, "Network Policies". */
const CLUSTER = `
  ns shop team=red
  ns data team=blue
  ns ops
  shop/web app=web tier=front http=8080 @10.0.1.1
  shop/api app=api tier=back http=9090 dns=53/UDP @10.0.1.2
  data/db app=db tier=back http=5432 @10.0.2.1
  ops/tool app=tool @10.0.3.1
`;
const SETTINGS: ProfileSettings = { policy: { hostNetworkPods: 'excluded', loopback: 'allow', ipBlockMatchesPods: true } };

function check(name: string, policies: PolicySpecs, table: string, settings: ProfileSettings = SETTINGS, cluster = CLUSTER): void {
  it(name, () => {
    expect(judgedRows(policyCluster(cluster, policies, settings), table)).toEqual(rowsOf(table));
  });
}

const labels = (app: string) => ({ matchLabels: { app } });

describe('who is exempt', () => {
  const deny: PolicySpecs = { 'shop/deny': { podSelector: {}, policyTypes: ['Ingress', 'Egress'] } };
  check('a pod and itself, where the plugin lets it', deny, 'shop/web -> shop/web:8080 = allow');
  check('or by policy like any other pair', deny, 'shop/web -> shop/web:8080 = deny', { policy: { loopback: 'policy' } });
  /** network-policy-api `site-src/api-overview.md`, The ClusterNetworkPolicy Resource. */
  const everywhere = [{ namespaces: {} }];
  const blocked = { priority: 1, subject: { namespaces: {} }, ingress: [{ action: 'Deny', from: everywhere, protocols: [{ tcp: {} }] }] };
  check(
    'policies of the cluster: not "by its own Pod IP", but through a service "that load-balances back to the same Pod"',
    { ...deny, 'cnp block': { tier: 'Baseline', ...blocked } },
    `
    shop/web -> shop/web:8080 = allow
    shop/web -> svc/shop/web:80 = deny
    shop/api -> svc/shop/api:53 UDP = allow  # what NetworkPolicies do is up to the plugin
    `,
    SETTINGS,
    `${CLUSTER}\nsvc shop/web app=web http=80:8080\nsvc shop/api app=api dns=53:53/UDP`,
  );
  const nodes = `
    node n1 192.168.0.1
    node n2 192.168.0.2
    shop/web app=web @10.0.1.1 on n1
    shop/agent app=agent @192.168.0.1 on n1 host
    shop/other app=agent @192.168.0.2 on n2 host
    shop/done app=web finished
  `;
  check(
    '"traffic from the pod\'s local node is always allowed"',
    deny,
    `
    node/n1 -> shop/web:1 = allow
    node/n2 -> shop/web:1 = deny
    shop/web -> node/n1:1 = deny    # to the node is no exception
    `,
    SETTINGS,
    nodes,
  );
  check('unless the profile says otherwise', deny, 'node/n1 -> shop/web:1 = deny', { policy: { nodeToOwnPod: false } }, nodes);
  check(
    'hostNetwork pods, where they count as their nodes: neither subject nor pod peer',
    { ...deny, 'shop/agents': { podSelector: labels('web'), ingress: [{ from: [{ podSelector: labels('agent') }] }] } },
    `
    shop/other -> shop/web:1 = deny
    shop/agent -> shop/web:1 = allow  # it is on the pod's own node
    shop/web -> shop/agent:1 = deny
    shop/agent -> shop/other:1 = allow
    `,
    SETTINGS,
    nodes,
  );
  check(
    'an ipBlock names them all the same',
    { 'shop/p': { podSelector: labels('web'), ingress: [{ from: [{ ipBlock: { cidr: '192.168.0.2/32' } }] }] } },
    `
    shop/other -> shop/web:1 = allow
    node/n2 -> shop/web:1 = allow
    `,
    SETTINGS,
    nodes,
  );
  check(
    'hostNetwork pods as ordinary pods',
    { 'shop/agents': { podSelector: {}, ingress: [{ from: [{ podSelector: labels('agent') }] }] } },
    `
    shop/other -> shop/web:1 = allow
    shop/web -> shop/agent:1 = deny
    `,
    { policy: { hostNetworkPods: 'as-pods' } },
    nodes,
  );
  check('finished pods are no endpoints', {}, 'shop/done -> shop/web:1 = nothing', SETTINGS, nodes);
  check('unless the profile counts them in', {}, 'shop/done -> shop/web:1 = allow', { policy: { completedPods: 'include' } }, nodes);
  check('addresses outside have no policies', deny, '203.0.113.1 -> 198.51.100.1:443 = allow');
});

describe('behind a service', () => {
  const cluster = `
    ${CLUSTER}
    svc shop/front app=web web=80:http
    svc shop/both tier=back a=81:9090 b=82:53/UDP
    svc shop/none app=nobody web=80:80
  `;
  const only = (port: number): PolicySpecs => ({ 'shop/p': { podSelector: {}, ingress: [{ ports: [{ port }] }] } });
  check(
    'policies are judged on pod and target port, never on the port of the service',
    only(8080),
    'ops/tool -> svc/shop/front:80 = allow\nops/tool -> svc/shop/front:web = allow\nops/tool -> svc/shop/front = allow',
    SETTINGS,
    cluster,
  );
  check('a rule with the port of the service does not admit it', only(80), 'ops/tool -> svc/shop/front:80 = deny', SETTINGS, cluster);
  check(
    'every port of a service, where none is named',
    only(9090),
    'ops/tool -> svc/shop/both = mixed\nops/tool -> svc/shop/both:81 = allow\nops/tool -> svc/shop/both:82 = deny',
    SETTINGS,
    cluster,
  );
  check('without ready endpoints there is nothing to judge', {}, 'ops/tool -> svc/shop/none:80 = nothing', SETTINGS, cluster);
  check(
    'several pods that differ',
    { 'shop/p': { podSelector: labels('api'), ingress: [] } },
    'ops/tool -> ns/shop:8080 = mixed\nns/shop -> data/db:1 = allow',
  );
});
