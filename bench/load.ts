import { Agent, request } from 'node:http';
import { cpuSeconds } from './measure.js';

/** One request of a load. */
export interface Call {
  readonly path: string;
  readonly body?: string;
}

/** The server that a load is sent to. */
export interface Target {
  readonly url: string;
  readonly token: string;
  readonly pid: number;
}

const CONNECTIONS = 16;

/**
 * Sends calls over a few kept-alive connections for some seconds, and returns how many of them the serving process answers for each second of CPU it spends: a
 * figure that does not depend on what else the machine does. Any answer but 2xx is an error.
 */
export async function requestsPerCpuSecond(target: Target, seconds: number, nextCall: () => Call): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const until = performance.now() + seconds * 1_000;
  const before = cpuSeconds(target.pid);
  let answered = 0;
  const client = async (): Promise<void> => {
    while (performance.now() < until) {
      await send(agent, target, nextCall());
      answered++;
    }
  };
  try {
    await Promise.all(Array.from({ length: CONNECTIONS }, client));
  } finally {
    agent.destroy();
  }
  return answered / (cpuSeconds(target.pid) - before);
}

/** Seconds until the end of each answer, one call after the other over one kept-alive connection; some calls before them, which are not told, warm up. */
export async function waitsOf(target: Target, count: number, callOf: (n: number) => Call): Promise<readonly number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const waits: number[] = [];
  const warmUp = Math.ceil(count / 10);
  try {
    for (let n = 0; n < warmUp + count; n++) {
      const start = performance.now();
      await send(agent, target, callOf(n));
      if (n >= warmUp) waits.push((performance.now() - start) / 1e3);
    }
  } finally {
    agent.destroy();
  }
  return waits;
}

/** An answer, and how many seconds its client waited for the end of it. */
export interface Answered {
  readonly body: string;
  readonly wait: number;
}

/** The answers to clients of one connection each, which send so many calls one after the other. */
export async function answersOf(target: Target, clients: number, each: number, nextCall: () => Call): Promise<readonly Answered[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  const client = async (): Promise<readonly Answered[]> => {
    const answers: Answered[] = [];
    for (let n = 0; n < each; n++) {
      const start = performance.now();
      const body = await send(agent, target, nextCall());
      answers.push({ body, wait: (performance.now() - start) / 1e3 });
    }
    return answers;
  };
  try {
    return (await Promise.all(Array.from({ length: clients }, client))).flat();
  } finally {
    agent.destroy();
  }
}

/** The body of the answer. */
function send(agent: Agent, { url, token }: Target, { path, body }: Call): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
    };
    const outgoing = request(`${url}${path}`, { agent, method: body === undefined ? 'GET' : 'POST', headers }, (response) => {
      const status = response.statusCode ?? 0;
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('end', () => {
        if (status >= 200 && status < 300) resolve(Buffer.concat(chunks).toString());
        else reject(new Error(`${path}: ${status}`));
      });
      response.once('error', reject);
    });
    outgoing.once('error', reject);
    outgoing.end(body);
  });
}
