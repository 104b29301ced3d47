import { finished, pipeline } from 'node:stream/promises';
import { Writable } from 'node:stream';
import pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { importCluster } from './import-cluster.js';
import { median, timed } from './measure.js';
import { comparedFigure, type Section } from './section.js';
import type { Stage } from './stage.js';

const ROUNDS = 3;
const TABLES = ['content', 'object', 'object_version'] as const;

/** Import of the M cluster, from the first byte to the committed revision; and the wait for the first answer after it. */
export async function benchImport(stage: Stage): Promise<Section> {
  const running = await stage.server();
  const body = stage.clusterM();
  const text = body.toString();
  const client = new pg.Client({ connectionString: running.databaseUrl });
  await client.connect();
  const imports: number[] = [];
  const parses: number[] = [];
  const copies: number[] = [];
  const firstAnswers: number[] = [];
  try {
    for (let round = 0; round < ROUNDS; round++) {
      const last = round === ROUNDS - 1;
      const { name, seconds } = last ? await stage.importedM() : await importCluster(running, `bench-import-${round}`, body);
      imports.push(seconds);
      parses.push((await timed(() => Object.keys(JSON.parse(text) as object))).seconds);
      copies.push(await copyAgain(client, name));
      const path = `/clusters/${name}/queries/resolve-selector?selector=any`;
      if (last) firstAnswers.push((await timed(() => running.api.expect('GET', path))).seconds);
      else await running.api.expect('DELETE', `/clusters/${name}`);
    }
  } finally {
    await client.end();
  }
  const [parse, copy] = [median(parses), median(copies)];
  return {
    title: 'Import of the M cluster',
    about:
      `A snapshot of 1,000 nodes and 30,000 pods as one JSON \`List\` of ${Math.round(body.length / 1e6)} MB, from the first byte sent to the answer that names the committed ` +
      `revision, median of ${ROUNDS}. Reference: \`JSON.parse\` of the same text, and \`COPY\` of the same rows (${TABLES.join(', ')}) into tables without any index or constraint.`,
    figures: [
      comparedFigure('first byte to committed revision', 's', median(imports), parse + copy, '≤ 5'),
      comparedFigure('of the reference: `JSON.parse` against `COPY`', 's', parse, copy),
      comparedFigure('apart: first answer after it (reads the objects, compiles the model)', 's', median(firstAnswers), parse),
    ],
  };
}

/** Seconds that COPY takes for the rows of a cluster, read beforehand. */
async function copyAgain(client: pg.Client, cluster: string): Promise<number> {
  const { rows } = await client.query<{ id: string }>('SELECT id FROM cluster WHERE name = $1', [cluster]);
  const id = rows[0]?.id ?? '';
  let seconds = 0;
  for (const table of TABLES) {
    const chunks: Buffer[] = [];
    const collect = new Writable({ write: (chunk: Buffer, _encoding, done) => (chunks.push(chunk), done()) });
    await pipeline(client.query(copyTo(`COPY (SELECT * FROM ${table} WHERE cluster_id = '${id}') TO STDOUT (FORMAT binary)`)), collect);
    await client.query(`CREATE SCHEMA IF NOT EXISTS bench; CREATE TABLE bench.${table} AS SELECT * FROM ${table} WITH NO DATA`);
    seconds += (await timed(() => copyIn(client, `bench.${table}`, chunks))).seconds;
    await client.query(`DROP TABLE bench.${table}`);
  }
  return seconds;
}

async function copyIn(client: pg.Client, table: string, chunks: readonly Buffer[]): Promise<void> {
  const copy = client.query(copyFrom(`COPY ${table} FROM STDIN (FORMAT binary)`));
  for (const chunk of chunks) if (!copy.write(chunk)) await new Promise((resolve) => copy.once('drain', resolve));
  copy.end();
  await finished(copy);
}
