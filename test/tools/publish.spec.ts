import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

const REPOSITORY = resolve(import.meta.dirname, '../..');
/** What the script reads and writes, and may in future. */
const FILES = [
  'package.json',
  'README.md',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'SUPPORT.md',
  '.github',
  'test/tools',
];
const ADDRESS = 'https://github.com/somebody/nestjs-cors';

let folder: string;

/** Runs the script in a copy of the files that it reads and writes. */
function publishable(...given: string[]): { status: number | null; stderr: string } {
  const { status, stderr } = spawnSync(process.execPath, [join(folder, 'test/tools/publish.js'), ...given], {
    encoding: 'utf8',
  });
  return { status, stderr };
}

const packageJson = (): Record<string, unknown> =>
  JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<string, unknown>;

describe('check:publish', () => {
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'nestjs-cors-publish-'));
    for (const file of FILES) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      cpSync(join(REPOSITORY, file), join(folder, file), { recursive: true });
    }
    const { repository: _, homepage: __, bugs: ___, ...others } = packageJson();
    writeFileSync(join(folder, 'package.json'), JSON.stringify(others));
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  it('unknown address of the repository: fails, and names the command that sets it', () => {
    const { status, stderr } = publishable();
    expect(status).toBe(1);
    for (const field of ['repository', 'homepage', 'bugs']) {
      expect(stderr).toContain(`package.json has no \`${field}\``);
    }
    expect(stderr).toContain('Run: npm run check:publish -- --set https://github.com/<owner>/<name>');
  });

  it('--set: writes the address everywhere, also a second one, and then it passes', () => {
    for (const address of [ADDRESS, 'https://gitlab.com/others/cors']) {
      expect(publishable('--set', address)).toEqual({ status: 0, stderr: '' });
      expect(packageJson()).toMatchObject({
        repository: { type: 'git', url: `git+${address}.git` },
        homepage: `${address}#readme`,
        bugs: { url: `${address}/issues` },
      });
      const links = readFileSync(join(folder, '.github/ISSUE_TEMPLATE/config.yml'), 'utf8');
      expect(links).toContain(`url: ${address}/security/advisories/new`);
      expect(publishable()).toEqual({ status: 0, stderr: '' });
    }
  });

  it.each([
    ['package.json', '/issues"', '/isues"', '`bugs` of package.json is not that of one repository'],
    ['package.json', 'nestjs-cors#readme', 'other#readme', '`homepage` of package.json is not'],
    ['.github/ISSUE_TEMPLATE/config.yml', 'somebody', 'another', 'names another repository than package.json'],
  ])('%s that does not agree: fails: %s', (file, text, wrong, problem) => {
    publishable('--set', ADDRESS);
    const path = join(folder, file);
    writeFileSync(path, readFileSync(path, 'utf8').replace(text, wrong));
    const { status, stderr } = publishable();
    expect([status, stderr.includes(problem)]).toEqual([1, true]);
  });

  it.each(['github.com/somebody/nestjs-cors', 'https://github.com/somebody', `${ADDRESS}/`])(
    '%s: is not taken for the address of a repository',
    (address) => {
      const before = readFileSync(join(folder, 'package.json'), 'utf8');
      const { status, stderr } = publishable('--set', address);
      expect([status, stderr.includes('--set must be the address of a repository')]).toEqual([1, true]);
      expect(readFileSync(join(folder, 'package.json'), 'utf8')).toBe(before);
    },
  );
});
