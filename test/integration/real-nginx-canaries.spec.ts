import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { Agent, type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { route } from '../../src/core/ingress/route.js';
import type { NetworkModel } from '../../src/core/model/network-model.js';
import { requestFor } from '../support/ask-route.js';
import { ingressCluster } from '../support/ingress-cluster.js';
import { modelOf } from '../support/model.js';
import { compareAnswers } from '../support/nginx/compare-answers.js';
import { freePorts, NGINX, runNginx } from '../support/nginx/running-nginx.js';
import { withNginx } from '../support/route-lint.js';

const RULES = 'm : foo.com Prefix / -> main\nc : foo.com Prefix / -> canary';

/** What is installed reads headers that are sent twice as the nginx of the controller before 1.10 does, unless it is 1.23 or later (nginx CHANGES). */
const INSTALLED = NGINX === undefined ? '' : spawnSync(NGINX, ['-v'], { encoding: 'utf8' }).stderr;
const OPTIONS = { version: /nginx\/1\.(?:1?\d|2[0-2])\./.test(INSTALLED) ? '1.9.6' : '1.12.0' };

/** Annotations of a canary, and the maps by which nginx decides the same of its own variables (`balancer.lua`, `route_to_alternative_balancer`). */
const CANARIES = [
  { name: 'plain', annotations: { 'canary-by-header': 'X-Canary', 'canary-by-cookie': 'beta' }, map: 'always canary; never main;' },
  {
    name: 'value',
    annotations: { 'canary-by-header': 'X-Canary', 'canary-by-header-value': 'DoIt', 'canary-by-cookie': 'beta' },
    map: 'DoIt canary;',
  },
  {
    name: 'pattern',
    annotations: { 'canary-by-header': 'X-Canary', 'canary-by-header-pattern': '^v[12]', 'canary-by-cookie': 'beta' },
    map: '~^v[12] canary;',
  },
] as const;

type Canary = (typeof CANARIES)[number];
type Headers = readonly (readonly [string, string])[];

interface Sent {
  readonly canary: Canary;
  readonly headers: Headers;
}

/** The same ones on every run (mulberry32). */
function drawing(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const PIECES = ['beta', 'BETA', 'alpha', 'beta2', '=', '=', ' ', ';', '; ', ',', ', ', 'always', 'never', 'x'] as const;
const VALUES = ['always', 'never', 'DoIt', 'v1', 'v3', 'xv1', ''] as const;

function requests(count: number): readonly Sent[] {
  const draw = drawing(1);
  const oneOf = <T>(list: readonly T[]): T => {
    const item = list[draw(list.length)];
    if (item === undefined) throw new Error('an empty list');
    return item;
  };
  const cookie = () =>
    Array.from({ length: 1 + draw(9) }, () => oneOf(PIECES))
      .join('')
      .trim();
  const several = (name: string, most: number, value: () => string) =>
    Array.from({ length: draw(most + 1) }, () => [name, value()] as const);
  return Array.from({ length: count }, () => ({
    canary: oneOf(CANARIES),
    headers: [...several('X-Canary', 2, () => oneOf(VALUES)), ...several('Cookie', 2, cookie)],
  }));
}

function configuration(port: number): string {
  const maps = CANARIES.map(({ name, map }) => `map $http_x_canary $by_header_${name} { default ""; ${map} }`);
  const locations = CANARIES.map(
    ({ name }) => `location = /${name} { if ($by_header_${name}) { return 200 $by_header_${name}; } return 200 $by_cookie; }`,
  );
  return `daemon off; pid nginx.pid; events {}
http {
  access_log off;
  map $cookie_beta $by_cookie { default main; always canary; }
  ${maps.join('\n  ')}
  server { listen 127.0.0.1:${port}; ${locations.join('\n')} }
}`;
}

const agent = new Agent({ keepAlive: true, maxSockets: 16 });

async function asked(port: number, { canary, headers }: Sent): Promise<string> {
  const raw = ['Host', 'foo.com', ...headers.flat()];
  const outgoing = request({ host: '127.0.0.1', port, path: `/${canary.name}`, headers: raw, agent }).end();
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
  let text = '';
  for await (const part of response.setEncoding('utf8')) text += String(part);
  return `ROUTED ${text}`;
}

describe.skipIf(NGINX === undefined)('canaries by header and cookie, against a real nginx (skipped where none is installed)', () => {
  let nginx: Awaited<ReturnType<typeof runNginx>>;
  let port = 0;
  beforeAll(async () => {
    [port = 0] = await freePorts(1);
    const directory = mkdtempSync(join(tmpdir(), 'portolan-nginx-'));
    writeFileSync(join(directory, 'nginx.conf'), configuration(port));
    nginx = await runNginx(directory, () => asked(port, { canary: CANARIES[0], headers: [] }));
  }, 60_000);
  afterAll(async () => {
    agent.destroy();
    await nginx.stop();
  });

  it('are picked alike', { timeout: 120_000 }, async () => {
    const models = new Map<Canary, NetworkModel>(CANARIES.map((canary) => [canary, modelOfCanary(canary)]));
    const { compared, differences } = await compareAnswers(
      requests(3_000),
      ({ canary, headers }) => routed(models.get(canary), headers),
      async (sent) => asked(port, sent),
    );
    expect(differences.slice(0, 10)).toEqual([]);
    expect(compared).toBeGreaterThanOrEqual(3_000);
  });
});

function modelOfCanary({ annotations }: Canary): NetworkModel {
  const objects = withNginx(ingressCluster(RULES), { c: { canary: 'true', ...annotations } });
  return modelOf(objects, { ingress: { controllers: [{ class: 'c', dialect: 'ingress-nginx', options: OPTIONS }] } });
}

function routed(model: NetworkModel | undefined, headers: Headers): string {
  const answer = model && route(model, { request: { ...requestFor('http://foo.com/'), headers }, class: 'c', dialect: 'ingress-nginx' });
  if (!answer?.ok) throw new Error(answer?.error.message ?? 'no model');
  const { verdict, result } = answer.value;
  return [verdict, ...result.backends.map(({ service }) => service)].join(' ');
}
