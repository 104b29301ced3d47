import { findInText, replaceInText } from './go-regexp.js';
import { type Passage, withHeader } from './passage.js';

/** What a change of the path comes to; `unknown`: an expression that cannot be evaluated decides. */
export type Changed = Partial<Passage> & { readonly told?: string };

/** `stripPrefix` (`pkg/middlewares/stripprefix/strip_prefix.go`): the first prefix that the decoded path begins with. */
export function stripPrefix({ path, headers }: Passage, prefixes: readonly string[]): Changed {
  for (const prefix of prefixes) {
    const rest = without(path, prefix);
    if (rest === undefined) continue;
    return {
      path: withSlash(rest),
      headers: [...headers, ['X-Forwarded-Prefix', prefix]],
      told: `\`${prefix}\` is cut off: \`${shown(rest)}\``,
    };
  }
  return { told: `the path begins with none of ${prefixes.map((one) => `\`${one}\``).join(', ')}` };
}

/** `stripPrefixRegex` (`pkg/middlewares/stripprefixregex/strip_prefix_regex.go`): a match that is a beginning of the path. */
export function stripPrefixRegex({ path, headers }: Passage, expressions: readonly string[]): Changed {
  const plain = decoded(path);
  for (const expression of expressions) {
    const found = findInText(expression, plain);
    if (found === undefined) return unsupported(expression);
    const prefix = found === 'none' ? '' : (found.groups[0] ?? '');
    const rest = prefix !== '' && plain.startsWith(prefix) ? without(path, prefix) : undefined;
    if (rest === undefined) continue;
    return {
      path: withSlash(rest),
      headers: [...headers, ['X-Forwarded-Prefix', prefix]],
      told: `\`${prefix}\` is cut off: \`${shown(rest)}\``,
    };
  }
  return { told: 'no expression fits the beginning of the path' };
}

/** `addPrefix` (`pkg/middlewares/addprefix/add_prefix.go`). */
export function addPrefix({ path }: Passage, prefix: string): Changed {
  const made = withSlash(escaped(prefix) + path);
  return { path: made, told: `\`${prefix}\` is put in front: \`${made}\`` };
}

/** `replacePath` (`pkg/middlewares/replacepath/replace_path.go`). The query stays. */
export function replacePath({ path, headers }: Passage, made: string): Changed {
  return { path: escaped(made), headers: withHeader(headers, 'X-Replaced-Path', path), told: `the path becomes \`${made}\`` };
}

/** `replacePathRegex` (`pkg/middlewares/replacepathregex/replace_path_regex.go`): the encoded path is what the expression sees. */
export function replacePathRegex({ path, headers }: Passage, regex: string, replacement: string): Changed {
  const made = replaceInText(regex, path, replacement);
  if (made === undefined) return unsupported(regex);
  if (made === null) return { told: `\`${regex}\` does not match the path` };
  return { path: escaped(made), headers: withHeader(headers, 'X-Replaced-Path', path), told: `the path becomes \`${made}\`` };
}

/** Where an expression cannot be evaluated. */
export function unsupported(expression: string): Changed {
  return { unknown: { code: 'MIDDLEWARE_NOT_EVALUATED', message: `the expression \`${expression}\` of a middleware cannot be evaluated` } };
}

const shown = (rest: string) => withSlash(rest) || '/';

/** `ensureLeadingSlash`: an empty text stays empty. */
function withSlash(path: string): string {
  return path === '' || path.startsWith('/') ? path : `/${path}`;
}

/** What of an encoded path is behind a prefix that is written decoded; undefined where it does not begin so. */
function without(path: string, prefix: string): string | undefined {
  const wanted = new TextEncoder().encode(prefix);
  let [at, taken] = [0, 0];
  while (taken < wanted.length) {
    const encoded = /^%([0-9a-fA-F]{2})/.exec(path.slice(at, at + 3));
    const character = encoded ? '' : String.fromCodePoint(path.codePointAt(at) ?? 0);
    const bytes = encoded ? [Number.parseInt(encoded[1] ?? '', 16)] : [...new TextEncoder().encode(character)];
    if (at >= path.length || bytes.some((byte, index) => byte !== wanted[taken + index])) return undefined;
    at += encoded ? 3 : character.length;
    taken += bytes.length;
  }
  return path.slice(at);
}

/** A path as Go's `URL.Path` holds it. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** A path as `EscapedPath` writes it: what is encoded stays so. */
function escaped(path: string): string {
  return path.replace(/%(?![0-9a-fA-F]{2})|[^A-Za-z0-9\-_.~$&+,/:;=@!'()*[\]%]/gu, (character) => encodeURIComponent(character));
}
