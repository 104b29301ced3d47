import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, request as plainRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { guardedConfiguration } from './guarded-configuration.js';
import { freePorts, NGINX, runNginx } from './running-nginx.js';
import { ACCESS_HOSTS, CERTIFICATE_HOSTS, type GuardedRequest } from './written-access.js';

/** Whether nginx and openssl are installed. */
export const CAN_GUARD = NGINX !== undefined && spawnSync('openssl', ['version']).error === undefined;

/** A real nginx that asks its clients who they are. */
export interface GuardedNginx {
  /** `200 web /x|SUCCESS|CN=…`: status, and what arrived where or where the client is sent. */
  ask(sent: GuardedRequest): Promise<string>;
  /** Certificates that an authority which nginx trusts has issued, by their names. */
  readonly certificates: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** Starts it, with an authority and certificates made for it; `pages`: errors whose pages somebody else writes. */
export async function startGuardedNginx(pages: readonly number[]): Promise<GuardedNginx> {
  const directory = mkdtempSync(join(tmpdir(), 'portolan-guarded-nginx-'));
  const [port = 0, tlsPort = 0, echoPort = 0] = await freePorts(3);
  const hosts = [...CERTIFICATE_HOSTS, ...ACCESS_HOSTS];
  makeCertificates(directory);
  // openssl-passwd(1), "apr1"
  writeFileSync(join(directory, 'passwords'), `ann:${openssl(['passwd', '-apr1', 'right']).trim()}\n`);
  writeFileSync(join(directory, 'nginx.conf'), guardedConfiguration(hosts, { port, tlsPort, echoPort, directory, pages }));
  const read = (name: string) => readFileSync(join(directory, `${name}.pem`), 'utf8');
  const files: Readonly<Record<string, string>> = { good: read('good'), other: read('other') };
  const ask = async ({ scheme, host, target, client, sni, certificate, auth }: GuardedRequest): Promise<string> => {
    const password = auth >= 200 && auth < 300 ? 'right' : 'wrong';
    const headers = { host, 'x-auth': String(auth), authorization: `Basic ${Buffer.from(`ann:${password}`).toString('base64')}` };
    const shown = files[certificate];
    const keys = shown === undefined ? {} : { cert: shown, key: shown };
    const to = { host: '127.0.0.1', path: target, headers, localAddress: client, agent: false as const };
    const outgoing =
      scheme === 'http'
        ? plainRequest({ ...to, port })
        : tlsRequest({ ...to, port: tlsPort, servername: sni, rejectUnauthorized: false, ...keys });
    const [response] = (await once(outgoing.end(), 'response')) as [IncomingMessage];
    let text = '';
    for await (const part of response.setEncoding('utf8')) text += String(part);
    const { statusCode: status = 0, headers: said } = response;
    return status === 200 || text.startsWith('pages ')
      ? `${status} ${text}`
      : said.location === undefined
        ? String(status)
        : `${status} ${said.location}`;
  };
  const first = { scheme: 'http', host: 'nobody', target: '/', client: '127.0.0.1', sni: '', certificate: '', auth: 200 } as const;
  const running = await runNginx(directory, () => ask(first));
  return { ask, stop: () => running.stop(), certificates: files };
}

/** An authority, the certificate of the server, and two of clients: each file holds the key, too. */
function makeCertificates(directory: string): void {
  const file = (name: string) => join(directory, name);
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl(['req', '-x509', ...key, '-keyout', file('ca.key'), '-out', file('ca.pem'), '-days', '2', '-subj', '/O=Portolan/CN=Authority']);
  for (const [name, subject] of [
    ['server', '/CN=server'],
    ['good', '/C=DE/O=Portolan, Ltd/CN=good'],
    ['other', '/O=Portolan/CN=other'],
  ] as const) {
    openssl(['req', ...key, '-keyout', file(`${name}.key`), '-out', file(`${name}.csr`), '-subj', subject]);
    const signer = ['-CA', file('ca.pem'), '-CAkey', file('ca.key'), '-CAcreateserial'];
    openssl(['x509', '-req', '-in', file(`${name}.csr`), ...signer, '-days', '2', '-out', file(`${name}.crt`)]);
    writeFileSync(file(`${name}.pem`), readFileSync(file(`${name}.crt`), 'utf8') + readFileSync(file(`${name}.key`), 'utf8'));
  }
}

function openssl(asked: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync('openssl', asked, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`openssl ${asked.join(' ')}: ${stderr}`);
  return stdout;
}
