import { didYouMeanHint } from '../../../kernel/did-you-mean.js';
import type { Labels } from '../../../resources/resource.js';
import type { RuleSyntax } from '../../../traefik-rule/rule-syntax.js';

const PREFIX = 'traefik.ingress.kubernetes.io/';

/** What the annotations of an Ingress ask of its routers (`RouterIng` of `pkg/provider/kubernetes/ingress/annotations.go`). */
export interface RouterAnnotations {
  /** For paths of type ImplementationSpecific. */
  readonly pathMatcher: string;
  /** What the rules are written in; undefined: as Traefik is set. */
  readonly syntax: RuleSyntax | undefined;
  /** 0: the length of the rule. */
  readonly priority: number;
  readonly entryPoints: readonly string[];
  /** `namespace-name@kubernetescrd`, as written. */
  readonly middlewares: readonly string[];
  readonly tls: boolean;
  /** `name@provider` of TLS options. */
  readonly tlsOptions: string | undefined;
  /** Why Traefik passes over the whole Ingress: an annotation that cannot be decoded. */
  readonly fault: string | undefined;
}

/** The fields of a router, and those of them that have fields of their own (`RouterIng`). */
const FIELDS = ['pathmatcher', 'entrypoints', 'middlewares', 'priority', 'rulesyntax', 'tls', 'observability'];
const NESTED = ['tls.', 'observability.'];

/** Reads them; names count without regard to case, as Traefik's decoder of labels has it. */
export function routerAnnotations(annotations: Labels): RouterAnnotations {
  const values = valuesOf(annotations, 'router.');
  const priority = values.get('priority') ?? '0';
  const wrong = priorityFault(priority.trim());
  return {
    pathMatcher: values.get('pathmatcher') || 'PathPrefix',
    syntax: syntaxOf(values.get('rulesyntax')),
    priority: wrong === undefined ? Number(priority) : 0,
    entryPoints: listOf(values.get('entrypoints')),
    middlewares: listOf(values.get('middlewares')),
    tls: asksForTls(values),
    tlsOptions: values.get('tls.options') || undefined,
    fault: wrong === undefined ? unknownField(values) : `\`${PREFIX}router.priority\` is \`${priority}\`, ${wrong}`,
  };
}

/** Any field of TLS asks for it, and so does an empty one; a word other than `true` turns it off (`label:"allowEmpty"`, `add` of `parser/nodes_metadata.go` of traefik/paerser). */
function asksForTls(values: ReadonlyMap<string, string>): boolean {
  const told = values.get('tls') || undefined;
  if (told !== undefined) return told.toLowerCase() === 'true';
  return [...values.keys()].some((name) => name === 'tls' || name.startsWith('tls.'));
}

/** Whole numbers of 64 bits, the last thousand of which are for Traefik itself (`maxUserPriority` of `pkg/server/router/router.go`). */
function priorityFault(text: string): string | undefined {
  const value = /^[+-]?\d{1,19}$/.test(text) ? BigInt(text.replace(/^\+/, '')) : undefined;
  if (value === undefined || BigInt.asIntN(64, value) !== value) return 'no whole number: Traefik passes over the Ingress';
  return value > MAX_USER_PRIORITY ? `which is more than the largest that users may set, ${MAX_USER_PRIORITY}` : undefined;
}

const MAX_USER_PRIORITY = 2n ** 63n - 1001n;

/** `SyntaxParser.parse` of `pkg/muxer/http/parser.go`: one that it does not know is v3. */
function syntaxOf(told = ''): RuleSyntax | undefined {
  return told === '' ? undefined : told === 'v2' ? 'v2' : 'v3';
}

/** A name that is no field cannot be decoded, as a value cannot (`findTypedField` of traefik/paerser). */
function unknownField(values: ReadonlyMap<string, string>): string | undefined {
  const odd = [...values.keys()].find((name) => !FIELDS.includes(name) && !NESTED.some((prefix) => name.startsWith(prefix)));
  if (odd === undefined) return undefined;
  const hint = didYouMeanHint(odd, FIELDS);
  return `\`${PREFIX}router.${odd}\` is no annotation of Traefik${hint === undefined ? '' : ` (${hint})`}: Traefik passes over the Ingress`;
}

/** What the annotations of a Service ask of those who send requests to it (`ServiceIng`). */
export interface ServiceAnnotations {
  readonly passHostHeader: boolean;
  readonly sticky: boolean;
  /** Undefined: as the provider is set. */
  readonly nativeLB: boolean | undefined;
  readonly nodePortLB: boolean;
  /** `serversScheme`. */
  readonly scheme: string | undefined;
  /** `name@provider` of a ServersTransport. */
  readonly serversTransport: string | undefined;
  /** They act behind those of the router; `namespace-name@kubernetescrd`, as written. */
  readonly middlewares: readonly string[];
  /** Why Traefik makes nothing of the Service: an annotation that cannot be decoded. */
  readonly fault: string | undefined;
}

/** The fields of a Service, and those that say yes or no. */
const SERVICE_FIELDS = [
  'serversscheme',
  'serverstransport',
  'passhostheader',
  'middlewares',
  'strategy',
  'sticky',
  'nativelb',
  'nodeportlb',
];
const SWITCHES = ['passhostheader', 'nativelb', 'nodeportlb'];

/** Reads them. */
export function serviceAnnotations(annotations: Labels): ServiceAnnotations {
  const values = valuesOf(annotations, 'service.');
  return {
    fault: serviceFault(values),
    middlewares: listOf(values.get('middlewares')),
    passHostHeader: !/^(false|f|0)$/i.test(values.get('passhostheader') ?? ''),
    sticky: [...values.keys()].some((name) => name.startsWith('sticky')),
    nativeLB: values.has('nativelb') ? isTrue(values.get('nativelb')) : undefined,
    nodePortLB: isTrue(values.get('nodeportlb')),
    scheme: values.get('serversscheme') || undefined,
    serversTransport: values.get('serverstransport') || undefined,
  };
}

function serviceFault(values: ReadonlyMap<string, string>): string | undefined {
  for (const [name, value] of values) {
    const written = `\`${PREFIX}service.${name}\``;
    if (!SERVICE_FIELDS.includes(name) && !name.startsWith('sticky.')) {
      const hint = didYouMeanHint(name, SERVICE_FIELDS);
      return `${written} is no annotation of Traefik${hint === undefined ? '' : ` (${hint})`}`;
    }
    if (SWITCHES.includes(name) && !/^(true|t|1|false|f|0)$/i.test(value.trim()))
      return `${written} is \`${value}\`, neither true nor false`;
  }
  return undefined;
}

/** Go's `strconv.ParseBool`. */
function isTrue(text = ''): boolean {
  return /^(true|t|1)$/i.test(text.trim());
}

/** The pointer to an annotation by its short name. */
export function annotationPointer(name: string): string {
  return `/metadata/annotations/${`${PREFIX}${name}`.replaceAll('/', '~1')}`;
}

function valuesOf(annotations: Labels, part: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const [name, value] of Object.entries(annotations)) {
    const lower = name.toLowerCase();
    if (lower.startsWith(`${PREFIX}${part}`)) values.set(lower.slice(PREFIX.length + part.length), value);
  }
  return values;
}

function listOf(text = ''): readonly string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}
