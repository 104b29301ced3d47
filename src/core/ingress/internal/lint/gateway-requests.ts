import { compileRegex } from '../../../regex/compile-regex.js';
import { uncoveredText } from '../../../regex/uncovered-text.js';
import type { GRPCMatch, HTTPMatch, NamedMatch } from '../../../resources/gateway-route.js';
import type { RouteRequest } from '../../route-request.js';
import { isPlainPath, PATH_CHARACTERS, plainRequest, witnessPaths } from './witness-requests.js';

/** Requests that a match of an HTTPRoute admits and that ask for nothing beside, the plainest first. */
export function requestsForHTTP(match: HTTPMatch, scheme: 'http' | 'https', host: string): readonly RouteRequest[] {
  const { path, method = 'GET', headers, queryParams } = match;
  const query = valuesOf(queryParams)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .join('&');
  const paths = path.type === 'RegularExpression' ? textsOf(path.value, isPlainPath) : witnessPaths(path.value, path.type === 'Exact');
  return [...paths].map((text) => ({
    ...plainRequest(scheme, host, text),
    method,
    headers: valuesOf(headers),
    query: query === '' ? undefined : query,
  }));
}

/** A call that a match of a GRPCRoute admits. */
export function requestsForGRPC(
  { type: written, service, method, headers }: GRPCMatch,
  scheme: 'http' | 'https',
  host: string,
): readonly RouteRequest[] {
  const part = (text: string) => (written === 'Exact' ? text : (sampleText(text, (one) => /^[\w.]+$/.test(one)) ?? text));
  const path = `/${part(service ?? 'portolan.Witness')}/${part(method ?? 'Call')}`;
  const type = ['content-type', 'application/grpc'] as const;
  return [{ ...plainRequest(scheme, host, path), method: 'POST', headers: [type, ...valuesOf(headers)] }];
}

/** Each condition with a value that it admits: of an expression one that it matches as a whole. */
function valuesOf(matches: readonly NamedMatch[]): readonly (readonly [name: string, value: string])[] {
  const isVisible = (text: string) => /^[!-~]*$/.test(text);
  return matches.map(({ type, name, value }) => [name, type === 'RegularExpression' ? (textsOf(value, isVisible)[0] ?? value) : value]);
}

function textsOf(pattern: string, admits: (text: string) => boolean): readonly string[] {
  const text = sampleText(pattern, admits);
  return text === undefined ? [] : [text];
}

/** The shortest text that an expression matches as a whole; undefined where it cannot be evaluated. */
export function sampleText(pattern: string, admits: (text: string) => boolean): string | undefined {
  const [alone, whole] = [compileRegex(pattern), compileRegex(`^(?:${pattern})$`)];
  if (!alone.ok || !whole.ok) return undefined;
  const found = uncoveredText(whole.value, [], { preferred: PATH_CHARACTERS, admits });
  return found.found === 'text' ? found.text : undefined;
}
