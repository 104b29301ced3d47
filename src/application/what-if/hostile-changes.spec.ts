import { describe, expect, it } from 'vitest';
import { askOver } from '../../../test/support/ask-over.js';
import { ipOwnerQuestion } from '../ipam/ip-owner.js';

const ask = askOver([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } }]);

async function problem(more: object) {
  const answer = await ask(ipOwnerQuestion, { ip: '10.0.0.1', ...more });
  return answer.ok ? 'taken' : answer.error;
}

const refused = (pointer: string, code: string) => ({ kind: 'invalid-request', errors: [{ pointer, code }] });
const named = (name: string) => JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'shop' } });

describe('a change that is meant to harm', () => {
  it('is refused with more objects than are supposed at once', async () => {
    const objects = Array.from({ length: 1001 }, (_, index) => named(`c${index}`));
    expect(await problem({ apply: objects.join('\n---\n') })).toMatchObject(refused('/apply', 'too-many'));
    expect(await problem({ apply: objects.slice(1).join('\n---\n') })).toBe('taken');
  });

  it.each([
    ['lists', '['.repeat(100_000)],
    ['members', '{a: '.repeat(50_000)],
    ['lines', Array.from({ length: 500 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')],
  ])('is refused where %s nest too deep', async (_, apply) => {
    expect(await problem({ apply })).toMatchObject({ kind: 'invalid-request', errors: [{ pointer: '/apply' }] });
  });

  it('changes no object of JavaScript', async () => {
    const own = '{"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web", "namespace": "shop", "__proto__": {"polluted": 1}},';
    for (const spec of [
      '{"__proto__": {"polluted": 1}, "ports": [{"port": 80}]}',
      '{"selector": {"__proto__": "polluted"}, "ports": [{"port": 80}]}',
    ])
      await problem({ apply: `${own} "spec": ${spec}}` });
    expect({}).not.toHaveProperty('polluted');
    expect(await problem({ delete: ['__proto__ x'] })).toMatchObject(refused('/delete', 'invalid-name'));
    expect(await problem({ delete: ['constructor shop/x'] })).toMatchObject({ kind: 'unknown-object' });
  });
});
