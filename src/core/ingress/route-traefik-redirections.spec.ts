import { describe, expect, it } from 'vitest';
import { modelOf } from '../../../test/support/model.js';
import { lintRoutes } from '../../../test/support/route-lint.js';
import {
  askTraefik,
  ingressRoute,
  to,
  TRAEFIK_SERVICES,
  traefikLine,
  traefikObject,
  type TraefikSettings,
} from '../../../test/support/traefik.js';

const at = (name: string, value: string | boolean): TraefikSettings => ({
  [`entryPoints.web.http.redirections.entryPoint.${name}`]: value,
});
const TO_443 = at('to', ':443');
const ROUTES = [
  ingressRoute('r', to('Host(`foo.com`)', 'a'), to('Host(`foo.com`) && PathPrefix(`/.well-known/`)', 'b', { priority: 1000 })),
];

/** traefik/traefik `pkg/provider/traefik/internal.go`, `redirection`, and `RedirectEntryPoint.SetDefaults` of `pkg/config/static/entrypoints.go`. */
describe('an entry point that redirects', () => {
  it.each<[settings: TraefikSettings, url: string, method: string, expected: string]>([
    [{}, 'http://foo.com/x', 'GET', 'ROUTED a=1'],
    [TO_443, 'http://foo.com/x?y', 'GET', 'REDIRECTED 301 https://foo.com/x?y'],
    [TO_443, 'http://foo.com/x', 'POST', 'REDIRECTED 308 https://foo.com/x'],
    [TO_443, 'http://nobody.com/', 'GET', 'REDIRECTED 301 https://nobody.com/'],
    [TO_443, 'http://foo.com/.well-known/x', 'GET', 'REDIRECTED 301 https://foo.com/.well-known/x'],
    [TO_443, 'https://foo.com/x', 'GET', 'ROUTED a=1'],
    [at('to', ':8443'), 'http://foo.com/', 'GET', 'REDIRECTED 301 https://foo.com:8443/'],
    [
      { ...at('to', 'websecure'), 'entryPoints.websecure.address': ':8443/tcp' },
      'http://foo.com/',
      'GET',
      'REDIRECTED 301 https://foo.com:8443/',
    ],
    [{ ...TO_443, ...at('permanent', false) }, 'http://foo.com/', 'GET', 'REDIRECTED 302 https://foo.com/'],
    [{ ...TO_443, ...at('priority', '100') }, 'http://foo.com/.well-known/x', 'GET', 'ROUTED b=1'],
    [{ ...TO_443, ...at('priority', '100') }, 'http://foo.com/x', 'GET', 'REDIRECTED 301 https://foo.com/x'],
    [{ ...TO_443, ...at('priority', '1') }, 'http://foo.com/x', 'GET', 'ROUTED a=1'],
    [{ ...TO_443, ...at('priority', '1') }, 'http://nobody.com/', 'GET', 'REDIRECTED 301 https://nobody.com/'],
  ])('by %j: %s, %s: %s', (settings, url, method, expected) => {
    expect(traefikLine(ROUTES, url, { method }, settings)).toBe(expected);
  });

  /** What `redirectScheme` lets by goes to `noop@internal`: `http.StatusTeapot` (`pkg/server/service/internalhandler.go`). */
  it('answers 418 where a proxy that it believes says https already', () => {
    const trusting = { ...TO_443, 'entryPoints.web.forwardedHeaders.insecure': true };
    expect(traefikLine(ROUTES, 'http://foo.com/', { headers: [['X-Forwarded-Proto', 'https']] }, trusting)).toBe('REFUSED 418');
  });

  it('leaves routers that listen nowhere else unreachable', () => {
    const only = (entryPoints: string[]) => traefikObject('IngressRoute', 'r', { entryPoints, routes: [to('Host(`foo.com`)', 'a')] });
    const lint = (entryPoints: string[], options: TraefikSettings) =>
      lintRoutes(
        modelOf([...TRAEFIK_SERVICES, only(entryPoints)], {
          ingress: { controllers: [{ class: 'traefik', dialect: 'traefik', options }] },
        }),
        {
          class: 'traefik',
        },
      ).rules.map(({ state }) => state);
    expect(lint(['web'], TO_443)).toEqual(['unreachable']);
    expect(lint(['web'], { ...TO_443, ...at('priority', '1') })).toEqual(['live']);
    expect(lint(['web', 'websecure'], TO_443)).toEqual(['live']);
    expect(lint(['web'], {})).toEqual(['live']);
  });

  it('tells each router why it does not serve', () => {
    const { summary, result } = askTraefik(ROUTES, 'http://foo.com/x', {}, { ...TO_443, ...at('priority', '100') });
    expect(summary).toContain('http://foo.com/x → the redirection of the entry point `web` → 301 to https://foo.com/x');
    expect(result.candidates.map(({ pointer, outcome, reason, own, other }) => [pointer, outcome, reason, own, other])).toEqual([
      ['/spec/routes/1', 'no-match', 'RULE_NO_MATCH', expect.any(String), expect.any(String)],
      ['/spec/routes/0', 'lost', 'LOWER_PRIORITY', '15', '100'],
    ]);
  });
});
