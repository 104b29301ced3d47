import { absoluteZones } from '../../model/absolute-zones.js';
import { type CorefileDirective, readsEnvironment, unknownVariables } from '../../model/corefile.js';
import type { CorefileProblem } from '../../model/kubernetes-plugin.js';
import type { KubernetesServer } from './kubernetes-server.js';
import type { AutopathPlugin, CachePlugin, ExternalPlugin, ForwardPlugin, Plugin, RewriteRule } from './plugin.js';
import { isSilent, placeOf } from './plugin-order.js';
import { readCache } from './read-cache.js';
import { readHosts } from './read-hosts.js';
import { readOpaque } from './read-opaque.js';
import { readRewrite } from './read-rewrite.js';
import { readAutoPlugin, readFilePlugin, withFilesMerged } from './read-zone-files.js';
import type { ServerFiles } from './server-files.js';

/** What the lines of one block are read with. */
export interface BlockContext {
  /** Absolute, lower case. */
  readonly zones: readonly string[];
  /** The server of the block's `kubernetes` line; undefined: it has none. */
  readonly kubernetes: { readonly directive: CorefileDirective; readonly server: KubernetesServer } | undefined;
  /** Search domains of the host that the server runs on, absolute. */
  readonly hostSearches: readonly string[];
  /** Files of the server's container. */
  readonly files: Omit<ServerFiles, 'root'>;
}

/** The plugins of a block in the order in which they are asked, its cache, and what is not understood of it. */
export interface ReadBlock {
  readonly plugins: readonly Plugin[];
  readonly cache: CachePlugin | undefined;
  readonly problems: readonly CorefileProblem[];
}

/** Steps that all patterns of a block may take together for each character of a name. */
const MAX_PATTERNS = 20_000;

/** Reads the lines of a server block. What is not understood is left out and told; the order is that of CoreDNS. */
export function readPlugins(directives: readonly CorefileDirective[], context: BlockContext): ReadBlock {
  const plugins: Plugin[] = [];
  const problems: CorefileProblem[] = [];
  const rules: RewriteRule[] = [];
  let cache: CachePlugin | undefined;
  let patterns = 0;
  const report = ({ line, name }: CorefileDirective, message: string) => void problems.push({ line, plugin: name, message });
  const root = directives.findLast(({ name }) => name === 'root')?.arguments[0];
  const inOrder = directives.toSorted((a, b) => (placeOf(a.name) ?? -1) - (placeOf(b.name) ?? -1));
  for (const directive of inOrder) {
    if (isSilent(directive.name)) continue;
    const words = [...directive.arguments, ...directive.options.flatMap((option) => option.words)];
    if (directive.name !== 'kubernetes' && words.some(readsEnvironment)) {
      report(directive, `it reads ${unknownVariables(words)} of the server’s environment, which is not known: it is left out`);
    } else if (directive.name === 'rewrite') {
      const rule = readRewrite(directive);
      patterns += rule.ok ? sizeOf(rule.value) : 0;
      if (!rule.ok) report(directive, rule.error);
      else if (patterns > MAX_PATTERNS) report(directive, 'the patterns of the block are too large together: it is left out');
      else if (rules.push(rule.value) === 1) plugins.push({ kind: 'rewrite', rules });
    } else if (directive.name === 'cache') cache = readCache(directive, context.zones);
    else plugins.push(...readOther(directive, context, { ...context.files, root }, (message) => report(directive, message)));
  }
  return { plugins: withFilesMerged(plugins), cache, problems };
}

function sizeOf({ match, answers }: RewriteRule): number {
  const own = match.kind === 'regex' ? match.from.instructions.length : 0;
  return answers.reduce((sum, { by }) => sum + (by.kind === 'regex' ? by.from.instructions.length : 0), own);
}

function readOther(
  directive: CorefileDirective,
  context: BlockContext,
  files: ServerFiles,
  report: (message: string) => void,
): readonly Plugin[] {
  const { name, line } = directive;
  switch (name) {
    case 'kubernetes':
      if (directive === context.kubernetes?.directive) return [{ kind: 'kubernetes', line, server: context.kubernetes.server }];
      report('a block has one `kubernetes` line: CoreDNS does not start');
      return [];
    case 'local':
      return [{ kind: 'local', line }];
    case 'hosts': {
      const plugin = readHosts(directive, context.zones, files);
      if (plugin.file !== undefined) report(`the content of \`${plugin.file}\` is not in the input: taken to have no entries`);
      return [plugin];
    }
    case 'file':
      return [readFilePlugin(directive, context.zones, files, report)];
    case 'auto':
      return [readAutoPlugin(directive, context.zones, files, report)];
    case 'k8s_external':
      return readExternal(directive, context, report);
    case 'autopath':
      return readAutopath(directive, context, report);
    case 'forward':
    case 'proxy':
      return [readForward(directive)];
    case 'import':
      report(`\`${directive.arguments.join(' ')}\` is no snippet of the Corefile: what it imports is not known`);
      return [];
    case 'acl':
    case 'dns64':
    case 'minimal':
      report('what it does to answers is not modelled');
      return [];
    default:
      if (placeOf(name) !== undefined) {
        report('what it answers is not modelled');
        return [readOpaque(directive, context.zones)];
      }
      report('it is no plugin that is known: it is left out');
      return [];
  }
}

function readForward({ arguments: words, options }: CorefileDirective): ForwardPlugin {
  const [from = '.', ...to] = words;
  const except = options.filter((option) => option.words[0] === 'except').flatMap((option) => option.words.slice(1));
  const forceTcp = options.some(({ words: [option] }) => option === 'force_tcp');
  return { kind: 'forward', from: absoluteZones([from])[0] ?? '.', to, except: absoluteZones(except), forceTcp };
}

function readExternal(
  { arguments: words, options }: CorefileDirective,
  { zones, kubernetes }: BlockContext,
  report: (message: string) => void,
): readonly ExternalPlugin[] {
  if (!kubernetes) {
    report('it needs a `kubernetes` line in the same block: without one it answers nothing');
    return [];
  }
  const option = (name: string) => options.findLast((one) => one.words[0] === name)?.words.slice(1);
  const known = new Set(['ttl', 'apex', 'headless', 'fallthrough']);
  for (const {
    words: [name = ''],
  } of options)
    if (!known.has(name) && name !== '}') report(`\`${name}\` is no option that is known`);
  const ttl = Number(option('ttl')?.[0]);
  const through = option('fallthrough');
  return [
    {
      kind: 'external',
      zones: words.length === 0 ? zones : absoluteZones(words),
      apex: option('apex')?.[0]?.toLowerCase() ?? 'dns',
      ttl: option('ttl') && Number.isInteger(ttl) && ttl >= 0 && ttl <= 3600 ? ttl : 5,
      headless: option('headless') !== undefined,
      fallthrough: through && absoluteZones(through),
      server: kubernetes.server,
    },
  ];
}

function readAutopath(
  { arguments: words }: CorefileDirective,
  { zones, kubernetes, hostSearches }: BlockContext,
  report: (message: string) => void,
): readonly AutopathPlugin[] {
  const source = words.at(-1);
  if (source !== '@kubernetes' || !kubernetes) {
    report(
      source === '@kubernetes' ? 'it needs a `kubernetes` line in the same block' : `the search list of \`${source ?? ''}\` is not known`,
    );
    return [];
  }
  if (kubernetes.server.options.pods !== 'verified') report('without `pods verified` it knows no pods and does nothing');
  const own = words.slice(0, -1);
  return [{ kind: 'autopath', zones: own.length === 0 ? zones : absoluteZones(own), hostSearches, server: kubernetes.server }];
}
