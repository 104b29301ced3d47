import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { benchAddresses } from './addresses.js';
import { benchAllocation } from './allocation.js';
import { benchCombiner } from './combiner.js';
import { benchCompile } from './compile.js';
import { benchDns } from './dns.js';
import { benchEndpoints } from './endpoints.js';
import { benchHttp } from './http.js';
import { benchImport } from './imports.js';
import { benchNearlyFull } from './nearly-full.js';
import { benchPolicy } from './policy.js';
import { benchQuestions } from './questions.js';
import { benchRouting } from './routing.js';
import { type Section, sectionText } from './section.js';
import { benchShadows } from './shadows.js';
import { Stage } from './stage.js';
import { benchStart } from './start.js';
import { benchStoredPrefixes } from './stored-prefixes.js';
import { benchTrace } from './trace.js';

/** In the order of the document. */
const BENCHMARKS: Readonly<Record<string, (stage: Stage) => Promise<Section>>> = {
  compile: benchCompile,
  questions: benchQuestions,
  policy: benchPolicy,
  endpoints: benchEndpoints,
  dns: benchDns,
  routing: benchRouting,
  shadows: benchShadows,
  import: benchImport,
  http: benchHttp,
  trace: benchTrace,
  addresses: benchAddresses,
  allocation: benchAllocation,
  combiner: benchCombiner,
  'nearly-full': benchNearlyFull,
  'stored-prefixes': benchStoredPrefixes,
  start: benchStart,
};

/** What commits by the ten thousand has a server and a database of its own: else it waits for what the sections before have left to be written to the disk. */
const ALONE: ReadonlySet<string> = new Set(['allocation', 'combiner', 'nearly-full', 'stored-prefixes']);

const USAGE = `usage: npm run bench -- [--write] [name…]

Runs the benchmarks and prints their figures: ${Object.keys(BENCHMARKS).join(', ')} (all of them when none is named).
--write puts the figures into docs/PERFORMANCE.md.`;

const DOCUMENT = 'docs/PERFORMANCE.md';
const MEASURED = /(?<=<!-- figures of `npm run bench` -->\n)[^]*(?=<!-- end of figures -->)/;

function environment(): string {
  const { platform, arch, version } = process;
  return `${cpus().length} cores, ${platform} ${arch}, Node ${version.replace(/^v(\d+).*/, '$1')}, embedded PostgreSQL`;
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { write: { type: 'boolean', default: false } } });
  const names = positionals.length > 0 ? positionals : Object.keys(BENCHMARKS);
  if (names.some((name) => !Object.hasOwn(BENCHMARKS, name))) {
    console.error(USAGE);
    return 2;
  }
  const texts = [`\`npm run bench${positionals.map((name) => ` ${name}`).join('')}\` on ${environment()}.`];
  console.log(texts[0]);
  let stage = new Stage();
  // The database would stay behind: it is no child that a terminal's interrupt reaches.
  const interrupted = (): void => void stage.close().finally(() => process.exit(130));
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  try {
    for (const [name, run] of Object.entries(BENCHMARKS)) {
      if (!names.includes(name)) continue;
      if (ALONE.has(name)) {
        await stage.close();
        stage = new Stage();
      }
      const text = sectionText(await run(stage));
      console.log(`\n${text}`);
      texts.push(text);
    }
  } finally {
    await stage.close();
  }
  if (values.write) await write(texts.join('\n\n'));
  return 0;
}

async function write(text: string): Promise<void> {
  const document = readFileSync(DOCUMENT, 'utf8');
  if (!MEASURED.test(document)) throw new Error(`${DOCUMENT} has no place for the figures`);
  const written = document.replace(MEASURED, () => `\n${text}\n\n`);
  writeFileSync(DOCUMENT, await format(written, { ...(await resolveConfig(DOCUMENT)), parser: 'markdown' }));
}

process.exitCode = await main();
