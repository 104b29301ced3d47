import { rmSync } from 'node:fs';
import { type EmbeddedDatabase, startEmbeddedPostgres } from '../src/persistence/embedded-postgres.js';
import { Api } from '../test/conformance/api.js';
import { startProduct } from '../test/conformance/product.js';
import { type ImportedCluster, importCluster } from './import-cluster.js';
import type { Running } from './running.js';
import { SIZES, syntheticCluster } from './synthetic-cluster.js';
import { temporaryFolder } from './temporary-folder.js';

/** What several benchmarks share, started when the first of them needs it. */
export class Stage {
  private readonly home = temporaryFolder();
  private database: EmbeddedDatabase | undefined;
  private running: Promise<Running> | undefined;
  private body: Buffer | undefined;
  private loaded: Promise<ImportedCluster> | undefined;

  /** The product, with every setting as it is by default but the demo. */
  server(): Promise<Running> {
    this.running ??= this.start();
    return this.running;
  }

  /** The M cluster as `kubectl get -o json` prints it: one `List`. */
  clusterM(): Buffer {
    this.body ??= Buffer.from(
      `{"apiVersion":"v1","kind":"List","items":[${Array.from(syntheticCluster(SIZES.M), (object) => JSON.stringify(object)).join(',')}]}`,
    );
    return this.body;
  }

  /** The M cluster inside the product. */
  importedM(): Promise<ImportedCluster> {
    this.loaded ??= this.server().then((running) => importCluster(running, 'bench-m', this.clusterM()));
    return this.loaded;
  }

  /** Ends everything that was started. */
  async close(): Promise<void> {
    const running = await this.running?.catch(() => undefined);
    await running?.product.stop();
    await this.database?.stop();
    rmSync(this.home, { recursive: true, force: true });
  }

  private async start(): Promise<Running> {
    this.database = await startEmbeddedPostgres(this.home, 'portolan');
    const product = await startProduct({ DATABASE_URL: this.database.url });
    if (product.pid === undefined) throw new Error('the product has no process id');
    return { product, pid: product.pid, api: new Api(product), databaseUrl: this.database.url };
  }
}
