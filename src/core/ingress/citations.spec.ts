import { describe, expect, it } from 'vitest';
import { askRoute } from '../../../test/support/ask-route.js';
import { ingressCluster } from '../../../test/support/ingress-cluster.js';
import { modelOf } from '../../../test/support/model.js';
import { routeLintAnswer } from '../../../test/support/route-lint.js';
import type { NetworkModel } from '../model/network-model.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';
import { INGRESS_CLASS_REASONS } from './class-of-ingress.js';
import { GATEWAY_STATUS_REASONS } from './gateway-status-result.js';
import { CITED_BY_CLASS, CITED_BY_LINT, CITED_BY_RULE, CITED_BY_STATUS } from './internal/answer-citations.js';
import { citationsFrom, citationsOf } from './internal/citations.js';
import { conditionRule, type ConditionStage } from './internal/gateway/condition-rule.js';
import { RULE_SOURCES } from './internal/rule-sources.js';
import { DIALECTS, type IngressDialectName } from './route-request.js';
import { ROUTE_LINT_CODE_NAMES } from './route-lint-codes.js';
import { ROUTE_REASONS } from './route-reasons.js';
import { TRAEFIK_RULE_REASONS } from './traefik-rule-result.js';

const CONDITIONS: readonly [kind: string, stage: ConditionStage, type: string, reason: string, expected: string][] = [
  ['GatewayClass', 'object', 'Accepted', 'Accepted', 'G1'],
  ['Gateway', 'object', 'Programmed', 'AddressNotUsable', 'G43'],
  ['Gateway', 'object', 'InsecureFrontendValidationMode', 'ConfigurationChanged', 'G42'],
  ['Gateway', 'listener', 'Conflicted', 'HostnameConflict', 'G3'],
  ['Gateway', 'listener', 'ResolvedRefs', 'InvalidRouteKinds', 'G6'],
  ['Gateway', 'listener', 'ResolvedRefs', 'RefNotPermitted', 'G28'],
  ['Gateway', 'listener', 'OverlappingTLSConfig', 'OverlappingHostnames', 'G47'],
  ['ListenerSet', 'object', 'Accepted', 'NotAllowed', 'G4'],
  ['HTTPRoute', 'parent', 'Accepted', 'NoMatchingParent', 'G7'],
  ['HTTPRoute', 'parent', 'Accepted', 'NotAllowedByListeners', 'G5'],
  ['HTTPRoute', 'parent', 'Accepted', 'NoMatchingListenerHostname', 'G10'],
  ['HTTPRoute', 'parent', 'PartiallyInvalid', 'UnsupportedValue', 'G48'],
  ['BackendTLSPolicy', 'parent', 'Accepted', 'NoValidCACertificate', 'G41'],
];

/** A class of Traefik, beside that of `ingressCluster`, with an Ingress. */
const ANOTHER: readonly KubernetesObject[] = [
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IngressClass',
    metadata: { name: 'other' },
    spec: { controller: 'traefik.io/ingress-controller' },
  },
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: 'z', namespace: 't', creationTimestamp: '2026-01-01T00:00:00Z' },
    spec: {
      ingressClassName: 'other',
      rules: [
        {
          host: 'z.com',
          http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'gone', port: { number: 80 } } } }] },
        },
      ],
    },
  },
];

// That every step of an answer has one, whatever is asked, `test/support/cited.ts` looks at in each test that asks.
describe('the rule of each step', () => {
  it.each(DIALECTS)('is known of every reason, by %s', (dialect) => {
    expect([...citationsOf(dialect).keys()].sort()).toEqual(Object.keys(ROUTE_REASONS).sort());
  });

  it('is one that some reason goes by, and stands at a public address', () => {
    const others = [CITED_BY_CLASS, CITED_BY_LINT, CITED_BY_RULE, CITED_BY_STATUS];
    const tables = DIALECTS.flatMap((dialect) => [citationsOf(dialect), ...others.map((reasons) => citationsFrom(reasons, dialect))]);
    const used = new Set<string>(tables.flatMap((table) => [...table.values()].map(({ rule }) => rule)));
    for (const [kind, stage, type, reason] of CONDITIONS) used.add(conditionRule(kind, stage, { type, reason }));
    expect(Object.keys(RULE_SOURCES).filter((rule) => !used.has(rule))).toEqual([]);
    for (const source of Object.values(RULE_SOURCES)) expect(source).toMatch(/^https:\/\/(github\.com|nginx\.org)\//);
  });

  it('is known of every reason of the other answers', () => {
    expect(Object.keys(CITED_BY_CLASS).sort()).toEqual(Object.keys(INGRESS_CLASS_REASONS).sort());
    expect(Object.keys(CITED_BY_RULE).sort()).toEqual(Object.keys(TRAEFIK_RULE_REASONS).sort());
    expect(Object.keys(CITED_BY_LINT).sort()).toEqual([...ROUTE_LINT_CODE_NAMES].sort());
    expect([...Object.keys(CITED_BY_STATUS), 'CONDITION_HOLDS', 'CONDITION_FAILS'].sort()).toEqual(
      Object.keys(GATEWAY_STATUS_REASONS).sort(),
    );
  });

  // the reference's section 6: G4, G5, G6, G7, G10, G28, G41, G42, G43, G47, G48
  it.each(CONDITIONS)('of %s, %s, for %s %s', (kind, stage, type, reason, expected) => {
    expect(conditionRule(kind, stage, { type, reason })).toBe(expected);
  });

  it('of a finding of `route-lint` is that of the rules that were looked at, where these agree', () => {
    const objects = ingressCluster('a : foo.com Prefix /x -> gone').filter(({ kind }) => kind !== 'Service');
    const found = (model: NetworkModel, dialect?: IngressDialectName) =>
      routeLintAnswer(model, { dialect }).evidence.map(
        ({ reason, message, cites }) => `${reason} ${message.split(':')[0]} ${cites?.rule ?? '-'}`,
      );
    const [scope, ...findings] = found(modelOf(objects), 'ingress-nginx');
    expect([scope?.split(' ').at(-1), ...findings]).toEqual(['B2', 'LINT_FOUND ING-SERVICE-MISSING B23']);
    const both = modelOf([...objects, ...ANOTHER]);
    expect(found(both).filter((text) => text.startsWith('LINT_FOUND ING-SERVICE-MISSING'))).toEqual(['LINT_FOUND ING-SERVICE-MISSING -']);
  });

  it('is that of the dialect that judges', () => {
    const model = modelOf(ingressCluster('a : foo.com Prefix /x -> s'));
    const rulesOf = (dialect: IngressDialectName) =>
      askRoute(model, 'http://foo.com/x', { class: 'c', dialect }).evidence.map(({ reason, cites }) => `${reason} ${cites?.rule}`);
    expect(rulesOf('ingress-v1')).toEqual([
      'CLASS_ASKED A1',
      'HOST_PRECISE A5',
      'PATH_SELECTED A8',
      'SERVICE_FOUND A12',
      'PORT_FOUND A12',
      'ENDPOINTS_READY A15',
    ]);
    expect(rulesOf('ingress-nginx')).toEqual([
      'CLASS_ASKED B2',
      'HOST_PRECISE B3',
      'PATH_SELECTED B8',
      'SERVICE_FOUND B23',
      'PORT_FOUND B23',
      'ENDPOINTS_READY B23',
    ]);
  });
});
