import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { timed } from './measure.js';
import type { Running } from './running.js';

/** A cluster that was imported, and what it took. */
export interface ImportedCluster {
  readonly name: string;
  /** From the first byte that was sent to the answer, which comes when the revision is committed. */
  readonly seconds: number;
}

/** Makes a cluster and sends its content as one snapshot. Throws unless a revision came of it. */
export async function importCluster(
  { api, product }: Pick<Running, 'api' | 'product'>,
  name: string,
  body: Buffer,
): Promise<ImportedCluster> {
  await api.expect('POST', '/clusters', { name });
  const { seconds, value } = await timed(() => post(`${product.url}/api/v1/clusters/${name}/snapshots`, product.token, body));
  if (value.status !== 201) throw new Error(`the import was refused: ${value.status} ${value.text.slice(0, 1_000)}`);
  return { name, seconds };
}

async function post(url: string, token: string, body: Buffer): Promise<{ readonly status: number; readonly text: string }> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'content-length': body.length };
  const outgoing = request(url, { method: 'POST', headers });
  outgoing.end(body);
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) text += String(chunk);
  return { status: response.statusCode ?? 0, text };
}
