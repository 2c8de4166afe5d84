import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { packedLibrary } from '../tools/lane.js';
import { Application } from './application.js';
import { ALL, ONE_OF_EACH } from './combinations.js';

/*
 * `npm run test:templates`: applications as the templates of the Nest CLI make them, with the packed library: type-checked,
 * built, booted, and asked for a preflight. `-- --all` has every combination of template, builder and resolution,
 * `-- --no-install` takes the packages as they are from the run before, and `-- '12.0 ESM'` runs one template.
 */

const { values, positionals } = parseArgs({
  options: { all: { type: 'boolean', default: false }, 'no-install': { type: 'boolean', default: false } },
  allowPositionals: true,
});
const combinations = (values.all ? ALL : ONE_OF_EACH).filter(
  ({ template }) => positionals.length === 0 || positionals.includes(template.name),
);

function npm(folder, ...commandLine) {
  const { status } = spawnSync(process.execPath, [process.env.npm_execpath, ...commandLine], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0) {
    throw new Error(`npm ${commandLine.join(' ')} in ${folder} ended with status ${status}`);
  }
}

/** What the lockfiles name, and the library as npm packs it. */
function install() {
  const packed = mkdtempSync(join(tmpdir(), 'nestjs-cors-packed-'));
  try {
    const archive = packedLibrary(packed);
    if (archive === undefined) {
      throw new Error('npm could not pack the library.');
    }
    for (const folder of new Set(combinations.map(({ template }) => template.folder))) {
      npm(join(import.meta.dirname, folder), 'ci');
      npm(join(import.meta.dirname, folder), 'install', '--no-save', archive);
    }
  } finally {
    rmSync(packed, { recursive: true });
  }
}

async function outcomes({ template, builder, resolutions }) {
  const application = new Application(join(import.meta.dirname, template.folder), template);
  const steps = [
    ...resolutions.map((resolution) => [`types (${resolution})`, () => application.typeCheck(resolution)]),
    ['build', () => application.build(builder)],
    ['preflights', () => application.answerPreflights()],
  ];
  const rows = [];
  try {
    for (const [step, run] of steps) {
      const started = Date.now();
      const error = await Promise.resolve()
        .then(run)
        .then(
          () => undefined,
          (thrown) => thrown,
        );
      if (error !== undefined) {
        console.error(`\n${template.name}, ${builder}, ${step}:\n${error.message}`);
      }
      const seconds = Number(((Date.now() - started) / 1000).toFixed(1));
      rows.push({ template: template.name, builder, step, passed: error === undefined, seconds });
    }
  } finally {
    application.remove();
  }
  return rows;
}

if (!values['no-install']) {
  install();
}
const rows = [];
for (const combination of combinations) {
  rows.push(...(await outcomes(combination)));
}
console.table(rows);
const failed = rows.filter(({ passed }) => !passed).length;
console.log(`${rows.length - failed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
