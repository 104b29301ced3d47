import { importCluster } from './import-cluster.js';
import { cpuSeconds, format, median, quantile, timed } from './measure.js';
import { plainFigure, type Section } from './section.js';
import type { Stage } from './stage.js';
import { appOf, TRACE_SIZE, traceCluster } from './trace-cluster.js';

const WARM_UP = 100;
const ASKED = 500;

/** The whole way of a request, and the lint of all services, over HTTP on a cluster of 10,000 services. */
export async function benchTrace(stage: Stage): Promise<Section> {
  const running = await stage.server();
  const items = Array.from(traceCluster(), (object) => JSON.stringify(object)).join(',');
  const { name } = await importCluster(running, 'bench-trace', Buffer.from(`{"apiVersion":"v1","kind":"List","items":[${items}]}`));
  const { product } = running;
  const answerTo = async (path: string): Promise<string> => {
    const response = await fetch(`${product.url}/api/v1/clusters/${name}/queries/${path}`, {
      headers: { authorization: `Bearer ${product.token}` },
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${path}: ${response.status} ${text.slice(0, 1_000)}`);
    return text;
  };
  for (let n = 0; n < WARM_UP; n++) await answerTo(traceOf(n));
  const before = cpuSeconds(running.pid);
  const times: number[] = [];
  const sizes: number[] = [];
  for (let n = WARM_UP; n < WARM_UP + ASKED; n++) {
    const { seconds, value } = await timed(() => answerTo(traceOf(n)));
    times.push(seconds * 1e3);
    sizes.push(value.length);
  }
  const cpu = ((cpuSeconds(running.pid) - before) / ASKED) * 1e3;
  const lint = await timed(() => answerTo('service-lint'));
  const spread = `${format(median(times))} (${format(quantile(times, 0.99))}) ms, ${format(median(sizes) / 1e3, 'kB')}`;
  return {
    title: 'Traces of requests',
    about:
      `Over HTTP, one after the other and none twice: ${ASKED} traces from pods to URLs on a cluster of ${(2 * TRACE_SIZE.apps).toLocaleString('en')} services, ` +
      `${(TRACE_SIZE.apps * TRACE_SIZE.podsOfApp).toLocaleString('en')} pods and ${(2 * TRACE_SIZE.apps * TRACE_SIZE.podsOfApp).toLocaleString('en')} endpoints; every fifth service is behind a policy, every tenth name is nobody's. ` +
      'Then the lint of all of its services. By the clock, which on a shared machine tells of the others too.',
    figures: [
      plainFigure('trace, p50 (p99)', spread, 'p99 < 20 ms'),
      plainFigure('CPU of the server for a trace, all its threads, mean', format(cpu, 'ms')),
      plainFigure('service-lint of the whole cluster', format(lint.seconds, 's'), '< 10 s'),
    ],
  };
}

/** A URL of another application, by the one or the other of its services; every tenth has a letter wrong. */
function traceOf(n: number): string {
  const target = appOf((n * 7919) % TRACE_SIZE.apps);
  const sender = appOf((n * 7919 + (n % 2 === 0 ? TRACE_SIZE.namespaces : 1)) % TRACE_SIZE.apps);
  const host = `${n % 10 === 9 ? target.name.replace('app', 'apq') : target.name}${n % 2 === 0 ? '' : '-api'}.${target.namespace}`;
  const from = `pod/${sender.namespace}/${sender.name}-${n % TRACE_SIZE.podsOfApp}`;
  return `trace?${new URLSearchParams({ from, to: `http://${host}` }).toString()}`;
}
