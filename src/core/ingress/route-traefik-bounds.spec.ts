import { describe, expect, it } from 'vitest';
import { modelOf } from '../../../test/support/model.js';
import { lintRoutes } from '../../../test/support/route-lint.js';
import { askTraefik, ingressRoute, to, TRAEFIK_SERVICES, traefikLine, traefikObject } from '../../../test/support/traefik.js';
import type { JsonObject } from '../kernel/json.js';

const URL = 'http://foo.com/';
const middleware = (name: string, spec: JsonObject) => traefikObject('Middleware', name, spec);
const service = (name: string, ...names: string[]) =>
  traefikObject('TraefikService', name, { weighted: { services: names.map((one) => ({ name: one, kind: 'TraefikService' })) } });
const behind = (...middlewares: string[]) =>
  ingressRoute('r', to('Host(`foo.com`)', 'a', { middlewares: middlewares.map((name) => ({ name })) }));
const toService = { match: 'Host(`foo.com`)', services: [{ name: 's0', kind: 'TraefikService' }] };

/** Work on objects of strangers is bounded; what lies behind the bound is told, not guessed. */
describe('objects of Traefik that multiply', () => {
  it('are chains that name one another twice', () => {
    const chain = (index: number) =>
      middleware(`m${index}`, { chain: { middlewares: [{ name: `m${index + 1}` }, { name: `m${index + 1}` }] } });
    const chains = Array.from({ length: 40 }, (_, index) => chain(index));
    const answer = askTraefik([behind('m0'), ...chains, middleware('m40', { chain: { middlewares: [] } })], URL);
    expect(answer.verdict).toBe('UNDEFINED');
    expect(answer.result.unspecified).toMatchObject([{ code: 'MIDDLEWARE_NOT_EVALUATED' }]);
  });

  it('are TraefikServices that name one another twice', () => {
    const services = Array.from({ length: 40 }, (_, index) => service(`s${index}`, `s${index + 1}`, `s${index + 1}`));
    const last = traefikObject('TraefikService', 's40', { weighted: { services: [{ name: 'a', port: 80 }] } });
    const answer = askTraefik([ingressRoute('r', toService), ...services, last], URL);
    expect(answer.verdict).toBe('UNDEFINED');
    expect(answer.result.unspecified).toMatchObject([{ code: 'SERVICE_NOT_KNOWN' }]);
  });

  // `BuildChain` of `pkg/server/middleware/middlewares.go` and `recursion` of `pkg/server/service/service.go`: both are errors, and there is no router.
  it('are cycles, of which Traefik makes no router', () => {
    const ring = [
      middleware('m0', { chain: { middlewares: [{ name: 'm1' }] } }),
      middleware('m1', { chain: { middlewares: [{ name: 'm0' }] } }),
    ];
    expect(traefikLine([behind('m0'), ...ring], URL)).toBe('NOT_FOUND 404');
    expect(traefikLine([ingressRoute('r', toService), service('s0', 's1'), service('s1', 's0')], URL)).toBe('NOT_FOUND 404');
  });

  it('are thousands of middlewares of one router', () => {
    const names = Array.from({ length: 3000 }, (_, index) => `m${index}`);
    const all = names.map((name) => middleware(name, { addPrefix: { prefix: '/x' } }));
    expect(traefikLine([behind(...names), ...all], URL)).toBe('UNDEFINED');
    const few = askTraefik([behind(...names.slice(0, 900)), ...all], URL);
    expect(few.result.forwarded?.path).toBe(`${'/x'.repeat(900)}/`);
  });

  it('are rules as long as may be, and many of them', () => {
    const long = (end: string) => `${'Path(`/`) || '.repeat(760)}Path(\`/${end}\`)`;
    const rules = Array.from({ length: 60 }, (_, index) => to(long(String(index)), 'a'));
    const { states } = lintRoutes(modelOf([...TRAEFIK_SERVICES, ingressRoute('r', ...rules)]));
    expect(states).toMatchObject({ undecided: 60 });
    const deep = `${'('.repeat(200)}Path(\`/\`)${')'.repeat(200)}`;
    expect(askTraefik([ingressRoute('r', to(deep, 'a'))], URL).result.candidates).toMatchObject([{ reason: 'RULE_REFUSED' }]);
  });

  // A sentence names a rule, and a rule may have any length.
  it('are long rules and requests in every sentence about them', () => {
    const long = (last: number) =>
      `Host(\`foo.com\`) && (${Array.from({ length: 500 }, (_, index) => `Path(\`/${index}\`)`).join(' || ')} || Path(\`/${last}\`))`;
    const texts = Array.from({ length: 20 }, (_, index) => long(1000 + index));
    const answer = askTraefik([ingressRoute('r', ...texts.map((text) => to(text, 'a')))], `http://foo.com/${'x'.repeat(4000)}`);
    for (const { message } of [...answer.evidence, ...answer.result.nearMisses]) expect(message.length).toBeLessThan(1000);
    const brief = (text: string) => `${text.slice(0, 160)}… (${text.length} characters)`;
    expect(answer.result.candidates.map(({ own }) => own)).toEqual(texts.map(brief));
  });

  const wide = (end: (index: number) => string) =>
    Array.from({ length: 400 }, (_, index) => to(`Host(\`foo.com\`) && ${'PathPrefix(`/`) && '.repeat(100)}${end(index)}`, 'a'));

  it('are wide rules of one host, of which the paths tell who may take what', () => {
    const { states } = lintRoutes(modelOf([...TRAEFIK_SERVICES, ingressRoute('r', ...wide((index) => `Path(\`/${index}\`)`))]));
    expect(states).toMatchObject({ rules: 400, live: 400 });
  });

  it('are wide rules of one host that have to be compared with each other', () => {
    const { states, findings } = lintRoutes(
      modelOf([...TRAEFIK_SERVICES, ingressRoute('r', ...wide((index) => `Header(\`n\`, \`${index}\`)`))]),
    );
    expect(states).toMatchObject({ rules: 400, shadowed: 0, unreachable: 0 });
    expect(findings.map(({ message }) => message)).toContain('there are too many rules to compare all of them');
  });
});
