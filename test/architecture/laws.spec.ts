import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const PROJECT = resolve(import.meta.dirname, '../..');
const require = createRequire(import.meta.url);
const config = require(join(PROJECT, '.dependency-cruiser.cjs')) as { forbidden: { name: string }[]; options: Record<string, unknown> };

/** For each law one import that breaks it: who imports, and the line. Targets that do not exist in the planted tree are created empty. */
const PLANTED: readonly [law: string, from: string, imports: string][] = [
  ['core-is-pure', 'src/core/kernel/planted.ts', "import 'node:fs';"],
  ['core-is-pure', 'src/core/policy/planted-package.ts', "import 'zod';"],
  ['core-imports-only-core', 'src/core/dns/planted.ts', "import '../../application/dns/target.js';"],
  ['kernel-and-net-are-the-floor', 'src/core/net/planted.ts', "import '../model/target.js';"],
  ['resources-know-no-model', 'src/core/resources/planted.ts', "import '../model/target.js';"],
  ['model-knows-no-engine', 'src/core/model/planted.ts', "import '../policy/target.js';"],
  ['leaf-engines-are-strangers', 'src/core/ingress/planted.ts', "import '../services/target.js';"],
  ['dataplane-may-call-services-and-policy', 'src/core/dataplane/planted.ts', "import '../dns/target.js';"],
  ['only-trace-and-findings-call-every-engine', 'src/core/services/planted.ts', "import '../trace/target.js';"],
  ['core-internal-is-private', 'src/core/trace/planted.ts', "import '../policy/internal/target.js';"],
  ['internal-is-not-for-outsiders', 'src/application/policy/planted.ts', "import '../../core/policy/internal/target.js';"],
  ['manifests-know-core-only', 'src/manifests/planted.ts', "import '../application/imports/target.js';"],
  ['application-knows-no-adapter', 'src/application/clusters/planted.ts', "import '../../persistence/target.js';"],
  ['adapters-are-strangers', 'src/api/clusters/planted.ts', "import '../../persistence/target.js';"],
  ['api-imports-core-types-only', 'src/api/policy/planted.ts', "import '../../core/policy/target.js';"],
  ['wire-runs-no-engine', 'src/wire/dns/planted.ts', "import '../../core/dns/target.js';"],
  ['prisma-and-pg-only-in-persistence', 'src/api/ipam/planted.ts', "import 'pg';"],
  ['no-circular', 'src/manifests/circle.ts', "import './circle-back.js';"],
  ['no-circular', 'src/manifests/circle-back.ts', "import './circle.js';"],
  ['no-orphans', 'src/explorer/orphan.ts', ''],
  ['nothing-imports-tests', 'src/cli/planted.ts', "import '../../test/target.js';"],
  ['no-barrels', 'src/wire/planted.ts', "import './index.js';"],
];

describe('the laws of docs/ARCHITECTURE.md', () => {
  let root: string;
  let result: ICruiseResult;

  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'portolan-laws-'));
    symlinkSync(join(PROJECT, 'node_modules'), join(root, 'node_modules'));
    for (const file of ['package.json', 'tsconfig.json']) cpSync(join(PROJECT, file), join(root, file));
    for (const [, from, line] of PLANTED) {
      write(join(root, from), `${line}\nexport const planted = 1;\n`);
      const target = /'(\.[^']+)\.js'/.exec(line)?.[1];
      if (target && !target.includes('circle')) write(join(root, dirname(from), `${target}.ts`), 'export const target = 1;\n');
    }
    const options = { ...config.options, baseDir: root, ruleSet: { forbidden: config.forbidden }, validate: true } as never;
    const cruised = await cruise(['src', 'test'], options, undefined, { tsConfig: extractTSConfig(join(root, 'tsconfig.json')) });
    result = cruised.output as ICruiseResult;
  }, 60_000);

  afterAll(() => rmSync(root, { recursive: true, force: true }));

  it.each(PLANTED)('%s catches %s', (law, from) => {
    // A cycle is reported once, from either of its ends.
    const caught = result.summary.violations
      .filter((violation) => [violation.from, violation.to].includes(from))
      .map((violation) => violation.rule.name);
    expect(caught).toContain(law);
  });

  it('every law has a planted breach', () => {
    const planted = new Set(PLANTED.map(([law]) => law));
    expect(config.forbidden.map((rule) => rule.name).filter((name) => !planted.has(name))).toEqual([]);
  });
});

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
