import type { VirtualAction, VirtualErrorPage } from '../virtual-server.js';
import { inBrief } from '../../kernel/in-brief.js';
import { bodyFault, headerFault, isHeaderName, pageTextFault, redirectFault, rewriteFault } from './nginx-text-faults.js';
import type { ObjectReader } from './object-reader.js';

const ACTIONS = ['pass', 'redirect', 'return', 'proxy'] as const;

/** What becomes of a request at a path that is an expression, or in a location that is redirected to inside, or elsewhere: exactly one of `pass`, `redirect`, `return` and `proxy` (nginx/kubernetes-ingress `validation/virtualserver.go`, `validateAction`). */
export function readVirtualAction(reader: ObjectReader, upstreams: ReadonlySet<string>, isOfExpression: boolean): VirtualAction {
  const { pointer } = reader;
  const [redirect, answer, proxy] = [reader.object('redirect'), reader.object('return'), reader.object('proxy')];
  if (ACTIONS.filter((field) => (field === 'pass' ? reader.filledText(field) !== undefined : reader.has(field))).length !== 1)
    return invalid(reader, `an action has exactly one of \`${ACTIONS.join('`, `')}\``);
  if (redirect) return { pointer, type: 'redirect', url: readUrl(redirect, OF_REDIRECT), code: readRedirectCode(redirect) ?? 301 };
  if (answer)
    return { pointer, type: 'return', code: readReturn(answer, bodyFault) ?? 200, headers: answer.objects('headers').map(readHeader) };
  const passed = reader.filledText('pass') ?? proxy?.filledText('upstream') ?? '';
  if (!upstreams.has(passed)) return invalid(reader, `there is no upstream \`${passed}\``);
  const rewritePath = proxy?.filledText('rewritePath');
  const fault = rewritePath === undefined ? undefined : rewriteFault(rewritePath, isOfExpression);
  if (fault !== undefined) proxy?.error('invalid-value', 'rewritePath', `\`${rewritePath ?? ''}\`: ${fault}`);
  const [headers, answers] = [proxy?.object('requestHeaders'), proxy?.object('responseHeaders')];
  return {
    pointer,
    type: 'pass',
    upstream: passed,
    rewritePath,
    setHeaders: headers?.objects('set').map(readProxyHeader) ?? [],
    passHeaders: headers?.boolean('pass') ?? true,
    addedHeaders:
      answers?.objects('add').map((one) => {
        const [name, value] = readProxyHeader(one);
        return { name, value, always: one.boolean('always') ?? false };
      }) ?? [],
    hiddenHeaders: answers ? readHidden(answers) : [],
  };
}

/** `validateErrorPage`: codes of 300 to 599, and a text or a place to go to. */
export function readErrorPage(reader: ObjectReader): VirtualErrorPage {
  const [redirect, answer] = [reader.object('redirect'), reader.object('return')];
  if ((redirect === undefined) === (answer === undefined))
    reader.error('invalid-value', 'return', 'an error page has exactly one of `redirect` and `return`');
  const codes = reader.raw('codes');
  const list = Array.isArray(codes) ? codes.filter((code) => typeof code === 'number') : [];
  if (list.length === 0) reader.error('missing-field', 'codes', 'an error page needs the codes that it stands for');
  const odd = list.find((code) => !Number.isInteger(code) || code < 300 || code > 599);
  if (odd !== undefined) reader.error('out-of-range', 'codes', `\`${odd}\` is outside 300…599`);
  return {
    pointer: reader.pointer,
    codes: list,
    status: redirect ? (readRedirectCode(redirect) ?? 301) : answer && readReturn(answer, pageTextFault),
    url: redirect && readUrl(redirect, OF_ERROR),
    headers: answer?.objects('headers').map(readPageHeader) ?? [],
  };
}

/** `validateRedirectStatusCode`; undefined: none is named. */
export function readRedirectCode(reader: ObjectReader): number | undefined {
  const code = reader.integer('code', 0, 999) || undefined;
  if (code !== undefined && ![301, 302, 307, 308].includes(code))
    reader.error('invalid-value', 'code', `\`${code}\` is none of 301, 302, 307, 308`);
  return code;
}

/** Variables of nginx that a URL may name (`validErrorPageRedirectVariables`, `validRedirectVariableNames`). */
const OF_ERROR = ['scheme', 'http_x_forwarded_proto'];
const OF_REDIRECT = [...OF_ERROR, 'request_uri', 'host'];

/** `validateRedirectURL`. */
function readUrl(reader: ObjectReader, variables: readonly string[]): string {
  const url = reader.filledText('url') ?? '';
  const fault = redirectFault(url, variables);
  if (fault !== undefined) reader.error('invalid-value', 'url', `\`${inBrief(url)}\`: ${fault}`);
  return url;
}

/** `validateActionReturn`; undefined: no code is named. */
function readReturn(reader: ObjectReader, faultOf: (text: string) => string | undefined): number | undefined {
  const [body, type] = [reader.filledText('body'), reader.filledText('type')];
  if (body === undefined) reader.error('missing-field', 'body', 'a return needs a body');
  const fault = body === undefined ? undefined : faultOf(body);
  if (fault !== undefined) reader.error('invalid-value', 'body', fault);
  if (type !== undefined && !/^(?:[^;{}"\\]|\\.)*$/.test(type))
    reader.error('invalid-value', 'type', 'quotation marks, braces and `;` must be escaped, and a backslash escape something');
  const code = reader.integer('code', 0, 599) || undefined;
  if (code !== undefined && (code < 200 || (code >= 300 && code < 400)))
    reader.error('invalid-value', 'code', `\`${code}\` is neither 2xx, 4xx nor 5xx`);
  return code;
}

const readHeader = (reader: ObjectReader) => [reader.text('name') ?? '', reader.text('value') ?? ''] as const;

function readPageHeader(reader: ObjectReader): readonly [name: string, value: string] {
  const [name, value] = readHeader(reader);
  const fault = pageTextFault(value);
  if (!isHeaderName(name)) reader.error('invalid-value', 'name', `\`${inBrief(name)}\` is no name of a header`);
  if (fault !== undefined) reader.error('invalid-value', 'value', fault);
  return [name, value];
}

/** Headers that nginx may be told to leave unread (`validIgnoreHeaders`). */
const IGNORED = [
  ...['Redirect', 'Expires', 'Limit-Rate', 'Buffering', 'Charset'].map((one) => `X-Accel-${one}`),
  'Expires',
  'Cache-Control',
  'Set-Cookie',
  'Vary',
];

/** `validateActionProxyResponseHeaders`. */
function readHidden(answers: ObjectReader): readonly string[] {
  const check = (field: string, isGood: (name: string) => boolean, words: string) => {
    const names = answers.texts(field);
    for (const [index, name] of names.entries())
      if (!isGood(name)) answers.elementError('invalid-value', field, index, `\`${inBrief(name)}\` is ${words}`);
    return names;
  };
  check('pass', isHeaderName, 'no name of a header');
  check('ignore', (name) => IGNORED.includes(name), `none of ${IGNORED.join(', ')}`);
  return check('hide', isHeaderName, 'no name of a header');
}

function readProxyHeader(reader: ObjectReader): readonly [name: string, value: string] {
  const [name, value] = readHeader(reader);
  const fault = headerFault(name, value);
  if (fault !== undefined) reader.error('invalid-value', isHeaderName(name) ? 'value' : 'name', fault);
  return [name, value];
}

function invalid(reader: ObjectReader, why: string): VirtualAction {
  reader.findings.report('error', 'invalid-value', reader.pointer, why);
  return { pointer: reader.pointer, type: 'invalid', why };
}
