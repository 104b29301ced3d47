import type { Product } from './product.js';

/** One file of an import. */
export interface ImportFile {
  readonly path: string;
  readonly text: string;
}

/** What the product answered. */
export interface Reply {
  readonly status: number;
  readonly body: unknown;
}

/** An answer in the envelope, as far as the runner reads it. */
export interface Envelope {
  readonly verdict: string;
  readonly result: unknown;
}

let clusters = 0;

/** Speaks the public REST API, as any user's tool does. */
export class Api {
  constructor(private readonly product: Product) {}

  /** Sends one request and reads the JSON (or text) that comes back. */
  async send(method: string, path: string, body?: unknown): Promise<Reply> {
    const form = body instanceof FormData;
    const response = await fetch(`${this.product.url}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.product.token}`,
        ...(body === undefined || form ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: form ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const json = response.headers.get('content-type')?.includes('json') ?? false;
    return { status: response.status, body: json && text !== '' ? (JSON.parse(text) as unknown) : text };
  }

  /** Sends one request that has to succeed. */
  async expect(method: string, path: string, body?: unknown): Promise<unknown> {
    const reply = await this.send(method, path, body);
    if (reply.status >= 300) throw new Error(`${method} ${path}: ${reply.status} ${JSON.stringify(reply.body).slice(0, 1500)}`);
    return reply.body;
  }

  /** Makes a cluster of its own for `use`, imports the files as its first snapshot, and removes it afterwards. */
  async withCluster<T>(
    profile: object,
    files: readonly ImportFile[],
    use: (cluster: ClusterApi) => Promise<T>,
    name = `conformance-${process.pid}-${++clusters}`,
  ): Promise<T> {
    await this.expect('POST', '/clusters', { name, profile });
    try {
      const cluster = new ClusterApi(this, name);
      await cluster.snapshot(files);
      return await use(cluster);
    } finally {
      await this.expect('DELETE', `/clusters/${name}`);
    }
  }
}

/** One cluster's part of the API. */
export class ClusterApi {
  constructor(
    private readonly api: Api,
    readonly name: string,
  ) {}

  /** Replaces the cluster's content. */
  async snapshot(files: readonly ImportFile[], query = ''): Promise<unknown> {
    const form = new FormData();
    for (const file of files) form.append('file', new Blob([file.text]), file.path);
    return this.api.expect('POST', `/clusters/${this.name}/snapshots${query}`, form);
  }

  /** Asks one question. */
  async ask(question: string, input: object): Promise<Envelope> {
    return (await this.api.expect('POST', `/clusters/${this.name}/queries/${question}`, input)) as Envelope;
  }

  /** Asks many of one kind, in batches; a refused item answers with its problem. */
  async askAll(question: string, inputs: readonly object[], query = ''): Promise<readonly unknown[]> {
    const answers: unknown[] = [];
    for (let from = 0; from < inputs.length; from += 1000) {
      const batch = await this.api.expect('POST', `/clusters/${this.name}/queries/${question}${query}`, {
        items: inputs.slice(from, from + 1000),
      });
      answers.push(...(batch as { items: readonly unknown[] }).items);
    }
    return answers;
  }
}

/** A JSON `List` of objects as one file. */
export function listFile(objects: readonly unknown[]): ImportFile {
  return { path: 'objects.json', text: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }) };
}
