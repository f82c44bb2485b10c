/**
 * The direction of imports:
 *
 *   src/*.ts (main, create-app, app.module …) → push, rest, admin, web-app → journals, content, associations, media
 *     → sync, blobs, auth, graphql, database, health, pokes → config
 *
 * A fifth resource is one more name in RESOURCES. Every folder of src/ is in one of these lists.
 */
const ENTRANCES = ['push', 'rest', 'admin', 'web-app'];
const RESOURCES = ['journals', 'content', 'associations', 'media'];
const FOUNDATIONS = ['sync', 'blobs', 'auth', 'graphql', 'database', 'health', 'pokes'];

/** The one import between resources: content shows its media in a field of this type. */
const MEDIA_TYPE = '^src/media/media\\.entity\\.ts$';

const CONFIG = '^src/config(\\.module)?\\.ts$';
/** What lies directly in src/ puts the parts together, but for the configuration. */
const WIRING = '^src/(?!config(\\.module)?\\.ts$)[^/]+$';
const folders = (names) => `^src/(${names.join('|')})/`;
const rule = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

module.exports = {
  forbidden: [
    rule(
      'config-stands-alone',
      'The configuration is at the bottom: it imports nothing else of ours.',
      { path: CONFIG },
      { path: '^src/', pathNot: CONFIG },
    ),
    rule(
      'foundations-know-no-resource',
      'What every resource stands on is told of a resource; it does not import one.',
      { path: folders(FOUNDATIONS) },
      { path: folders([...RESOURCES, ...ENTRANCES]) },
    ),
    rule(
      'resources-are-islands',
      'No resource imports another; what two of them need belongs in sync. (content may import the Media type.)',
      { path: folders(RESOURCES) },
      { path: folders(RESOURCES), pathNot: ['^src/$1/', MEDIA_TYPE] },
    ),
    rule(
      'only-content-shows-media',
      'content alone may import the Media type.',
      { path: '^src/', pathNot: ['^src/(content|media)/', folders(ENTRANCES), WIRING] },
      { path: MEDIA_TYPE },
    ),
    rule(
      'resources-know-no-entrance',
      'push, rest, admin and web-app are ways in; a resource does not know how it was reached.',
      { path: folders(RESOURCES) },
      { path: folders(ENTRANCES) },
    ),
    rule(
      'nothing-imports-the-wiring',
      'What lies directly in src/ puts the parts together; no part needs it.',
      { path: '^src/', pathNot: WIRING },
      { path: WIRING },
    ),
    rule(
      'every-folder-has-its-place',
      'A folder in none of the lists above has no direction: add it to one.',
      {},
      {
        path: '^src/',
        pathNot: ['^src/[^/]+$', folders([...ENTRANCES, ...RESOURCES, ...FOUNDATIONS])],
      },
    ),
    rule(
      'server-stands-alone',
      'The server imports no test, script, benchmark or client.',
      { path: '^src/' },
      { path: '^(test|scripts|client|formats|cli|web|playground|bench|ormconfig)[/.]' },
    ),
    rule(
      'client-knows-only-the-schema',
      'client/ knows the server through schema.gql alone.',
      { path: '^client/' },
      { path: '^(src|test|scripts|formats|cli|web|playground|bench)/' },
    ),
    rule(
      'apps-use-the-client',
      'cli/ and web/ reach the server through client/ alone, and share what is in formats/.',
      { path: '^(cli|web|formats)/', pathNot: '^web/test/' },
      { path: '^(src|test|scripts|playground|bench)/' },
    ),
    rule(
      'tests-of-the-app-start-servers',
      'web/test/ shows the app in a browser, against a server as the other tests start it.',
      { path: '^web/test/' },
      { path: '^(src|test|scripts|bench)/', pathNot: '^test/support/' },
    ),
    rule(
      'playground-knows-only-the-interface',
      'playground/ speaks GraphQL as anybody does; of web/ it has only a step of the build.',
      { path: '^playground/', pathNot: '^playground/test/' },
      { path: '^(src|test|scripts|client|formats|cli|web|bench)/', pathNot: '^web/compress-files\\.ts$' },
    ),
    rule(
      'no-cycles',
      'These files need each other at run time. Between entities use Relation<> with `import type`.',
      {},
      { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    ),
    rule(
      'no-vague-folders',
      'Name the folder for what is in it.',
      {},
      { path: '/(util|utils|common|helper|helpers|shared|interfaces|types|dto)/', pathNot: 'node_modules' },
    ),
    rule(
      'no-barrels',
      'Import the file itself: a barrel hides what is used and makes cycles.',
      {},
      { path: '/index\\.[cm]?[jt]sx?$', pathNot: ['node_modules', '^client/'] },
    ),
    rule('resolves', 'Imported, but not there.', {}, { couldNotResolve: true }),
    rule('declared', 'Imported, but not in package.json.', {}, { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] }),
    rule(
      'server-runs-without-dev-dependencies',
      'A production install has no devDependencies.',
      { path: '^src/' },
      { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    ),
  ],
  options: {
    // client/, formats/, cli/, web/ and playground/ are packages of their own.
    combinedDependencies: true,
    doNotFollow: { path: '^node_modules/' },
    exclude: { path: '^((client|formats|cli|web|playground|bench)/)?(dist|data|coverage)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'node', 'default'] },
  },
};
