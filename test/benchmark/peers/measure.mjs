import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkAnswer } from '../http/answers.mjs';
import { measure } from '../http/measure.mjs';
import { REQUESTS } from '../http/requests.mjs';
import { Results } from '../http/results.mjs';
import { PEERS } from './contenders.mjs';

const BENCHMARK = join(import.meta.dirname, '..');
const GET = 'get-allowed';
const PREFLIGHT = 'preflight-granted';

/** Installs the other frameworks, where they are not installed as the lockfile has them. */
export function installPeers() {
  const { packages } = readJson(join(BENCHMARK, 'package-lock.json'));
  const isInstalled = Object.entries(packages)
    .filter(([folder]) => folder !== '')
    .every(([folder, { version }]) => versionIn(join(BENCHMARK, folder)) === version);
  if (!isInstalled) {
    execFileSync('npm', ['ci', '--ignore-scripts'], { cwd: BENCHMARK, stdio: 'inherit' });
  }
}

/** Versions of the packages that are compared here alone. */
export function peerVersions() {
  const { dependencies } = readJson(join(BENCHMARK, 'package.json'));
  return Object.fromEntries(
    Object.keys(dependencies).map((name) => [name, versionIn(join(BENCHMARK, 'node_modules', name))]),
  );
}

/**
 * What CORS costs each framework, over its own application without CORS.
 *
 * @returns {Promise<Results>}
 */
export async function measurePeers(plan) {
  const both = REQUESTS.filter(({ name }) => name === GET || name === PREFLIGHT);
  const applications = PEERS.flatMap(({ none, contenders }) =>
    [{ name: none, cors: 'none' }, ...contenders].map((contender) => ({
      name: contender.name,
      settings: settingsOf(contender.name),
      // Some frameworks answer OPTIONS without CORS: there is nothing to compare a preflight with.
      requests: contender.cors === 'none' ? both.filter(({ name }) => name === GET) : both,
      check: (answer, request) => checkAnswer(answer, contender, request),
    })),
  );
  return new Results(await measure(applications, plan));
}

function settingsOf(name) {
  const [, adapter, contender = 'none'] = /^nest-(express|fastify)(?:-(.+))?$/u.exec(name) ?? [];
  return adapter === undefined ? { kind: 'peer', peer: name } : { kind: 'contender', contender, adapter };
}

/** Of the GET and of the preflight: the ratio to the framework's GET without CORS. */
export function peerRatios(results) {
  return PEERS.flatMap(({ none, contenders }) =>
    contenders.map(({ name, label }) => ({
      label,
      get: results.ratio(name, none, GET),
      preflight: results.ratio(name, none, PREFLIGHT, GET),
      added: results.time(name, GET).quietest - results.time(none, GET).quietest,
    })),
  );
}

function versionIn(folder) {
  try {
    return readJson(join(folder, 'package.json')).version;
  } catch {
    return undefined;
  }
}

function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}
