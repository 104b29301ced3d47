import type { Answer } from '../kernel/answer.js';
import { type Problem, problem } from '../kernel/problem.js';
import { err, ok, type Result } from '../kernel/result.js';
import type { NetworkModel } from '../model/network-model.js';
import { route } from './route.js';
import type { ConnectionRequest, RouteQuestion } from './route-request.js';
import type { RouteResult, RouteVerdict } from './route-result.js';

/**
 * Which backend gets a TLS connection of which nothing but the name is known, where a class passes it through (rule B20). Fails with `invalid-request` where the
 * controller ends the TLS itself: then the request inside it decides.
 */
export function routeTls(
  model: NetworkModel,
  { host, sni }: ConnectionRequest,
  through: Pick<RouteQuestion, 'class' | 'dialect'>,
): Result<Answer<RouteVerdict, RouteResult>, Problem> {
  const request = {
    scheme: 'https',
    method: 'GET',
    host,
    path: '/',
    query: undefined,
    headers: [],
    sni,
    clientAddress: undefined,
  } as const;
  const answer = route(model, { request, ...through });
  if (!answer.ok) return answer;
  const { summary, result, evidence } = answer.value;
  if (!evidence.some(({ reason }) => reason === 'TLS_PASSED_THROUGH')) {
    const message = `no Ingress passes the TLS of \`${sni ?? host}\` through: the controller ends it, and the request inside decides`;
    const hint = 'ask with an https URL';
    return err(problem('invalid-request', message, { hint, errors: [{ pointer: '/url', code: 'not-applicable', message, hint }] }));
  }
  const told = summary.replace(`GET https://${host}/ `, () => `tls://${host} `);
  return ok({ ...answer.value, summary: told, result: { ...result, forwarded: null } });
}
