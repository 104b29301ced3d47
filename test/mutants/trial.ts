import { resolve } from 'node:path';
import { createVitest, type TestModule, type Vitest } from 'vitest/node';
import { type Mutant, mutated, type MutantsOfFile } from './mutant.js';

/** How a mutant fared. `killed`: a test failed; `broken`: a spec could not be run at all, which proves nothing. */
export interface Fate {
  readonly state: 'killed' | 'survived' | 'broken';
  /** The test that failed first, or what is broken. */
  readonly by: string;
}

/** A mutant and where it lives. */
export interface Planted extends Omit<MutantsOfFile, 'mutants'> {
  readonly mutant: Mutant;
}

/**
 * Runs specs on source that was changed in memory. One server holds the transformed modules, so that a trial costs what loading and running a spec costs: about half a second. Each
 * trial starts a worker of its own, and nothing that one mutant made is seen by the next.
 */
export class Trials {
  private constructor(
    private readonly vitest: Vitest,
    private readonly plant: { now: Planted | undefined },
  ) {}

  static async open(root: string): Promise<Trials> {
    const plant: { now: Planted | undefined } = { now: undefined };
    const vitest = await createVitest(
      'test',
      {
        root,
        config: false,
        watch: false,
        include: ['src/**/*.spec.ts', 'test/**/*.spec.ts'],
        setupFiles: ['./test/support/property-seed.ts'],
        pool: 'threads',
        isolate: false,
        maxWorkers: 1,
        fileParallelism: false,
        testTimeout: 60_000,
        bail: 1,
        reporters: [{}],
      },
      {
        plugins: [
          {
            name: 'mutant',
            enforce: 'pre',
            transform: (code, id) => (plant.now && id === resolve(root, plant.now.file) ? mutated(code, plant.now.mutant) : undefined),
          },
        ],
      },
    );
    return new Trials(vitest, plant);
  }

  /** Runs the specs of a mutant with it in its place. */
  async try(planted: Planted): Promise<Fate> {
    const file = resolve(this.vitest.config.root, planted.file);
    this.plant.now = planted;
    this.vitest.invalidateFile(file);
    const fate = await this.run(planted.specs);
    this.plant.now = undefined;
    this.vitest.invalidateFile(file);
    return fate;
  }

  /** Runs specs, one after another until a test fails, on the source as it is: `survived` where none does. */
  async run(specs: readonly string[]): Promise<Fate> {
    const [project] = this.vitest.projects;
    if (!project) throw new Error('vitest has no project');
    for (const spec of specs) {
      const file = resolve(this.vitest.config.root, spec);
      const { testModules, unhandledErrors } = await this.vitest.runTestSpecifications([project.createSpecification(file)], false);
      // Vitest tells of every file that was ever run.
      const own = testModules.find(({ moduleId }) => moduleId === file);
      const fate = own && fateOf(own, unhandledErrors);
      if (fate?.state !== 'survived') return fate ?? { state: 'broken', by: `${spec} was not run` };
    }
    return { state: 'survived', by: `the tests of ${specs.join(', ')} pass` };
  }

  async close(): Promise<void> {
    await this.vitest.close();
  }
}

function fateOf(module: TestModule, unhandled: readonly unknown[]): Fate {
  for (const test of module.children.allTests('failed')) return { state: 'killed', by: test.fullName };
  const [error] = [...module.errors(), ...unhandled];
  if (error !== undefined) return { state: 'broken', by: error instanceof Error ? error.message : JSON.stringify(error) };
  const ran = [...module.children.allTests('passed')].length > 0;
  return ran ? { state: 'survived', by: '' } : { state: 'broken', by: `${module.relativeModuleId} has no test` };
}
