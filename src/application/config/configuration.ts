import { z } from 'zod';
import { didYouMeanHint } from '../../core/kernel/did-you-mean.js';
import { err, ok, type Result } from '../../core/kernel/result.js';
import { parseIp } from '../../core/net/ip.js';

const MIB = 2 ** 20;

/** A setting: what it is, what it must be, and how its text is read. */
interface Setting<T> {
  readonly about: string;
  readonly expected: string;
  readonly schema: z.ZodType<T, string | undefined>;
  /** As the documentation shows it; undefined where there is none. */
  readonly byDefault: string | undefined;
}

function setting<T>(about: string, expected: string, byDefault: string | undefined, schema: z.ZodType<T, string | undefined>): Setting<T> {
  return { about, expected, schema, byDefault };
}

function whole(about: string, min: number, max: number, byDefault: number): Setting<number> {
  const schema = z
    .string()
    .default(String(byDefault))
    .refine((text) => /^\d{1,15}$/.test(text) && Number(text) >= min && Number(text) <= max)
    .transform(Number);
  return setting(about, `a whole number from ${min} to ${max}`, String(byDefault), schema);
}

function choice<const V extends readonly [string, ...string[]]>(about: string, values: V, byDefault: V[number]): Setting<V[number]> {
  return setting(
    about,
    `one of ${values.join(', ')}`,
    byDefault,
    z.enum(values).default(() => byDefault),
  );
}

function flag(about: string, byDefault: boolean): Setting<boolean> {
  const schema = z
    .enum(['0', '1', 'false', 'true'])
    .default(byDefault ? '1' : '0')
    .transform((text) => text === '1' || text === 'true');
  return setting(about, '0 or 1', byDefault ? '1' : '0', schema);
}

/** A cluster and the port its names are served on. */
interface ClusterPort {
  readonly cluster: string;
  /** 0: a free one. */
  readonly port: number;
}

/** `harbor:5353,atoll:5354`; undefined where it is not that, or a cluster or port is named twice. */
function clusterPorts(text: string): readonly ClusterPort[] | undefined {
  const pairs = text.split(',').map((part) => /^([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?):(\d{1,5})$/.exec(part.trim()));
  const served = pairs.map((pair) => ({ cluster: pair?.[1] ?? '', port: Number(pair?.[2] ?? Number.NaN) }));
  const ports = served.map(({ port }) => port).filter((port) => port !== 0);
  const isUnique = new Set(ports).size === ports.length && new Set(served.map(({ cluster }) => cluster)).size === served.length;
  return isUnique && ports.every((port) => port <= 65_535) ? served : undefined;
}

function isPostgresUrl(text: string): boolean {
  return URL.canParse(text) && /^postgres(?:ql)?:$/.test(new URL(text).protocol);
}

/** Every setting of the server, in the order of the documentation. */
export const SETTINGS = {
  DATABASE_URL: setting(
    'the PostgreSQL to use instead of the embedded one',
    'a URL `postgresql://user:password@host:port/database`',
    undefined,
    z.string().refine(isPostgresUrl).optional(),
  ),
  PORTOLAN_HOST: setting(
    'the address the server listens on',
    'an IP address or a host name',
    '127.0.0.1',
    z
      .string()
      .regex(/^[\w.:-]{1,253}$/)
      .default('127.0.0.1'),
  ),
  PORTOLAN_PORT: whole('the TCP port the server listens on, 0 for a free one', 0, 65_535, 7878),
  PORTOLAN_DATA_DIR: setting(
    'the folder of the embedded database and the key of this installation',
    'a path',
    '.portolan',
    z.string().min(1).default('.portolan'),
  ),
  PORTOLAN_DEMO: flag('whether an empty database gets the demo fleet', true),
  PORTOLAN_BOOTSTRAP_TOKEN: setting(
    'the secret of the administrator’s token `bootstrap`; generated at the first start where it is not set',
    '24 to 200 letters, digits and . _ ~ + / = -',
    undefined,
    z
      .string()
      .regex(/^[\w.~+/=-]{24,200}$/)
      .optional(),
  ),
  PORTOLAN_SECRET_KEY: setting(
    'the key that stands between stored hashes and the values of Secrets; every replica needs the same; kept in the data folder where it is not set',
    '64 hexadecimal digits or more',
    undefined,
    z
      .string()
      .regex(/^(?:[0-9a-fA-F]{2}){32,}$/)
      .optional(),
  ),
  PORTOLAN_LOG_LEVEL: choice('the least grave messages of the log', ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], 'info'),
  PORTOLAN_METRICS_OPEN: flag('whether `/metrics` needs no token', false),
  PORTOLAN_DATABASE_CONNECTIONS: whole('how many connections to the database are kept', 2, 200, 10),
  PORTOLAN_MODEL_CACHE_BYTES: whole('how much memory compiled models may take', 0, 2 ** 40, 512 * MIB),
  PORTOLAN_ANSWER_CACHE_BYTES: whole('how much memory remembered answers may take', 0, 2 ** 40, 64 * MIB),
  PORTOLAN_IMPORT_MAX_BYTES: whole('how much decompressed text one import may have', 1024, 2 ** 40, 1024 * MIB),
  PORTOLAN_BODY_MAX_BYTES: whole('how long a JSON body may be', 1024, 2 ** 30, 8 * MIB),
  PORTOLAN_REQUEST_TIMEOUT_SECONDS: whole('how long a client may take to send a request', 1, 86_400, 600),
  PORTOLAN_SHUTDOWN_SECONDS: whole('how long requests that are being answered may take to finish when the server stops', 0, 3_600, 20),
  PORTOLAN_DNS: setting(
    'the clusters whose names are served as real DNS, over UDP and TCP and without a token, each on its port',
    'clusters with ports, such as `harbor:5353,atoll:5354`, none of them twice; port 0 is a free one',
    undefined,
    z
      .string()
      .refine((text) => clusterPorts(text) !== undefined)
      .optional()
      .transform((text): readonly ClusterPort[] => (text === undefined ? [] : (clusterPorts(text) ?? []))),
  ),
  PORTOLAN_DNS_HOST: setting(
    'the address DNS is answered on: whoever reaches it can ask for every name',
    'an IP address',
    '127.0.0.1',
    z
      .string()
      .refine((text) => parseIp(text) !== undefined)
      .default('127.0.0.1'),
  ),
  PORTOLAN_DNS_ANSWERS_PER_SECOND: whole(
    'how many answers one sender gets over UDP in a second, this machine itself excepted; 0 for any number',
    0,
    1_000_000,
    1_000,
  ),
  PORTOLAN_GRAPHQL_MAX_DEPTH: whole('how deep a GraphQL document may nest', 3, 100, 16),
  PORTOLAN_GRAPHQL_MAX_COST: whole('how much a GraphQL document may cost', 10, 10_000_000, 20_000),
} as const;

type Settings = typeof SETTINGS;

/** What the server was told to do. */
export type Configuration = { readonly [K in keyof Settings]: z.output<Settings[K]['schema']> };

/** Variables of the tools around the server, which often stand in the same environment. */
const OF_OTHERS: ReadonlySet<string> = new Set(['PORTOLAN_TOKEN', 'PORTOLAN_URL', 'PORTOLAN_SHARED']);

/** Reads the settings; empty text counts as not set. The error has one line for each variable that is wrong or unknown. Secrets are never repeated. */
export function readConfiguration(environment: Readonly<Record<string, string | undefined>>): Result<Configuration, readonly string[]> {
  const wrong: string[] = [];
  const entries = Object.entries(SETTINGS).map(([name, { about, expected, schema }]) => {
    const text = environment[name];
    const read = schema.safeParse(text === '' ? undefined : text);
    if (!read.success) wrong.push(`${name} is ${about}: it must be ${expected}${SECRET.test(name) ? '' : `, not \`${text ?? ''}\``}`);
    return [name, read.data];
  });
  for (const name of Object.keys(environment)) {
    if (!name.startsWith('PORTOLAN_') || Object.hasOwn(SETTINGS, name) || OF_OTHERS.has(name)) continue;
    wrong.push(`${name} is no setting of this server${hintFor(name)}`);
  }
  if (wrong.length > 0) return err(wrong.sort());
  const configuration: Configuration = Object.fromEntries(entries);
  return ok(configuration);
}

const SECRET = /TOKEN|KEY|DATABASE_URL/;

function hintFor(name: string): string {
  const hint = didYouMeanHint(name, Object.keys(SETTINGS));
  return hint === undefined ? ': see docs/CONFIGURATION.md' : `: ${hint}`;
}
