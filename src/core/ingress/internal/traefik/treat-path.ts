import { findInText, replaceInText } from './go-regexp.js';
import { bytesOf, escapedPath, type GoPath, goPath, isUnclean, textOf } from './go-url.js';
import type { Passage } from './passage.js';

/** What a change of the path comes to; `unknown`: an expression that cannot be evaluated decides. */
export type Changed = Partial<Passage> & { readonly told?: string };

/** `stripPrefix` (`pkg/middlewares/stripprefix/strip_prefix.go`): the first prefix that the decoded path begins with. */
export function stripPrefix(passage: Passage, prefixes: readonly string[], forceSlash: boolean): Changed {
  const path = pathOf(passage);
  const prefix = prefixes.find((one) => path.plain.startsWith(bytesOf(one)));
  if (prefix === undefined) return { told: `the path begins with none of ${prefixes.map((one) => `\`${one}\``).join(', ')}` };
  const cut = withoutPrefix(path, bytesOf(prefix), (rest) => (forceSlash ? `/${rest.replace(/^\//, '')}` : withSlash(rest)));
  return stripped(passage, cut, prefix.trim());
}

/** `stripPrefixRegex` (`pkg/middlewares/stripprefixregex/strip_prefix_regex.go`): a match that is a beginning of the path. */
export function stripPrefixRegex(passage: Passage, expressions: readonly string[]): Changed {
  const path = pathOf(passage);
  const text = textOf(path.plain);
  for (const expression of expressions) {
    const found = findInText(expression, text);
    if (found === undefined) return unsupported(expression);
    const prefix = found === 'none' ? '' : (found.groups[0] ?? '');
    if (prefix === '' || !text.startsWith(prefix)) continue;
    return stripped(passage, withoutPrefix(path, bytesOf(prefix), withSlash), prefix);
  }
  return { told: 'no expression fits the beginning of the path' };
}

/** `addPrefix` (`pkg/middlewares/addprefix/add_prefix.go`). */
export function addPrefix(passage: Passage, prefix: string): Changed {
  const { plain, raw } = pathOf(passage);
  const path = escapedPath({ plain: withSlash(bytesOf(prefix) + plain), raw: raw === '' ? '' : withSlash(prefix + raw) });
  return { path, told: `\`${prefix}\` is put in front: \`${path}\`` };
}

/** `replacePath` (`pkg/middlewares/replacepath/replace_path.go`). The query stays. */
export function replacePath(passage: Passage, made: string): Changed {
  const path = goPath(made);
  return path ? replaced(passage, path) : brokenEncoding(made);
}

/** `replacePathRegex` (`pkg/middlewares/replacepathregex/replace_path_regex.go`): the encoded path is what the expression sees. */
export function replacePathRegex(passage: Passage, regex: string, replacement: string): Changed {
  const made = replaceInText(regex, passage.path, replacement);
  if (made === undefined) return unsupported(regex);
  if (made === null) return { told: `\`${regex}\` does not match the path` };
  const path = goPath(made);
  if (!path) return brokenEncoding(made);
  return isUnclean(path) ? refused(path) : replaced(passage, path);
}

/** Where an expression cannot be evaluated. */
export function unsupported(expression: string): Changed {
  return { unknown: { code: 'MIDDLEWARE_NOT_EVALUATED', message: `the expression \`${expression}\` of a middleware cannot be evaluated` } };
}

/** A path that came in as a request is a path of Go's; what is not, its server refuses. */
function pathOf({ path }: Passage): GoPath {
  return goPath(path) ?? { plain: bytesOf(path), raw: path };
}

/** `encodedPrefixLen`: as many encoded or plain bytes are cut off what was written as the prefix has. */
function withoutPrefix({ plain, raw }: GoPath, prefix: string, begin: (rest: string) => string): GoPath {
  const bytes = raw.match(/%[0-9a-fA-F]{2}|[\0-\x7f]|[^\0-\x7f]+/g) ?? [];
  return { plain: begin(plain.slice(prefix.length)), raw: raw === '' ? '' : begin(bytes.slice(prefix.length).join('')) };
}

function stripped({ headers }: Passage, path: GoPath, prefix: string): Changed {
  if (isUnclean(path)) return refused(path);
  const rest = escapedPath(path);
  return { path: rest, headers: [...headers, ['X-Forwarded-Prefix', prefix]], told: `\`${prefix}\` is cut off: \`${rest || '/'}\`` };
}

function replaced({ path: before, headers }: Passage, path: GoPath): Changed {
  const after = escapedPath(path);
  return { path: after, headers: [...headers, ['X-Replaced-Path', before]], told: `the path becomes \`${after}\`` };
}

function refused(path: GoPath): Changed {
  const told = `400: \`${escapedPath(path)}\` is what would be sent on, which holds \`//\` or dot segments`;
  return { answer: { status: 400, redirect: undefined }, told };
}

function brokenEncoding(made: string): Changed {
  return { answer: { status: 500, redirect: undefined }, told: `500: in \`${made}\` a percent sign does not stand for a byte` };
}

/** `ensureLeadingSlash`: an empty text stays empty. */
function withSlash(path: string): string {
  return path === '' || path.startsWith('/') ? path : `/${path}`;
}
