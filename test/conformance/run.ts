import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Api } from './api.js';
import { belowFloor, type Floors } from './floors.js';
import { knownDifferences } from './known-differences.js';
import { notRun, packDirectories, type PackContext, type PackRunner, readJson } from './pack.js';
import { ingressPack } from './packs/ingress.js';
import { ipamPack } from './packs/ipam.js';
import { policyPack } from './packs/policy.js';
import { servicesDnsPack } from './packs/services-dns.js';
import { takeProduct } from './product.js';
import type { SetResult } from './set-result.js';
import { wireTarget } from './wire-target.js';

const USAGE = 'usage: npm run conformance -- <dir> [--only SET]... [--json FILE] [--floors FILE] [--url URL]';

/** Recognises a pack by its index, whose shape each pack's README gives. */
function runnerOf(directory: string): PackRunner | undefined {
  const index = readJson<{ format?: string; schema?: string; sets?: unknown; files?: unknown }>(directory, 'index.json');
  if (index.format?.startsWith('portolan-policy-conformance/')) return policyPack;
  if (index.format?.startsWith('portolan-ipam-conformance/')) return ipamPack;
  if (existsSync(join(directory, 'dns', 'cases.json'))) return servicesDnsPack;
  if (existsSync(join(directory, 'own', 'ingress-table.json'))) return ingressPack;
  return undefined;
}

function print(result: SetResult): void {
  const remarks = [
    result.unsupported > 0 ? `${result.unsupported} unsupported` : '',
    result.knownDifferences > 0 ? `${result.knownDifferences} known differences` : '',
    result.inProcess ? 'in-process' : '',
  ].filter((remark) => remark !== '');
  console.log(`${result.set}: ${result.passed} / ${result.total}${remarks.length > 0 ? ` (${remarks.join(', ')})` : ''}`);
}

function printFailures(results: readonly SetResult[]): void {
  for (const result of results) {
    for (const failure of result.failed) {
      console.log(`\n✗ ${failure.id}\n  expected ${shorten(failure.expected)}\n  actual   ${shorten(failure.actual)}`);
    }
  }
}

function shorten(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 1200 ? `${text.slice(0, 1200)}… (${text.length} characters)` : text;
}

async function runAll(directories: readonly string[], context: Omit<PackContext, 'directory'>): Promise<readonly SetResult[]> {
  const results: SetResult[] = [];
  for (const directory of directories) {
    const runner = runnerOf(directory);
    if (!runner) throw new Error(`${directory}/index.json is of no known pack`);
    for await (const result of runner({ ...context, directory })) {
      print(result);
      results.push(result);
    }
  }
  return results;
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { only: { type: 'string', multiple: true }, json: { type: 'string' }, floors: { type: 'string' }, url: { type: 'string' } },
  });
  const [directory] = positionals;
  if (directory === undefined || positionals.length > 1 || !existsSync(directory)) {
    console.error(directory === undefined || positionals.length > 1 ? USAGE : `no such directory: \`${directory}\``);
    return 2;
  }
  const only = new Set(values.only ?? []);
  const directories = packDirectories(directory);
  const known = knownDifferences(resolve('test/conformance'));
  const dns = await wireTarget(values.url ?? process.env['PORTOLAN_URL']);
  const product = await takeProduct(values.url, dns && { PORTOLAN_DNS: `${dns.cluster}:${dns.port}` });
  const offered = new Set<string>();
  const wants = (set: string) => {
    offered.add(set);
    return only.size === 0 || only.has(set);
  };
  const results = await runAll(directories, { api: new Api(product), known, wants, dns }).finally(() => product.stop());
  printFailures(results);
  if (values.json !== undefined) {
    const lines = results.map(({ failed, ...result }) => ({ ...result, failed: failed.map((failure) => failure.id) }));
    writeFileSync(values.json, `${JSON.stringify(lines, null, 2)}\n`);
  }
  const missing = notRun(only, offered, results);
  for (const line of missing) console.log(line);
  const isWhole = missing.length === 0;
  if (values.floors === undefined)
    return isWhole && results.every(({ failed, unsupported }) => failed.length === 0 && unsupported === 0) ? 0 : 1;
  const fallen = belowFloor(JSON.parse(readFileSync(values.floors, 'utf8')) as Floors, results, only.size === 0);
  for (const line of fallen) console.log(`below its floor: ${line}`);
  return isWhole && fallen.length === 0 ? 0 : 1;
}

process.exitCode = await main();
