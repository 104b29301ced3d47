import { takenMembers } from '../class-members.js';
import type { RegexProgram } from '../../../regex/regex-program.js';
import { compileRegex } from '../../../regex/compile-regex.js';
import type { IngressDialectName } from '../../route-request.js';
import { annotationsOf } from '../nginx/annotations.js';
import { f5Annotations } from '../nginx-f5/f5-annotations.js';
import { routerAnnotations } from '../traefik/annotations.js';
import { providerAnnotations } from '../traefik-nginx/provider-annotations.js';
import { prefixPath, type PathRule } from '../path-rule.js';
import type { ClassRouter } from '../dialect.js';

/** Which paths a rule matches, as expressions. */
export interface PathLanguage {
  /** It matches all of these: what it covers for certain. */
  readonly atLeast: RegexProgram;
  /** It matches none but these: what others have to cover. */
  readonly atMost: RegexProgram;
}

/** The languages of the paths of one class: by its dialect, and of ingress-nginx by whether the host matches by expressions (rule B9). */
export class PathLanguages {
  private readonly regexHosts: ReadonlySet<string | undefined>;

  private readonly exactPaths: ReadonlySet<string>;
  /** An Exact path stays one beside expressions. */
  private readonly isProvider: boolean;

  constructor(private readonly router: ClassRouter) {
    const isNginx = router.dialect === 'ingress-nginx';
    this.isProvider = router.dialect === 'traefik-ingress-nginx';
    this.regexHosts = isNginx ? regexHostsOf(router) : this.isProvider ? providerRegexHostsOf(router) : new Set();
    this.exactPaths = isNginx ? exactPathsOf(router) : new Set();
  }

  isPattern({ host, pathType, ingress }: Pick<PathRule, 'host' | 'pathType' | 'ingress'>): boolean {
    if (this.router.dialect === 'traefik' || this.router.dialect === 'traefik-strict') {
      return pathType === 'ImplementationSpecific' && routerAnnotations(ingress.annotations).pathMatcher === 'PathRegexp';
    }
    return this.regexHosts.has(host) && !(this.isProvider && pathType === 'Exact');
  }

  /** Undefined: it cannot be written as an expression, or the dialect says nothing of it. */
  of(rule: PathRule): PathLanguage | undefined {
    const { path = '/', pathType } = rule;
    const text = path === '' ? '/' : path;
    const { dialect } = this.router;
    if (dialect === 'nginx-f5') return ofF5(rule, text);
    if (dialect === 'traefik' || dialect === 'traefik-strict') return ofTraefik(rule, text, dialect === 'traefik-strict');
    if (this.isProvider) return this.ofProvider(rule);
    if (!this.isPattern(rule)) return plain(dialect, text, pathType);
    return same(`(?i)^${text}${this.isCutShort(rule) ? '/' : ''}`);
  }

  /** What an annotation makes beside paths is none of them; a path of no text is every path. */
  private ofProvider(rule: PathRule): PathLanguage | undefined {
    const { path = '', pathType } = rule;
    if (path !== '' && pathType === undefined) return undefined;
    if (this.isPattern(rule)) return same(`(?i)^${path}`);
    return path === '' ? same('^/') : plain('ingress-v1', path, pathType === 'Exact' ? 'Exact' : 'Prefix');
  }

  /** Beside an Exact path of the same text a Prefix that asks for no expression itself keeps what lies below it alone (rule B8, which comes before B9). */
  private isCutShort({ host, path = '/', pathType, ingress }: PathRule): boolean {
    const { useRegex, rewriteTarget } = annotationsOf(ingress);
    const asksItself = useRegex || (rewriteTarget !== '' && rewriteTarget !== path);
    return pathType !== 'Exact' && !asksItself && path.length > 1 && !path.endsWith('/') && this.exactPaths.has(`${host ?? ''} ${path}`);
  }
}

function plain(dialect: IngressDialectName, path: string, pathType: PathRule['pathType']): PathLanguage | undefined {
  const isNginx = dialect === 'ingress-nginx';
  if (!isNginx && dialect !== 'ingress-v1') return undefined;
  if (pathType === 'ImplementationSpecific' && !isNginx) return undefined;
  if (pathType === 'Exact') {
    // nginx sends `/p` on to a location `/p/` (rule B11)
    const [own] = [same(`^${quoted(path)}$`)];
    const wider = isNginx && path.endsWith('/') ? same(`^${quoted(path)}?$`) : own;
    return own && wider && { atLeast: own.atLeast, atMost: wider.atMost };
  }
  const prefix = prefixPath(path);
  return same(prefix === '/' ? '^/' : `^${quoted(prefix)}(/|$)`);
}

/** Raw prefixes of nginx, or expressions open at the end; nginx sends `/p` on to a location `/p/` (divergences D2, D3, D6). */
function ofF5({ pathType, ingress }: PathRule, path: string): PathLanguage | undefined {
  const { pathRegex = pathType === 'Exact' ? 'exact' : undefined } = f5Annotations(ingress);
  if (pathRegex === 'case_sensitive' || pathRegex === 'case_insensitive')
    return same(`${pathRegex === 'case_insensitive' ? '(?i)' : ''}^${path}`);
  const own = same(`^${quoted(path)}${pathRegex === 'exact' ? '$' : ''}`);
  const wider =
    path.length > 1 && path.endsWith('/')
      ? same(`^${quoted(path)}${pathRegex === 'exact' ? '$' : ''}|^${quoted(path.slice(0, -1))}$`)
      : own;
  return own && wider && { atLeast: own.atLeast, atMost: wider.atMost };
}

/** Prefixes by characters, or by elements; what the type leaves open by an annotation, else as a prefix (rule T1). */
function ofTraefik({ pathType, ingress }: PathRule, path: string, isStrict: boolean): PathLanguage | undefined {
  const { pathMatcher, syntax } = routerAnnotations(ingress.annotations);
  if (syntax === 'v2' && path.includes('{')) return undefined;
  const matcher = pathType === 'Exact' ? 'Path' : pathType === 'Prefix' ? 'PathPrefix' : pathMatcher;
  if (matcher === 'Path') return same(`^${quoted(path)}$`);
  if (matcher === 'PathRegexp') return same(path);
  if (matcher !== 'PathPrefix') return undefined;
  return isStrict ? plain('ingress-v1', path, 'Prefix') : same(`^${quoted(path)}`);
}

function same(pattern: string): PathLanguage | undefined {
  const compiled = compileRegex(pattern);
  return compiled.ok ? { atLeast: compiled.value, atMost: compiled.value } : undefined;
}

const quoted = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Hosts on which some Ingress asks for expressions, or rewrites. */
function regexHostsOf(router: ClassRouter): ReadonlySet<string | undefined> {
  const hosts = new Set<string | undefined>();
  for (const ingress of takenMembers(router)) {
    const { useRegex, rewriteTarget } = annotationsOf(ingress);
    if (!useRegex && rewriteTarget === '') continue;
    for (const { host, paths } of ingress.rules) {
      if (useRegex || rewriteTarget !== '/' || paths.some(({ path }) => path !== '/')) hosts.add(host);
    }
  }
  return hosts;
}

/** The same as Traefik's provider has it, whatever is rewritten to what. */
function providerRegexHostsOf(router: ClassRouter): ReadonlySet<string | undefined> {
  const asking = takenMembers(router).filter((ingress) => {
    const annotations = providerAnnotations(ingress);
    return (
      annotations.flag('canary') !== true && (annotations.flag('use-regex') === true || (annotations.text('rewrite-target') ?? '') !== '')
    );
  });
  return new Set(asking.flatMap(({ rules }) => rules.map(({ host }) => host)));
}

/** `host path` of the Exact paths that become locations. */
function exactPathsOf(router: ClassRouter): ReadonlySet<string> {
  const paths = new Set<string>();
  for (const ingress of takenMembers(router)) {
    if (annotationsOf(ingress).canary) continue;
    for (const { host, paths: own } of ingress.rules) {
      for (const { path, pathType, backend } of own)
        if (pathType === 'Exact' && backend.type === 'service') paths.add(`${host ?? ''} ${path}`);
    }
  }
  return paths;
}
