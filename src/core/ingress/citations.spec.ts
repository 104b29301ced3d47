import { describe, expect, it } from 'vitest';
import { askRoute } from '../../../test/support/ask-route.js';
import { ingressCluster } from '../../../test/support/ingress-cluster.js';
import { modelOf } from '../../../test/support/model.js';
import { citationsOf } from './internal/citations.js';
import { RULE_SOURCES } from './internal/rule-sources.js';
import { DIALECTS, type IngressDialectName } from './route-request.js';
import { ROUTE_REASONS } from './route-reasons.js';

// That every step of an answer has one, whatever is asked, `test/support/cited.ts` looks at in each test that asks.
describe('the rule of each step', () => {
  it.each(DIALECTS)('is known of every reason, by %s', (dialect) => {
    expect([...citationsOf(dialect).keys()].sort()).toEqual(Object.keys(ROUTE_REASONS).sort());
  });

  it('is one that some reason goes by, and stands at a public address', () => {
    const used = new Set(DIALECTS.flatMap((dialect) => [...citationsOf(dialect).values()].map(({ rule }) => rule)));
    expect(Object.keys(RULE_SOURCES).filter((rule) => !used.has(rule))).toEqual([]);
    for (const source of Object.values(RULE_SOURCES)) expect(source).toMatch(/^https:\/\/(github\.com|nginx\.org)\//);
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
