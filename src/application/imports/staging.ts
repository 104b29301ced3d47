import type { KubernetesObject } from '../../core/resources/kubernetes-object.js';
import type { RevisionWriter } from '../clusters/revision-store.js';
import type { StoredObject } from '../clusters/stored-object.js';
import { identityOf } from './object-identity.js';

const BATCH_OBJECTS = 500;
const BATCH_CHARACTERS = 2 ** 20;

/** Sends objects to a writer in batches. */
export class Staging {
  private batch: StoredObject[] = [];
  private characters = 0;

  constructor(
    private readonly writer: RevisionWriter,
    private readonly source: string,
  ) {}

  async add(object: KubernetesObject): Promise<void> {
    const body = JSON.stringify(object);
    this.batch.push({ ...identityOf(object), source: this.source, body });
    this.characters += body.length;
    if (this.batch.length >= BATCH_OBJECTS || this.characters >= BATCH_CHARACTERS) await this.flush();
  }

  /** Sends what is left. */
  async flush(): Promise<void> {
    if (this.batch.length === 0) return;
    await this.writer.stage(this.batch);
    this.batch = [];
    this.characters = 0;
  }
}
