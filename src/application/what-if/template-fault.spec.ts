import { describe, expect, it } from 'vitest';
import { askOver } from '../../../test/support/ask-over.js';
import type { KubernetesObject } from '../../core/resources/kubernetes-object.js';
import { ipOwnerQuestion } from '../ipam/ip-owner.js';

const object = (apiVersion: string, kind: string, name: string, spec: object): KubernetesObject => ({
  apiVersion,
  kind,
  metadata: { name, namespace: 'shop' },
  spec: { ...spec },
});
const WEB = object('v1', 'Service', 'web', { ports: [{ port: 80 }] });
const workload = (kind: string, labels: object) =>
  object('apps/v1', kind, 'web', {
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'i' }] } },
  });

async function asked(applied: KubernetesObject, gone: readonly string[] = []) {
  const supposed = { apply: JSON.stringify(applied), ...(gone.length === 0 ? {} : { delete: gone }) };
  return askOver([WEB])(ipOwnerQuestion, { ip: '10.0.0.1', ...supposed });
}

describe('a template without the labels that its selector asks for', () => {
  it.each(['Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet'])(
    'is refused of a %s (kubernetes/pkg/apis/apps/validation)',
    async (kind) => {
      const refused = await asked(workload(kind, { app: 'wbe' }));
      expect(refused.ok || refused.error.message).toContain(
        `would refuse \`${kind} shop/web\`: \`/spec/template/metadata/labels\`: \`selector\` does not match template \`labels\``,
      );
      expect((await asked(workload(kind, { app: 'web', tier: 'a' }))).ok).toBe(true);
    },
  );
});

describe('what an answer says of the supposed state', () => {
  it('names kinds that change no answer', async () => {
    const note = async (applied: KubernetesObject) => {
      const answer = await asked(applied);
      return answer.ok && answer.value.envelope.warnings.find(({ code }) => code === 'WHAT_IF')?.message;
    };
    expect(await note(object('example.org/v1', 'Widget', 'w', {}))).toContain('`Widget.example.org` is not modelled');
    expect(await note(WEB)).not.toContain('not modelled');
  });
});

describe('an object to be gone that is named without its namespace', () => {
  it('is not there, and the problem names the one that may be meant', async () => {
    const refused = await asked(WEB, ['Service web']);
    expect(refused).toMatchObject({ error: { kind: 'unknown-object', hint: 'did you mean `Service shop/web`?' } });
  });
});
