import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { encode } from 'dns-packet';
import { Api } from '../test/conformance/api.js';
import { askWire } from '../test/conformance/ask-wire.js';
import { freePort } from '../test/conformance/free-port.js';
import { startProduct } from '../test/conformance/product.js';
import { dnsCluster } from './dns-cluster.js';
import { type LoadResult, sendPackets } from './dns-load.js';
import { mixedQuestions, SHAPE } from './dns-questions.js';
import { importCluster } from './import-cluster.js';
import { cpuSeconds, format, median, quantile } from './measure.js';
import { comparedFigure, type Figure, plainFigure } from './section.js';

const CLUSTER = 'bench-dns';
const ECHO = fileURLToPath(new URL('./echo-server.js', import.meta.url));
/** Questions under way at the same time. */
const OPEN = 32;
const WINDOWS = 5;
const WINDOW_SECONDS = 2;
const OPT = {
  type: 'OPT',
  name: '.',
  udpPayloadSize: 1232,
  extendedRcode: 0,
  ednsVersion: 0,
  flags: 0,
  flag_do: false,
  options: [],
} as const;

/** What the figures of {@link benchWire} are. */
export const WIRE_ABOUT =
  `On the wire: the same questions, all kinds mixed, as UDP packets with EDNS to the product itself, ${OPEN} of them under way at any time, asked by one process on the same machine; median of ${WINDOWS} windows of ${WINDOW_SECONDS} s. ` +
  'Reference: a bare Node socket that sends each packet back. What is given by the clock depends on what else the machine does, and on the asking process, which takes one of its cores.';

interface Peer {
  readonly port: number;
  readonly pid: number;
}

/** Questions as packets, against the whole product. */
export async function benchWire(): Promise<readonly Figure[]> {
  const port = await freePort();
  const product = await startProduct({ PORTOLAN_DNS: `${CLUSTER}:${port}` });
  try {
    if (product.pid === undefined) throw new Error('the product has no process id');
    const items = Array.from(dnsCluster(SHAPE), (object) => JSON.stringify(object)).join(',');
    await importCluster({ api: new Api(product), product }, CLUSTER, Buffer.from(`{"apiVersion":"v1","kind":"List","items":[${items}]}`));
    await askWire({ cluster: CLUSTER, host: '127.0.0.1', port }, 'tcp', 'cluster.local', 'SOA'); // compiles the model
    const packets = mixedQuestions().map(({ name, type }) =>
      encode({ type: 'query', flags: 0x100, questions: [{ name, type }], additionals: [OPT] } as never),
    );
    const own = { port, pid: product.pid };
    return await withEcho(async (echo) => figuresOf(await compared(own, echo, packets)));
  } finally {
    await product.stop();
  }
}

async function withEcho<T>(use: (echo: Peer) => Promise<T>): Promise<T> {
  const child = spawn(process.execPath, [ECHO], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  try {
    const [said] = (await once(child.stdout, 'data')) as [Buffer];
    if (child.pid === undefined) throw new Error('the echo has no process id');
    return await use({ port: Number(said.toString()), pid: child.pid });
  } finally {
    child.kill('SIGTERM');
    await ended;
  }
}

interface Window extends LoadResult {
  readonly cpu: number;
}

/** Windows of both peers in turns, so that they share the machine's good and bad moments; the first pair warms up. */
async function compared(own: Peer, echo: Peer, packets: readonly Buffer[]): Promise<readonly [readonly Window[], readonly Window[]]> {
  const windows: [Window[], Window[]] = [[], []];
  for (let window = 0; window <= WINDOWS; window++) {
    for (const [index, { port, pid }] of [own, echo].entries()) {
      const before = cpuSeconds(pid);
      const result = await sendPackets(port, packets, OPEN, WINDOW_SECONDS);
      if (result.lost > result.answers / 1_000) throw new Error(`${result.lost} of ${result.answers + result.lost} questions were lost`);
      if (window > 0) windows[index]?.push({ ...result, cpu: cpuSeconds(pid) - before });
    }
  }
  return windows;
}

function figuresOf([own, echo]: readonly [readonly Window[], readonly Window[]]): readonly Figure[] {
  const middle = (windows: readonly Window[], of: (window: Window) => number): number => median(windows.map(of));
  const pair = (of: (window: Window) => number): [number, number] => [middle(own, of), middle(echo, of)];
  const wait = (share: number) => pair(({ waits }) => quantile(waits, share) * 1e3);
  const name = 'on the wire, all kinds mixed';
  return [
    comparedFigure(`${name}, by the clock`, '/s', ...pair(({ answers, seconds }) => answers / seconds), '≥ 20,000/s'),
    comparedFigure(`${name}, for each second of CPU`, '/s', ...pair(({ answers, cpu }) => answers / cpu)),
    comparedFigure(`${name}, wait, p50`, 'ms', ...wait(0.5)),
    comparedFigure(`${name}, wait, p99`, 'ms', ...wait(0.99), '< 5 ms'),
    plainFigure(`${name}, questions lost`, format(own.reduce((sum, { lost }) => sum + lost, 0)), '0'),
  ];
}
