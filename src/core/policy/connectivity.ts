import { type Answer, uniqueNotes } from '../kernel/answer.js';
import { Trail } from '../kernel/evidence.js';
import type { Problem } from '../kernel/problem.js';
import { ok, type Result } from '../kernel/result.js';
import type { Steps } from '../kernel/steps.js';
import type { NetworkModel } from '../model/network-model.js';
import { formatAskedProtocol } from './asked-protocol.js';
import type { ConnectivityQuestion, ConnectivityResult, ConnectivityVerdict } from './connectivity-result.js';
import { noConnections } from './internal/connection-set.js';
import type { ListedPair } from './internal/compare-groups.js';
import { enforcementOf, isEnforced } from './internal/enforcement.js';
import { listingAssumptions, otherApisLeftOut, policiesLeftOut } from './internal/listing-notes.js';
import { type Listing, listConnections } from './internal/list-connections.js';
import { blockedBackends, connectionRow, namedConnection, netpolRows, servedConnections } from './internal/listing-rows.js';
import { PolicyIndex } from './internal/policy-index.js';
import { showListing } from './internal/show-listing.js';

/**
 * Every allowed connection between the chosen sources and destinations, at the chosen level. Fails with `limit-too-large` when there are too many pairs to
 * compare or rows to send (the problem names the filters), and with `invalid-request` for a port that no destination has.
 *
 * Yields often. The listing is what policies decide: that a node always reaches its own pods counts for hostNetwork pods, nodes themselves are listed only when named.
 */
export function* connectivity(
  model: NetworkModel,
  question: ConnectivityQuestion,
): Steps<Result<Answer<ConnectivityVerdict, ConnectivityResult>, Problem>> {
  const netpol = question.format === 'netpol-analyzer';
  // That tool knows nothing of plugins: policies decide whether they are enforced or not.
  const index = yield* netpol ? PolicyIndex.ofSpecification(model) : PolicyIndex.inSteps(model);
  const listed = yield* listConnections(model, index, question);
  if (!listed.ok) return listed;
  const listing = listed.value;
  const enforced = isEnforced(model);
  const allowed = enforced ? listing.pairs.filter(({ connections }) => !noConnections(connections)) : listing.pairs;
  const trail = new Trail();
  if (!netpol) yield* showListing(trail, index, allowed, enforced);
  const served = netpol ? yield* servedConnections(model, index, question) : [];
  const result: ConnectivityResult = {
    level: question.level,
    format: question.format,
    sources: listing.sources.length,
    destinations: listing.destinations.length,
    connections: netpol ? [] : allowed.map((pair) => connectionRow(pair, enforced, question.format === 'boxes')),
    rows: netpol ? [...netpolRows(listing.pairs.map(namedConnection), question), ...netpolRows(served, question)] : null,
  };
  const warnings = uniqueNotes([
    ...listing.warnings,
    ...notEnforced(model, enforced),
    ...otherApisLeftOut(model, question.format),
    ...blockedBackends(served),
    ...policiesLeftOut(model, index),
  ]);
  const assumptions = listingAssumptions(model, index, question.protocol);
  return ok({
    verdict: allowed.length > 0 || (result.rows ?? []).length > 0 ? 'CONNECTED' : 'ISOLATED',
    summary: summarise(question, listing, allowed, result.rows),
    result,
    evidence: trail.list(),
    assumptions,
    warnings,
    confidence: assumptions.length > 0 || warnings.some(({ code }) => code === 'NOT_MODELLED') ? 'ASSUMED' : 'CERTAIN',
    enforcement: enforcementOf(model),
  });
}

function notEnforced({ profile }: NetworkModel, enforced: boolean) {
  if (enforced) return [];
  const message = `${profile.cni.plugin} stores policies and does not enforce them: everything is connected, and \`policyConnection\` says what the policies would allow`;
  return [{ code: 'NOT_ENFORCED', message }];
}

/** How many names a summary lists. */
const FEW = 6;

function summarise(
  { from, to, protocol, port, level, label = [], workload }: ConnectivityQuestion,
  listing: Listing,
  allowed: readonly ListedPair[],
  rows: ConnectivityResult['rows'],
): string {
  const named = protocol && formatAskedProtocol(protocol);
  const what = port === undefined ? (named ?? '') : `${named ?? 'TCP'} ${port}`;
  const whom = workload === undefined ? '' : ` of ${workload}`;
  const by = level === 'label' ? `label ${label.join(',')}` : level;
  const head = `${from?.selector ?? 'any'} → ${to?.selector ?? 'any'}${what === '' ? '' : ` ${what}`}${whom} by ${by}`;
  // The ingress controller of netpol-analyzer is no endpoint that is compared.
  const count =
    rows && listing.compared === 0
      ? `${rows.length} ${rows.length === 1 ? 'connection' : 'connections'}`
      : `${allowed.length} of ${listing.compared} pairs may connect`;
  const one = listing.destinations.length === 1 ? 'from' : listing.sources.length === 1 ? 'to' : undefined;
  const names = one === undefined ? [] : allowed.map((pair) => pair[one].name);
  const listed = names.length > FEW ? [...names.slice(0, FEW), `${names.length - FEW} more`] : names;
  return `${head}: ${count}${listed.length === 0 ? '' : ` – ${listed.join(', ')}`}`;
}
