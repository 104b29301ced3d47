import { describe, expect, it } from 'vitest';
import { askOver } from '../../../test/support/ask-over.js';
import type { KubernetesObject } from '../../core/resources/kubernetes-object.js';
import { pathQuestion } from '../dataplane/path.js';
import { resolveNameQuestion } from '../dns/resolve-name.js';
import { ipCapacityQuestion } from '../ipam/ip-capacity.js';
import { ipOwnerQuestion } from '../ipam/ip-owner.js';
import { QUESTIONS } from '../questions/registry.js';
import { serviceEndpointsQuestion } from '../services/service-endpoints.js';

const node = (name: string, address: string, podCIDR: string): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name },
  spec: { podCIDR, podCIDRs: [podCIDR] },
  status: { addresses: [{ type: 'InternalIP', address }] },
});

const NODES = [node('a', '192.168.0.1', '10.244.1.0/24'), node('b', '192.168.0.2', '10.244.2.0/24')];
const PROFILE = { podCIDRs: ['10.244.0.0/16'], serviceCIDRs: ['10.96.0.0/24'], cni: { plugin: 'flannel', mode: 'vxlan' } } as const;

/** https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#creating-a-deployment: `.spec.replicas` pods, with the labels of the template. */
const deployment = (replicas: number): KubernetesObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { namespace: 'shop', name: 'web' },
  spec: {
    replicas,
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'i', ports: [{ containerPort: 80 }] }] } },
  },
});

const SERVICE: KubernetesObject = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { namespace: 'shop', name: 'web' },
  spec: { selector: { app: 'web' }, ports: [{ port: 80 }], clusterIP: '10.96.0.7' },
};

const text = (...objects: readonly object[]) => objects.map((object) => JSON.stringify(object)).join('\n---\n');
const APPLIED = text(deployment(3), SERVICE);

async function envelope(objects: readonly KubernetesObject[], ...asked: Parameters<ReturnType<typeof askOver>>) {
  const answer = await askOver(objects, PROFILE)(...asked);
  if (!answer.ok) throw new Error(answer.error.message);
  return answer.value.envelope;
}

describe('a state as it would be', () => {
  it('can be asked of by every question that looks at objects', () => {
    const without = QUESTIONS.filter(({ input }) => !('apply' in input.shape && 'delete' in input.shape)).map(({ name }) => name);
    expect(without).toEqual(['traefik-rule']);
  });

  it('is told with the question, where something is supposed and only there', async () => {
    const asked = { ip: '10.96.0.7' };
    expect((await envelope(NODES, ipOwnerQuestion, asked)).question).not.toHaveProperty('apply');
    const { question, warnings } = await envelope(NODES, ipOwnerQuestion, { ...asked, apply: APPLIED });
    expect(question).toMatchObject({ ip: '10.96.0.7', apply: APPLIED, delete: null });
    expect(warnings).toContainEqual(expect.objectContaining({ code: 'WHAT_IF' }));
  });

  // A signal for each request took a tenth of what a remembered answer costs.
  it('alone is worth a signal of clients that leave', async () => {
    let made = 0;
    const ask = askOver(NODES, PROFILE, () => (made++, new AbortController().signal));
    await ask(ipOwnerQuestion, { ip: '10.96.0.7' });
    const before = made;
    await ask(ipOwnerQuestion, { ip: '10.96.0.7', apply: APPLIED });
    expect([before, made]).toEqual([0, 1]);
  });

  /** https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/#services: `my-svc.my-namespace.svc.cluster-domain.example` resolves to the cluster IP. */
  it('has names of services that are applied', async () => {
    const { result } = await envelope(NODES, resolveNameQuestion, { name: 'web.shop.svc.cluster.local', apply: APPLIED });
    expect(JSON.stringify(result)).toContain('10.96.0.7');
  });

  it('has their owners of addresses', async () => {
    const { result } = await envelope(NODES, ipOwnerQuestion, { ip: '10.96.0.7', apply: APPLIED });
    expect(JSON.stringify(result)).toContain('"name":"web"');
  });

  it('has the pods of a workload, with nodes, addresses and endpoints', async () => {
    const { result } = await envelope(NODES, serviceEndpointsQuestion, { service: 'svc/shop/web', apply: APPLIED });
    const addresses = JSON.stringify(result).match(/"10\.244\.[12]\.\d+/g) ?? [];
    expect(new Set(addresses).size).toBe(3);
  });

  it('has less room than the one that is', async () => {
    const room = async (more: object) => {
      const { result } = await envelope(NODES, ipCapacityQuestion, { pool: 'services.10.96.0.0_24', ...more });
      return JSON.stringify(result);
    };
    expect(await room({})).not.toBe(await room({ apply: APPLIED }));
  });

  it('has ways of packets to pods that are not there', async () => {
    const asked = { from: 'node/a', to: 'deploy/shop/web', port: '80' };
    await expect(envelope(NODES, pathQuestion, asked)).rejects.toThrow('shop');
    const { verdict } = await envelope(NODES, pathQuestion, { ...asked, apply: APPLIED });
    expect(verdict).toBe('DELIVERED');
  });
});
