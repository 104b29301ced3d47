import { describe, expect, it } from 'vitest';
import { routeNginx } from '../../../test/support/ask-ingress-nginx.js';
import { askGateway, backend, gateway, httpRoute, listener } from '../../../test/support/gateway-cluster.js';
import { modelOf } from '../../../test/support/model.js';
import { withPick } from './route-pick.js';

const CANARY = { c: { canary: 'true', 'canary-weight': '30' } };
const canaried = () => routeNginx('m : foo.com Prefix / -> main ; c : foo.com Prefix / -> next', CANARY, 'http://foo.com/');
const SEEDS = Array.from({ length: 2000 }, (_, index) => String(index));

describe('a backend drawn by lot', () => {
  it('is the same for the same seed, and explains itself', () => {
    const first = withPick(canaried(), '7');
    expect(first).toEqual(withPick(canaried(), '7'));
    expect(first.result.backends.map(({ share }) => share)).toEqual([0.7, 0.3]);
    const step = first.evidence.at(-1);
    expect(step).toMatchObject({ id: first.evidence.length, stage: 'pick', reason: 'BACKEND_DRAWN' });
    expect(step?.message).toMatch(
      /^seed `7` draws 0\.\d+ of the requests, which falls to t\/(main:80 \(0 to 0\.7\)|next:80 \(0\.7 to 1\)), and /,
    );
  });

  it('is each of them about as often as its share has it', () => {
    const answer = canaried();
    const picked = SEEDS.filter((seed) => withPick(answer, seed).result.pick?.service === 'next');
    expect(picked.length / SEEDS.length).toBeGreaterThan(0.27);
    expect(picked.length / SEEDS.length).toBeLessThan(0.33);
  });

  /** Rule G25: "an invalid backend keeps its share and answers 500 for it". */
  it('is none for the part of the requests that no backend can serve', () => {
    const rule = {
      backendRefs: [
        { name: 'web', port: 80 },
        { name: 'gone', port: 80 },
      ],
    };
    const answer = askGateway(
      modelOf([...gateway([listener('http')]), ...backend('web'), httpRoute('r', [rule])]),
      'http://a.example.com/',
    );
    const picks = SEEDS.map((seed) => withPick(answer, seed).result.pick);
    const failed = picks.filter((pick) => pick?.status === 500);
    expect(failed.length).toBeGreaterThan(850);
    expect(failed.length).toBeLessThan(1150);
    expect(failed.every((pick) => pick?.service === null && pick.endpoint === null)).toBe(true);
    // `TCPRouteRule.BackendRefs`: connections are rejected
    const closed = SEEDS.map((seed) => withPick(answer, seed, true)).filter(({ result }) => result.pick?.service === null);
    expect(closed.length).toBe(failed.length);
    expect(closed[0]?.result.pick?.status).toBeNull();
    expect(closed[0]?.evidence.at(-1)?.message).toContain('the connection is closed');
  });

  it('draws every endpoint, and nothing where nobody gets the request', () => {
    const answer = canaried();
    const endpoints = ['10.0.0.1', '10.0.0.2', '10.0.0.3'].map((address) => ({ address, port: 80, pod: null, node: null }));
    const [only] = answer.result.backends;
    const several = { ...answer, result: { ...answer.result, backends: only ? [{ ...only, share: 1, endpoints }] : [] } };
    expect(new Set(SEEDS.map((seed) => withPick(several, seed).result.pick?.endpoint?.address)).size).toBe(3);
    const nobody = routeNginx('a : foo.com Prefix / -> s', {}, 'http://bar.com/');
    expect(withPick(nobody, '1').result.pick).toBeNull();
  });
});
