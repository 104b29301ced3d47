import { compareBy } from '../../kernel/compare.js';
import type { Problem } from '../../kernel/problem.js';
import { ok, type Result } from '../../kernel/result.js';
import type { Steps } from '../../kernel/steps.js';
import type { NetworkModel } from '../../model/network-model.js';
import type { ConnectivityQuestion } from '../connectivity-result.js';
import type { ExposureQuestion, NetpolConnection, NetpolExposure } from '../exposure-result.js';
import type { Direction } from './direction.js';
import type { ExposedGroup } from './exposures-of.js';
import { listConnections } from './list-connections.js';
import { namedConnection, netpolRows, servedConnections } from './listing-rows.js';
import type { PolicyIndex } from './policy-index.js';

/**
 * netpol-analyzer's JSON with `--exposure`: the listing, and for each direction what unknown pods may use. Connections with addresses outside stand in both, for workloads
 * that have any exposure.
 */
export function* netpolExposure(
  model: NetworkModel,
  index: PolicyIndex,
  { workload }: ExposureQuestion,
  exposed: readonly ExposedGroup[],
): Steps<Result<NetpolExposure, Problem>> {
  const question: ConnectivityQuestion = {
    from: undefined,
    to: undefined,
    level: 'workload',
    format: 'netpol-analyzer',
    protocol: undefined,
    port: undefined,
    external: true,
    workload,
  };
  const listed = yield* listConnections(model, index, question);
  if (!listed.ok) return listed;
  const { pairs } = listed.value;
  const rows = (some: typeof pairs) => netpolRows(some.map(namedConnection), question).map(connectionOf);
  const served = netpolRows(yield* servedConnections(model, index, question), question).map(connectionOf);
  const told = new Set(exposed.filter((one) => one.rows.length > 0).map(({ group }) => group.name));
  const outside = {
    egress: rows(pairs.filter(({ from, to }) => to.external && told.has(from.name))),
    ingress: rows(pairs.filter(({ from, to }) => from.external && told.has(to.name))),
  };
  const unknown = (wanted: Direction) =>
    exposed
      .filter(({ direction }) => direction === wanted)
      .flatMap((one) =>
        one.rows.map(({ name, text }) =>
          wanted === 'egress' ? { src: one.group.name, dst: name, conn: text } : { src: name, dst: one.group.name, conn: text },
        ),
      );
  return ok({
    connlist_results: [...rows(pairs), ...served].sort(BY_SOURCE),
    exposure_results: {
      egress_exposure: [...unknown('egress'), ...outside.egress].sort(BY_SOURCE),
      ingress_exposure: [...unknown('ingress'), ...outside.ingress].sort(BY_DESTINATION),
    },
  });
}

function connectionOf([src = '', dst = '', conn = '']: readonly string[]): NetpolConnection {
  return { src, dst, conn };
}

const BY_SOURCE = compareBy<NetpolConnection>(
  ({ src }) => src,
  ({ dst }) => dst,
);
const BY_DESTINATION = compareBy<NetpolConnection>(
  ({ dst }) => dst,
  ({ src }) => src,
);
