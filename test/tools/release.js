import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { node, repository } from './lane.js';

/*
 * `npm run release -- minor`: the version in package.json and CHANGELOG.md, a commit, a tag, the package on npm. `--dry-run` shows
 * every step and takes none. It needs no account, no remote and no branch `main`, so that it can be tried anywhere.
 */

const lane = join(repository, 'test/release');
const given = process.argv.slice(2);
const isTrial = given.includes('--dry-run');
const TRIAL = [
  '--ci',
  '--npm.skipChecks',
  '--no-git.requireBranch',
  '--no-git.requireUpstream',
  '--no-git.requireCleanWorkingDir',
];
/** A trial asks for the address of the remote, and sends nothing there. */
const REMOTE = {
  GIT_CONFIG_COUNT: '1',
  GIT_CONFIG_KEY_0: 'remote.origin.url',
  GIT_CONFIG_VALUE_0: 'https://example.com/owner/nestjs-cors.git',
};

if (!node(lane, [process.env.npm_execpath, 'ci'])) {
  process.exit(1);
}
const program = join(lane, 'node_modules/release-it/bin/release-it.js');
const { status } = spawnSync(process.execPath, [program, ...given, ...(isTrial ? TRIAL : [])], {
  cwd: repository,
  env: { ...process.env, ...(isTrial ? REMOTE : {}) },
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
