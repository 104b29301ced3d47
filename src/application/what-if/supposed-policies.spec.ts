import { describe, expect, it } from 'vitest';
import { askOver, writeOver } from '../../../test/support/ask-over.js';
import type { KubernetesObject } from '../../core/resources/kubernetes-object.js';
import { connectivityDiffQuestion } from '../policy/connectivity-diff.js';
import { policyLintQuestion } from '../policy/policy-lint.js';
import { policyVerdictQuestion } from '../policy/policy-verdict.js';
import { reachabilityQuestion } from '../policy/reachability.js';
import { traceQuestion } from '../trace/trace.js';

const pod = (name: string, podIP: string): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { namespace: 'shop', name, labels: { app: name } },
  spec: { nodeName: 'n', containers: [{ name: 'c', image: 'i', ports: [{ containerPort: 80 }] }] },
  status: { phase: 'Running', podIP, podIPs: [{ ip: podIP }], conditions: [{ type: 'Ready', status: 'True' }] },
});

const policy = (name: string, spec: object) =>
  ({ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { namespace: 'shop', name }, spec }) as KubernetesObject;

/** https://kubernetes.io/docs/concepts/services-networking/network-policies/#default-deny-all-ingress-traffic: "isolates" every pod of its namespace for ingress. */
const DENY_INGRESS = policy('default-deny-ingress', { podSelector: {}, policyTypes: ['Ingress'] });
/** …/#default-deny-all-egress-traffic: "all pods … will not be allowed egress traffic", DNS among it. */
const DENY_EGRESS = policy('default-deny-egress', { podSelector: {}, policyTypes: ['Egress'] });
/** …/#the-two-sorts-of-pod-isolation: "the allowed connections … are those allowed by the `ingress` list of some NetworkPolicy": policies add up. */
const WEB_TO_API = policy('api-from-web', {
  podSelector: { matchLabels: { app: 'api' } },
  ingress: [{ from: [{ podSelector: { matchLabels: { app: 'web' } } }] }],
});

const PODS = [pod('web', '10.1.0.1'), pod('api', '10.1.0.2')];
const ENFORCED = { policy: { enforcement: 'on' } } as const;
const yaml = (...objects: readonly object[]) => objects.map((object) => JSON.stringify(object)).join('\n---\n');
const WEB_API = { from: 'pod/shop/web', to: 'pod/shop/api', port: '80' };

async function envelope(objects: readonly KubernetesObject[], ...asked: Parameters<ReturnType<typeof askOver>>) {
  const answer = await askOver(objects, ENFORCED)(...asked);
  if (!answer.ok) throw new Error(answer.error.message);
  return answer.value.envelope;
}

describe('policies as they would be', () => {
  it('take connections away, which the difference to the state that is asked tells with its cause', async () => {
    const asked = { from: 'ns/shop', to: 'ns/shop', level: 'pod', apply: yaml(DENY_INGRESS) };
    const { verdict, question, result, warnings } = await envelope(PODS, connectivityDiffQuestion, asked);
    expect(verdict).toBe('DIFFERENT');
    expect(question).toMatchObject({ since: 1, apply: asked.apply, delete: null });
    expect(result).toMatchObject({ added: 0, removed: 2, changed: 0 });
    const { connections } = result as { readonly connections: readonly object[] };
    expect(connections).toContainEqual(
      expect.objectContaining({ change: 'removed', to: 'Pod shop/api', causes: ['NetworkPolicy shop/default-deny-ingress added'] }),
    );
    expect(warnings).toContainEqual(expect.objectContaining({ code: 'WHAT_IF' }));
  });

  it('are written as a table too', async () => {
    const table = await writeOver(PODS, ENFORCED)(connectivityDiffQuestion, { level: 'pod', apply: yaml(DENY_INGRESS) }, 'csv');
    expect(table).toContain('removed,Pod shop/web,Pod shop/api');
    const gone = await writeOver([...PODS, DENY_INGRESS], ENFORCED)(
      reachabilityQuestion,
      { ...WEB_API, delete: ['NetworkPolicy shop/default-deny-ingress'] },
      'csv',
    );
    expect(gone).toContain('shop/web');
  });

  it('decide a verdict, and who can reach a workload', async () => {
    const stored = [...PODS, DENY_INGRESS];
    expect(await envelope(stored, policyVerdictQuestion, WEB_API)).toMatchObject({ verdict: 'DENIED' });
    const allowed = await envelope(stored, policyVerdictQuestion, { ...WEB_API, apply: yaml(WEB_TO_API) });
    expect(allowed).toMatchObject({ verdict: 'ALLOWED', question: { apply: yaml(WEB_TO_API) } });
    expect(
      await envelope(stored, policyVerdictQuestion, { ...WEB_API, delete: ['NetworkPolicy shop/default-deny-ingress'] }),
    ).toMatchObject({
      verdict: 'ALLOWED',
    });
    const reached = await envelope(stored, reachabilityQuestion, { ...WEB_API, apply: yaml(WEB_TO_API) });
    expect(reached).toMatchObject({ verdict: 'REACHABLE' });
  });

  it('are linted before they are applied', async () => {
    const lint = (more: object) => envelope(PODS, policyLintQuestion, { code: ['POL-EGRESS-NO-DNS'], ...more });
    expect((await lint({})).result).toMatchObject({ findings: [] });
    expect((await lint({ apply: yaml(DENY_EGRESS) })).result).toMatchObject({
      findings: [{ code: 'POL-EGRESS-NO-DNS', object: { name: 'default-deny-egress' } }],
    });
  });

  it('keep a request from its way', async () => {
    const to = { from: 'pod/shop/web', to: 'pod/shop/api', port: '80' };
    expect(await envelope(PODS, traceQuestion, to)).toMatchObject({ verdict: 'CONNECTS' });
    expect(await envelope(PODS, traceQuestion, { ...to, apply: yaml(DENY_INGRESS) })).toMatchObject({ verdict: 'BLOCKED_BY_POLICY' });
  });

  it('of a question that supposes nothing are not told of', async () => {
    expect((await envelope(PODS, policyVerdictQuestion, WEB_API)).question).not.toHaveProperty('apply');
  });
});
