import { didYouMeanHint } from '../../../kernel/did-you-mean.js';
import { describeRef } from '../../../kernel/object-ref.js';
import type { NearMiss } from '../../route-result.js';
import type { GatewayState } from './gateway-state.js';
import type { JudgedCandidate } from './judged-candidate.js';
import type { JudgedListener } from './listener-status.js';
import type { Connection, JudgedStream } from './stream-candidates.js';

const MOST = 5;

/** Conditions that fail alone, nearest first: a request that fails on its method has the host and the path right. */
const NEARNESS = ['METHOD_NO_MATCH', 'HEADER_NO_MATCH', 'QUERY_NO_MATCH', 'PATH_NOT_EQUAL', 'PATH_NOT_PREFIX'];

/** What nearly served the request: matches that fail on one thing under the right host, and routes that are not attached. */
export function gatewayNearMisses(
  state: GatewayState,
  listener: JudgedListener,
  host: string,
  judged: readonly JudgedCandidate[],
): readonly NearMiss[] {
  const near = judged
    .filter(({ reason }) => NEARNESS.includes(reason))
    .sort((a, b) => NEARNESS.indexOf(a.reason) - NEARNESS.indexOf(b.reason))
    .map(({ candidate, reason, key, own, other }): NearMiss => ({
      reason,
      object: describeRef(candidate.route.ref),
      pointer: candidate.match.pointer,
      message: `its ${key ?? ''} is \`${own ?? ''}\`, the request has \`${other ?? ''}\``,
      fix: `ask with ${key ?? ''} \`${own ?? ''}\`, or change the match`,
    }));
  const other = judged.length === 0 ? nearestHostname(state, listener, host) : [];
  return [...near, ...other, ...detachedRoutes(state, listener)].slice(0, MOST);
}

/** What nearly took a connection: routes for other names, the one that is spelt nearly so first, and those that are not attached. */
export function streamNearMisses(
  state: GatewayState,
  listener: JudgedListener,
  { sni }: Connection,
  judged: readonly JudgedStream[],
): readonly NearMiss[] {
  const others = judged
    .filter(({ reason }) => reason === 'LISTENER_OTHER_NAME')
    .map(({ candidate: { route, offered }, reason, own }): NearMiss => {
      const ask = `connect with the name \`${offered[0] ?? '*'}\` (SNI)`;
      const fix = sni === undefined ? ask : `${ask}, or add \`${sni}\` to \`spec.hostnames\``;
      return { reason, object: describeRef(route.ref), pointer: '/spec/hostnames', message: `it is for ${own ?? ''}`, fix };
    });
  const spelt = sni === undefined ? [] : nearestHostname(state, listener, sni);
  return [...spelt, ...others, ...detachedRoutes(state, listener)].slice(0, MOST);
}

function detachedRoutes({ attachments }: GatewayState, { listener: { name } }: JudgedListener): readonly NearMiss[] {
  return attachments
    .filter(({ refusal, parent }) => refusal !== undefined && (parent.sectionName === undefined || parent.sectionName === name))
    .map(({ route, parent, refusal }): NearMiss => ({
      reason: 'ROUTE_NOT_ATTACHED',
      object: describeRef(route.ref),
      pointer: parent.pointer,
      message: `it is not attached: ${refusal?.message ?? ''}`,
      fix: `see gateway-status of ${describeRef(route.ref)} (${refusal?.reason ?? ''})`,
    }));
}

/** The hostname that was probably meant, where no route on the listener is reached under the host. */
function nearestHostname({ attachments }: GatewayState, listener: JudgedListener, host: string): readonly NearMiss[] {
  const names = attachments.flatMap(({ attached }) =>
    attached.filter((one) => one.listener === listener).flatMap(({ hostnames }) => hostnames),
  );
  const hint = didYouMeanHint(host, new Set(names.flatMap((name) => name ?? [])));
  if (hint === undefined) return [];
  const message = `no route on listener \`${listener.listener.name}\` is reached under \`${host}\``;
  return [{ reason: 'HOST_NO_MATCH', object: null, pointer: null, message, fix: hint }];
}
