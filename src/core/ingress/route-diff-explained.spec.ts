import { describe, expect, it } from 'vitest';
import { backend, gateway, httpRoute, listener, rule } from '../../../test/support/gateway-cluster.js';
import { ingressCluster } from '../../../test/support/ingress-cluster.js';
import { modelOf } from '../../../test/support/model.js';
import { classSide, diffRoutes, gatewaySide } from '../../../test/support/route-diff.js';

const between = (rules: string) => {
  const model = modelOf(ingressCluster(rules));
  return diffRoutes({ a: model, b: model }, { a: classSide('ingress-nginx'), b: classSide('nginx-f5') });
};

describe('what a difference leads to', () => {
  it('tells why the rule that comes nearest is not taken (`validateIngressSpec` of nginx/kubernetes-ingress internal/k8s/validation.go: a host is required)', () => {
    const { evidence } = between('a : any Prefix / -> w');
    const [first] = evidence.filter(({ reason }) => reason === 'DIFFERENCE');
    const steps = evidence.filter(({ parent }) => parent === first?.id);
    expect(steps.map(({ message, object }) => [message.split(':', 1)[0], object?.name])).toEqual([
      ['PATH_SELECTED', 'a'],
      ['INGRESS_REFUSED', 'a'],
      ['NOT_FOUND', undefined],
    ]);
  });
});

describe('sides without rules', () => {
  const codes = ({ warnings }: ReturnType<typeof between>) => warnings.map(({ code }) => code);

  it('are alike, with the warning that nothing was compared', () => {
    const answer = between('a#other : foo.com Prefix / -> w ; b : foo.com whole'.replaceAll(' ; ', '\n'));
    expect(answer.verdict).toBe('EQUIVALENT');
    expect(codes(answer)).toContain('NOTHING_COMPARED');
    expect(answer.summary).toContain('nothing was compared');
  });

  it('are Gateways without routes, too', () => {
    const model = modelOf(gateway([listener('web')]));
    const answer = diffRoutes({ a: model, b: model }, { a: gatewaySide('gateway-api'), b: gatewaySide('envoy-gateway') });
    expect([answer.verdict, ...codes(answer)]).toEqual(['EQUIVALENT', 'NOTHING_COMPARED']);
  });

  // `GatewayClassSpec.ControllerName`: the class names who serves a Gateway
  it('that nobody serves are neither alike nor different: their class does not exist', () => {
    const [, ...withoutClass] = gateway([listener('web')]);
    const models = { a: modelOf([...withoutClass, httpRoute('r', [rule({}, 'w')])]), b: modelOf(gateway([listener('web')])) };
    const diff = (b: 'a' | 'b') => diffRoutes({ a: models.a, b: models[b] }, { a: gatewaySide(), b: gatewaySide() });
    const shown = (b: 'a' | 'b') => [diff(b).verdict, ...diff(b).result.doubts.map(({ code, count }) => `${code} ${count}`)];
    expect(shown('a')).toEqual(['UNKNOWN', 'NOT_SERVED 2']);
    expect(shown('b')).toEqual(['UNKNOWN', 'NOT_SERVED 1']);
    expect(diff('a').summary).toContain('its class does not exist');
    const served = modelOf([...gateway([listener('web')]), ...backend('w'), httpRoute('r', [rule({}, 'w')])]);
    expect(diffRoutes({ a: models.a, b: served }, { a: gatewaySide(), b: gatewaySide() }).verdict).toBe('DIFFERENT');
  });

  it('are none where a rule serves requests, or only one side has any', () => {
    expect(codes(between('a : foo.com Prefix / -> w'))).not.toContain('NOTHING_COMPARED');
    expect(codes(between('a : default -> w'))).not.toContain('NOTHING_COMPARED');
  });
});
