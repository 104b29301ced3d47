import { expect, it } from 'vitest';
import { BACKGROUND, FINDING_CASES } from '../../../test/support/finding-manifests.js';
import { modelOf, objectsOf } from '../../../test/support/model.js';
import { trace } from '../../../test/support/trace.js';

const SETTINGS = { podCIDRs: ['10.244.0.0/16'], serviceCIDRs: ['10.96.0.0/16'], policy: { enforcement: 'on' as const } };

/** Every reason code that the reference (services and DNS, section 7) lists, and what is asked of the cluster that has its fault. */
const REASONS = [
  ['SELECTOR_NO_MATCH', 'svc/t/api'],
  ['SELECTOR_NEAR_MISS', 'svc/t/api'],
  ['SELECTORLESS', 'svc/t/api'],
  ['NO_POD_IP', 'api:80'],
  ['POD_TERMINAL_PHASE', 'api:80'],
  ['NOT_READY', 'api:80'],
  ['TERMINATING', 'api:80'],
  ['NODE_MISSING', 'api:80'],
  ['PORT_NAME_NOT_FOUND', 'svc/t/api'],
  ['PORT_PROTOCOL_MISMATCH', 'svc/t/api'],
  ['TARGETPORT_UNDECLARED', 'svc/t/api'],
  ['FAMILY_MISMATCH', 'api:80'],
  ['NOT_LOCAL', 'api:80'],
  ['HINT_FILTERED', 'api:80'],
  ['ETP_LOCAL_NO_LOCAL', undefined],
  ['ITP_LOCAL_NO_LOCAL', 'api:80'],
  ['LBSR_DENIED', undefined],
  ['EXTERNALNAME_IP', 'db:5432'],
  ['EXTERNALNAME_CHAIN_BROKEN', 'alias:80'],
  ['SEARCH_CAPTURE', undefined],
  ['MUSL_NDOTS', undefined],
  ['SUBDOMAIN_SERVICE_MISSING', 'w-0.workers:80'],
  ['SUBDOMAIN_WITHOUT_HOSTNAME', 'w-0.workers:80'],
  ['DNS_EGRESS_DENIED', undefined],
] as const;

it.each(REASONS)('%s is reached by a trace', async (code, to) => {
  const cases = FINDING_CASES.filter(({ line, ask }) => line.startsWith(`${code} `) && (to !== undefined || ask !== undefined));
  expect(cases.length).toBeGreaterThan(0);
  const [one] = cases;
  const model = modelOf(await objectsOf(`${BACKGROUND}---\n${one!.yaml}`), SETTINGS);
  const { findings } = trace(model, to === undefined ? { ...one!.ask } : { from: 'pod/t/client', to }).result;
  expect(findings.map((finding) => finding.code)).toContain(code);
});
