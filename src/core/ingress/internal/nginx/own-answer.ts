import { parseIp } from '../../../net/ip.js';
import type { Outcome } from '../dialect.js';
import type { Context } from './context.js';
import { withPage } from './error-pages.js';
import { accessOf } from './forwarded-access.js';
import { answered, refused, type Source } from './nginx-outcomes.js';
import { answersOf } from './own-locations.js';
import { judgeSource } from './source-range.js';
import type { Visit } from './visit.js';

/** `allow 127.0.0.1; allow ::1; deny all;` of the template. */
const OWN_MACHINE = { allow: ['127.0.0.1', '::1'], deny: [] };

/** What nginx answers in a location of its own; undefined: it is one of Ingresses. */
export function ownAnswer(context: Context, visit: Visit): Outcome | undefined {
  const { location, request } = visit;
  const answers = answersOf(location);
  if (answers === undefined) return undefined;
  const source: Source = { router: context.router, ingress: undefined, pointer: '', served: `location ${location.path}` };
  // Whoever is not told is no client on the machine of the controller itself.
  const client = accessOf(context.options, request).client ?? parseIp('0.0.0.0');
  if (answers === 'status' && judgeSource(OWN_MACHINE, client) === 'denied') {
    const message = `nginx tells its figures at \`${location.path}\` to its own machine alone: 403`;
    return withPage(context, visit, refused(source, 403, 'SOURCE_DENIED', message));
  }
  const what = answers === 'health' ? 'checks of its health' : 'questions for the figures of nginx';
  const message = `the controller answers ${what} at \`${location.path}\`, for hosts that no Ingress names: 200`;
  return answered(source, 200, message, 'CONTROLLER_ANSWERS');
}
