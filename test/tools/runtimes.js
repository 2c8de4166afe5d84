import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { node, repository } from './lane.js';

/*
 * `npm run test:runtimes`: a part of the e2e tests on every supported line of Node.js, and an application on Bun. The programs
 * come from npm. `-- --all` has the whole e2e suite, `-- --results <folder>` keeps the results there, one JSON file for each
 * version, and `-- node-22` runs one of them.
 */

/** Where versions of Node.js have differed: how headers are written, HTTP/2, module formats. */
const PART = ['test/e2e/(responses|module|node-heads|http2-streams|endings)\\.'];

/** What the smoke test prints wherever the library works. */
const ANSWERS = [
  '204 https://app.example.com true Origin',
  '403   Origin',
  '200 https://app.example.com true Origin',
  '200   Origin',
];

const lane = join(repository, 'test/runtimes');
const { values, positionals } = parseArgs({
  options: { all: { type: 'boolean', default: false }, results: { type: 'string' } },
  allowPositionals: true,
});

function program(name) {
  return join(lane, 'node_modules', name, 'bin', name === 'bun' ? 'bun.exe' : 'node');
}

function run(name, commandLine) {
  return spawnSync(program(name), commandLine, { cwd: repository, stdio: 'inherit' }).status === 0;
}

function testOn(name) {
  const kept = values.results === undefined ? [] : ['--json', '--outputFile', resolve(values.results, `${name}.json`)];
  return run(name, [
    '--experimental-vm-modules',
    'node_modules/jest/bin/jest.js',
    '--testMatch',
    '<rootDir>/test/**/*.e2e-spec.ts',
    ...kept,
    ...(values.all ? [] : ['--testPathPatterns', ...PART]),
  ]);
}

function smokeOn(name) {
  const { stdout, stderr } = spawnSync(program(name), [join(lane, 'smoke.mjs')], {
    encoding: 'utf8',
    timeout: 120_000,
  });
  const works = stdout.trim() === JSON.stringify(ANSWERS);
  console.log(`The built library on ${name}: ${works ? 'works' : `answered ${stdout}${stderr}`}`);
  return works;
}

/** The whole of npm's packages: their install scripts put the programs in place. */
const installed = node(lane, [process.env.npm_execpath, 'ci']);

const runs = {
  'node-22': () => smokeOn('node-22') && testOn('node-22'),
  'node-24': () => smokeOn('node-24') && testOn('node-24'),
  'node-26': () => smokeOn('node-26') && testOn('node-26'),
  bun: () => smokeOn('bun'),
};
const failed = Object.keys(runs).filter(
  (name) => (positionals.length === 0 || positionals.includes(name)) && !runs[name](),
);
if (!installed || failed.length > 0) {
  console.error(installed ? `Failed: ${failed.join(', ')}` : 'Failed: the installation');
  process.exit(1);
}
