/**
 * Builds what the conformance runner and the benchmarks need, once: the product where `dist/` is missing or older than its sources, then the tools themselves
 * (incrementally). `npm run conformance` and `npm run bench` call it, so that each of them works on a fresh clone.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const BUILT = 'dist/portolan.js';
const SOURCES = ['src', 'prisma', 'package-lock.json', 'nest-cli.json', 'tsconfig.json', 'tsconfig.build.json', 'rolldown.config.mjs'];
const GENERATED = join('src', 'persistence', 'generated');

/** The time of the newest file at or below a path, in milliseconds. */
function newest(path) {
  if (path === GENERATED) return 0;
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(0, ...readdirSync(path).map((name) => newest(join(path, name))));
}

function run(command, ...args) {
  const { status } = spawnSync(command, args, { stdio: ['ignore', process.stderr, 'inherit'], shell: process.platform === 'win32' });
  if (status !== 0) process.exit(status ?? 1);
}

const isBuilt = existsSync(BUILT) && existsSync(GENERATED) && Math.max(...SOURCES.map(newest)) <= statSync(BUILT).mtimeMs;
if (!isBuilt) run('npm', 'run', '--silent', 'build');
run('npx', '--no-install', 'tsc', '-p', 'tsconfig.tools.json');
