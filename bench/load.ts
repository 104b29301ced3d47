import { Agent, request } from 'node:http';
import { cpuSeconds } from './measure.js';

/** One request of a load. */
export interface Call {
  readonly path: string;
  readonly body?: string;
}

/** What one window of load came to. */
export interface Window {
  readonly requestsPerCpuSecond: number;
  readonly requestsPerSecond: number;
  /** Milliseconds per request, in the order of completion. */
  readonly latencies: readonly number[];
}

const CONNECTIONS = 16;

/** Sends every call once over a few kept-alive connections and measures what the serving process spent on them. Any answer but 2xx is an error. */
export async function sendAll(url: string, token: string, pid: number, calls: readonly Call[]): Promise<Window> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const latencies: number[] = [];
  let next = 0;
  const worker = async () => {
    for (let call = calls[next++]; call !== undefined; call = calls[next++]) {
      const start = performance.now();
      await send(agent, url, token, call);
      latencies.push(performance.now() - start);
    }
  };
  const cpu = cpuSeconds(pid);
  const start = performance.now();
  await Promise.all(Array.from({ length: CONNECTIONS }, worker));
  const seconds = (performance.now() - start) / 1000;
  const spent = cpuSeconds(pid) - cpu;
  agent.destroy();
  return { requestsPerCpuSecond: calls.length / spent, requestsPerSecond: calls.length / seconds, latencies };
}

function send(agent: Agent, url: string, token: string, call: Call): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${token}`,
      ...(call.body === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(call.body) }),
    };
    const outgoing = request(`${url}${call.path}`, { agent, method: call.body === undefined ? 'GET' : 'POST', headers }, (response) => {
      const status = response.statusCode ?? 0;
      response.resume();
      response.once('end', () => (status >= 200 && status < 300 ? resolve() : reject(new Error(`${call.path}: ${status}`))));
      response.once('error', reject);
    });
    outgoing.once('error', reject);
    outgoing.end(call.body);
  });
}
