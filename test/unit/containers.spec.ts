import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { type Configuration, readConfiguration, SETTINGS } from '../../src/application/config/configuration.js';

/** Logical lines of the Dockerfile as instruction and argument, without comments. */
const INSTRUCTIONS = readFileSync('Dockerfile', 'utf8')
  .replaceAll(/^\s*#.*$/gm, '')
  .replaceAll('\\\n', ' ')
  .split('\n')
  .flatMap((line) => /^(\w+)\s+(.+)$/.exec(line.trim()) ?? [])
  .reduce<string[][]>((rows, part, index) => (index % 3 === 0 ? [...rows, []] : (rows.at(-1)?.push(part.trim()), rows)), []);

/** The last stage: what runs. */
const RUNNING = INSTRUCTIONS.slice(INSTRUCTIONS.findLastIndex(([name]) => name === 'FROM'));
const argumentsOf = (name: string, instructions = RUNNING) => instructions.filter(([one]) => one === name).map(([, rest = '']) => rest);

/** `A=1 B=2` of ENV instructions. */
const IMAGE_ENVIRONMENT = Object.fromEntries(
  argumentsOf('ENV')
    .flatMap((rest) => rest.split(/\s+/))
    .map((pair) => pair.split('=', 2)),
) as Record<string, string>;

interface ComposeService {
  readonly build?: string;
  readonly ports?: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly stop_grace_period?: string;
  readonly volumes?: readonly string[];
}
const COMPOSE = load(readFileSync('docker-compose.yml', 'utf8')) as {
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly volumes: Readonly<Record<string, unknown>>;
};
const SERVER = COMPOSE.services['portolan']!;
const DATABASE = COMPOSE.services['postgres']!;

/** `${NAME:-value}` as Compose reads it where NAME is not set. */
const substituted = (environment: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, value.replaceAll(/\$\{\w+:-([^}]*)\}/g, '$1')]));

/** Settings as the server reads them; other variables are the image's own. */
function read(environment: Readonly<Record<string, string>>): Configuration {
  const settings = Object.entries(environment).filter(([name]) => name.startsWith('PORTOLAN_') || Object.hasOwn(SETTINGS, name));
  const configuration = readConfiguration(Object.fromEntries(settings));
  if (!configuration.ok) throw new Error(configuration.error.join('\n'));
  return configuration.value;
}

const PACKAGE = JSON.parse(readFileSync('package.json', 'utf8')) as {
  readonly scripts: Record<string, string>;
  readonly engines: { readonly node: string };
};

describe('the image', () => {
  const settings = read(IMAGE_ENVIRONMENT);

  it('listens on every address of its container, on the port it exposes', () => {
    expect(settings.PORTOLAN_HOST).toBe('0.0.0.0');
    expect(argumentsOf('EXPOSE')).toEqual([String(settings.PORTOLAN_PORT)]);
  });

  it('keeps its data in a volume that its user may write', () => {
    expect(argumentsOf('VOLUME')).toEqual([settings.PORTOLAN_DATA_DIR]);
    const [user = 'root'] = argumentsOf('USER');
    expect(user).not.toBe('root');
    expect(argumentsOf('RUN').join('\n')).toContain(`chown ${user}:${user} ${settings.PORTOLAN_DATA_DIR}`);
  });

  it.each([
    [200, 0],
    [503, 1],
  ])('asks /readyz on whatever port the server was told to listen: %i ends with %i', async (status, code) => {
    const asked: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url);
      response.writeHead(status).end();
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const [check = ''] = argumentsOf('HEALTHCHECK');
    const [program = '', ...args] = JSON.parse(check.slice(check.indexOf('['))) as string[];
    const [ended] = (await once(spawn(program, args, { env: { ...process.env, PORTOLAN_PORT: String(port) } }), 'exit')) as [number];
    server.close();
    expect([asked, ended]).toEqual([['/readyz'], code]);
  });

  it('runs what `npm start` runs, without npm between it and the signals', () => {
    expect((JSON.parse(argumentsOf('CMD')[0]!) as string[]).join(' ')).toBe(PACKAGE.scripts['start']!.replace(/^exec /, ''));
  });

  it('has every folder that the server reads beside its code', () => {
    const copied = argumentsOf('COPY').map((rest) => /^--from=build \/app\/(\S+) \.\/(\S*)$/.exec(rest)?.slice(1));
    expect(copied).toEqual(
      ['package.json', 'node_modules', 'dist', 'prisma', 'demo'].map((path) => [path, path === 'package.json' ? '' : path]),
    );
    const needed = [...readFileSync('src/start.ts', 'utf8').matchAll(/new URL\('([\w./]+)', ROOT\)/g)].map(([, path = '']) => path);
    expect(needed.length).toBeGreaterThan(2);
    for (const path of needed) {
      expect(existsSync(path), path).toBe(true);
      expect(
        copied.map((pair) => pair?.[0]),
        path,
      ).toContain(path.split('/')[0]);
    }
  });

  it('is built of what the build is sent', () => {
    const ignored = readFileSync('.dockerignore', 'utf8').split('\n').filter(Boolean);
    const sent = [
      'package.json',
      'package-lock.json',
      '.npmrc',
      'nest-cli.json',
      'tsconfig.json',
      'tsconfig.build.json',
      'prisma.config.ts',
      'prisma',
      'src',
      'tools',
      'demo',
    ];
    expect(sent.filter((path) => ignored.includes(path) || !existsSync(path))).toEqual([]);
    expect(ignored).toEqual(expect.arrayContaining(['node_modules', 'dist', '.portolan', '.git', '.env']));
  });

  it('stands on a Node that package.json admits', () => {
    const [least = 0] = /\d+/.exec(PACKAGE.engines.node)?.map(Number) ?? [];
    const majors = argumentsOf('FROM', INSTRUCTIONS).map((image) => Number(/^node:(\d+)/.exec(image)?.[1]));
    expect(majors.length).toBe(2);
    expect(majors.filter((major) => !(major >= least))).toEqual([]);
  });
});

describe('docker-compose.yml', () => {
  const settings = read({ ...IMAGE_ENVIRONMENT, ...substituted(SERVER.environment) });

  it('publishes the port the server listens on, to this machine only', () => {
    expect(SERVER.build).toBe('.');
    expect(SERVER.ports).toEqual([`127.0.0.1:7878:${settings.PORTOLAN_PORT}`]);
    expect(settings.PORTOLAN_HOST).toBe('0.0.0.0');
  });

  it('points the server at the PostgreSQL it starts, and waits for it', () => {
    const url = new URL(settings.DATABASE_URL!);
    const { POSTGRES_USER, POSTGRES_PASSWORD, POSTGRES_DB } = substituted(DATABASE.environment);
    expect([url.hostname, url.port, url.username, url.password, url.pathname]).toEqual([
      'postgres',
      '5432',
      POSTGRES_USER,
      POSTGRES_PASSWORD,
      `/${POSTGRES_DB}`,
    ]);
    expect(SERVER.depends_on).toEqual({ postgres: { condition: 'service_healthy' } });
    expect(DATABASE.healthcheck?.test.join(' ')).toContain(`pg_isready -U ${POSTGRES_USER} -d ${POSTGRES_DB}`);
  });

  it('keeps the data of the database', () => {
    const [volume = ''] = DATABASE.volumes?.map((one) => one.split(':')[0]) ?? [];
    expect(Object.keys(COMPOSE.volumes)).toContain(volume);
  });

  it('gives the server the time it may take to stop', () => {
    expect(Number(/^(\d+)s$/.exec(SERVER.stop_grace_period ?? '')?.[1])).toBeGreaterThan(settings.PORTOLAN_SHUTDOWN_SECONDS);
  });
});
