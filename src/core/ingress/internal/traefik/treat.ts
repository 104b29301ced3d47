import { assertNever } from '../../../kernel/assert-never.js';
import { firstFew } from '../../../kernel/first-few.js';
import type { RouteRequest } from '../../route-request.js';
import { annotationPointer } from '../nginx/annotation-reader.js';
import { changeByNginx } from '../traefik-nginx/treat-nginx.js';
import type { PlacedAction } from './placed-action.js';
import type { Pages } from './pages.js';
import { type Passage, requestUri } from './passage.js';
import { authenticate, headersBehind } from './treat-authentication.js';
import { judgeClient } from './treat-client.js';
import { changeHeaders } from './treat-headers.js';
import { addPrefix, type Changed, replacePath, replacePathRegex, stripPrefix, stripPrefixRegex } from './treat-path.js';
import { redirectRegex, redirectScheme } from './treat-redirect.js';
import type { Treated } from './treated.js';

/** What the middlewares of a router make of a request, in their order, until one answers by itself. */
export function treat(actions: readonly PlacedAction[], request: RouteRequest): Treated {
  let passage = arriving(request);
  for (const placed of actions) {
    if (passage.answer || passage.unknown) break;
    const { told, ...changed } = changeBy(passage, placed, request);
    passage = {
      ...passage,
      ...changed,
      steps: [...passage.steps, stepOf(placed, told ?? changed.unknown?.message ?? 'it changes nothing', isRefusal(changed))],
    };
  }
  const { method, host, headers, responseHeaders, answer, unknown, pages, steps, assumptions } = passage;
  const forwarded = { method, host, path: requestUri(passage), headers: headers.map(([name, value]) => `${name}: ${value}`) };
  return { forwarded, responseHeaders, answer, unknown, pages, steps, assumptions };
}

function arriving({ scheme, method, host, path, query, headers }: RouteRequest): Passage {
  const others = headers.filter(([name]) => name.toLowerCase() !== 'host');
  const untouched = { responseHeaders: [], answer: undefined, unknown: undefined, pages: [], steps: [], assumptions: [] };
  return { scheme, method, host, path, query, headers: others, ...untouched };
}

/** A redirect and the answer to a preflight are no refusals. */
function isRefusal({ answer }: Changed): boolean {
  return answer !== undefined && !answer.redirect && answer.status >= 400;
}

function stepOf(placed: PlacedAction, told: string, refuses: boolean): Passage['steps'][number] {
  const { middleware, name, action, annotated } = placed;
  const step = { stage: 'filter', outcome: refuses ? 'deny' : 'info', reason: 'MIDDLEWARE_APPLIED' } as const;
  if (annotated)
    return { ...step, message: `\`${name}\`: ${told}`, object: annotated.ingress.ref, pointer: annotationPointer(annotated.name) };
  const pointer = 'field' in action ? action.field : action.type;
  const message = `Middleware ${name} (${action.type === 'opaque' ? action.field : pointer}): ${told}`;
  const place = middleware ? { object: middleware.ref, pointer: action.type === 'opaque' ? '/spec' : `/spec/${pointer}` } : {};
  return { ...step, message, ...place };
}

/** How messages call it. */
function titleOf({ name, annotated }: PlacedAction): string {
  return annotated ? `Ingress ${annotated.ingress.namespace}/${annotated.ingress.ref.name}` : `Middleware ${name}`;
}

function changeBy(passage: Passage, placed: PlacedAction, request: RouteRequest): Changed {
  const { clientAddress: client, auth } = request;
  const { name, action } = placed;
  switch (action.type) {
    case 'stripPrefix':
      return stripPrefix(passage, action.prefixes, action.forceSlash);
    case 'stripPrefixRegex':
      return stripPrefixRegex(passage, action.expressions);
    case 'addPrefix':
      return addPrefix(passage, action.prefix);
    case 'replacePath':
      return replacePath(passage, action.path);
    case 'replacePathRegex':
      return replacePathRegex(passage, action.regex, action.replacement);
    case 'redirectScheme':
      return redirectScheme(passage, action.scheme, action.port, action.permanent);
    case 'redirectRegex':
      return redirectRegex(passage, action.regex, action.replacement, action.permanent);
    case 'headers':
      return changeHeaders(passage, action);
    case 'ipAllowList':
      return judgeClient(passage, action, client);
    case 'auth':
      return auth
        ? authenticate(passage, action.asks, auth, client)
        : {
            ...assuming(passage, 'AUTHENTICATION_PASSED', `the client is taken to pass \`${action.field}\` of ${titleOf(placed)}`),
            headers: headersBehind(passage, action.asks),
          };
    case 'errors':
      return pagesBy(passage, placed, action.pages);
    case 'encodedCharacters':
      return refuseEncoded(passage, action.refused);
    case 'refuse':
      return { answer: { status: action.status, redirect: undefined }, told: `${action.status}: ${action.why}` };
    case 'condition':
      return assuming(passage, 'MIDDLEWARE_CONDITION', `${titleOf(placed)} (${action.field}) is taken not to act: ${action.what}`);
    case 'neutral':
      return {};
    case 'opaque':
      return { unknown: { code: 'MIDDLEWARE_NOT_EVALUATED', message: `what the middleware \`${name}\` does is not known` } };
    case 'nginx':
      return changeByNginx(passage, action.does, request);
    default:
      return assertNever(action);
  }
}

/** `pkg/middlewares/encodedcharacters`: the path as it is written. */
function refuseEncoded({ path }: Passage, refused: readonly string[]): Changed {
  const found = (path.match(/%[0-9a-f]{2}/gi) ?? []).find((code) => refused.includes(code.toUpperCase()));
  if (found === undefined) return { told: 'the path holds no encoded character that is not allowed' };
  return { answer: { status: 400, redirect: undefined }, told: `400: the path holds \`${found}\`, which is not allowed` };
}

/** From here on errors get their pages from another Service. Of those of the backend the answer tells those of the outermost alone, by the statuses of the errors. */
function pagesBy(passage: Passage, placed: PlacedAction, pages: Pages): Changed {
  const { statuses, shownAs, writer } = pages;
  const by = writer.backend ? `Service ${writer.backend.namespace}/${writer.backend.service}` : 'nobody';
  const others = statuses.filter((status) => shownAs(status) !== status);
  const shown = firstFew(
    others.map((status) => `${status} becomes ${shownAs(status)}`),
    10,
  );
  const changed = {
    pages: [...passage.pages, pages],
    told: `pages of ${firstFew(statuses.map(String), 10)} are written by ${by}${others.length === 0 ? '' : `; ${shown}`}`,
  };
  const isWhole = passage.pages.length === 0 && others.length === 0;
  if (isWhole) return changed;
  const why = others.length === 0 ? 'stands behind other pages' : `gives errors other statuses (${shown})`;
  const message = `${titleOf(placed)} (errors) ${why}: what becomes of errors of the backend is told without that`;
  return { ...changed, assumptions: [...passage.assumptions, { code: 'MIDDLEWARE_CONDITION', message }] };
}

function assuming({ assumptions }: Passage, code: string, message: string): Changed {
  return { assumptions: [...assumptions, { code, message }], told: message };
}
