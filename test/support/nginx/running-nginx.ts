import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, type IncomingMessage, request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nginxConfiguration } from './configuration.js';
import type { WrittenIngress, WrittenRequest } from './random-ingresses.js';

/** The installed nginx; undefined where there is none. */
export const NGINX: string | undefined = ['nginx', '/usr/sbin/nginx'].find((path) => spawnSync(path, ['-v']).error === undefined);

/** A real nginx on loopback. */
export interface RunningNginx {
  /** `200 red /a/b`, `404`, `301 https://…`: status, and what arrived where or where the client is sent. */
  ask(sent: WrittenRequest): Promise<string>;
  stop(): Promise<void>;
}

/** Starts nginx with the configuration of some Ingresses. */
export async function startNginx(ingresses: readonly WrittenIngress[]): Promise<RunningNginx> {
  const directory = mkdtempSync(join(tmpdir(), 'portolan-nginx-'));
  const [port = 0, echoPort = 0] = await freePorts(2);
  writeFileSync(join(directory, 'nginx.conf'), nginxConfiguration(ingresses, { port, echoPort, directory }));
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  const ask = async ({ host, target }: WrittenRequest): Promise<string> => {
    const outgoing = request({ host: '127.0.0.1', port, path: target, headers: { host }, agent }).end();
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
    let text = '';
    for await (const part of response.setEncoding('utf8')) text += String(part);
    const { statusCode: status = 0, headers } = response;
    return status === 200 ? `200 ${text}` : headers.location === undefined ? String(status) : `${status} ${headers.location}`;
  };
  const running = await runNginx(directory, () => ask({ host: 'nobody.example.com', target: '/' }));
  const stop = async (): Promise<void> => {
    agent.destroy();
    await running.stop();
  };
  return { ask, stop };
}

/** So many ports of loopback where nobody listens. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports: number[] = [];
  for (const server of servers) {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    ports.push(typeof address === 'object' && address !== null ? address.port : 0);
  }
  for (const server of servers) server.close();
  return ports;
}

/** Runs nginx with the file `nginx.conf` of a directory until it answers. Throws what nginx says where it does not start. */
export async function runNginx(directory: string, answers: () => Promise<unknown>): Promise<{ stop(): Promise<void> }> {
  const file = join(directory, 'nginx.conf');
  const child = spawn(NGINX ?? 'nginx', ['-p', directory, '-c', file, '-e', join(directory, 'error.log')], { stdio: 'ignore' });
  const ended = once(child, 'exit');
  const stop = async (): Promise<void> => {
    child.kill();
    await ended;
    rmSync(directory, { recursive: true, force: true });
  };
  for (let attempt = 0; ; attempt++) {
    const isUp = await answers().then(
      () => true,
      () => false,
    );
    if (isUp) return { stop };
    if (attempt > 100 || child.exitCode !== null) {
      const said = readFileSync(join(directory, 'error.log'), 'utf8');
      await stop();
      throw new Error(`nginx does not start: ${said.slice(0, 2_000)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
