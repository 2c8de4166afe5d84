import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';

// Scripts: they have no types.
const { problemsOf } = (await import('./problems.js' as string)) as {
  problemsOf(path: string, text: string): Promise<string[]>;
};
const { ALL } = (await import('../templates/combinations.js' as string)) as {
  readonly ALL: readonly { readonly template: { readonly name: string } }[];
};

interface Job {
  readonly container?: string;
  readonly strategy?: { readonly matrix: Readonly<Record<string, readonly string[]>> };
  readonly steps: readonly { readonly run?: string; readonly with?: { readonly 'node-version'?: number } }[];
}

const repository = resolve(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(repository, path), 'utf8');
const { engines, scripts } = JSON.parse(read('package.json')) as {
  readonly engines: { readonly node: string };
  readonly scripts: Readonly<Record<string, string>>;
};
const workflows = readdirSync(join(repository, '.github/workflows'));
const jobs = workflows.flatMap((file) => {
  const { jobs: named } = parse(read(`.github/workflows/${file}`)) as { jobs: Readonly<Record<string, Job>> };
  return Object.values(named);
});
const commands = jobs.flatMap(({ steps }) => steps.flatMap(({ run }) => (run === undefined ? [] : [run])));
const matrix = (name: string): readonly string[] => jobs.flatMap(({ strategy }) => strategy?.matrix[name] ?? []);

describe('the workflows', () => {
  it('lines of Node.js: are those that engines names', () => {
    const lines = engines.node.split(' || ').map((range) => /^(\^|>=)(\d+)/.exec(range));
    const isNamed = (major: number): boolean =>
      lines.some((line) => (line?.[1] === '^' ? Number(line[2]) === major : major >= Number(line?.[2])));
    const versions = [
      ...jobs.map(({ container }) => /^node:(\d+)/.exec(container ?? '')?.[1]),
      ...jobs.flatMap(({ steps }) => steps.map((step) => step.with?.['node-version'])),
      ...matrix('runtime').map((runtime) => /^node-(\d+)$/.exec(runtime)?.[1]),
    ];
    const tested = new Set(versions.filter((version) => version !== undefined).map(Number));
    expect([...tested].filter((major) => !isNamed(major))).toEqual([]);
    expect(lines.map((line) => Number(line?.[2])).filter((major) => !tested.has(major))).toEqual([]);
  });

  it('programs of test/runtimes and templates of test/templates: are all run', () => {
    const { dependencies } = JSON.parse(read('test/runtimes/package.json')) as { dependencies: object };
    expect([...matrix('runtime')].sort()).toEqual(Object.keys(dependencies).sort());
    expect([...matrix('template')].sort()).toEqual([...new Set(ALL.map(({ template }) => template.name))].sort());
  });

  it('scripts that they and .ci/run call: exist', () => {
    const called = [...commands, read('.ci/run')].flatMap((text) =>
      [...text.matchAll(/\bnpm run (?:-s )?([\w:]+)/g)].map(([, name]) => name ?? ''),
    );
    const byFunctions = [...read('.ci/run').matchAll(/^(?:test_run|lane_run) '[^']+' (\S+)/gm)].map(
      ([, name]) => name ?? '',
    );
    expect(byFunctions.length).toBeGreaterThan(5);
    expect([...called, ...byFunctions].filter((name) => scripts[name] === undefined)).toEqual([]);
    const files = commands.flatMap((text) => [...text.matchAll(/\bbash (\S+)/g)].map(([, file]) => file ?? ''));
    expect(files).toContain('.ci/run');
    expect(files.filter((file) => !existsSync(join(repository, file)))).toEqual([]);
  });
});

describe('dependabot.yml', () => {
  it('folders with a lockfile: are all named', () => {
    const { updates } = parse(read('.github/dependabot.yml')) as {
      updates: readonly { readonly 'package-ecosystem': string; readonly directories?: readonly string[] }[];
    };
    const named = updates.flatMap((update) =>
      update['package-ecosystem'] === 'npm' ? (update.directories ?? []) : [],
    );
    const isNamed = (folder: string): boolean =>
      named.some((pattern) => new RegExp(`^${pattern.replaceAll('*', '[^/]+')}$`).test(folder));
    const locked = lockfilesBelow('').map((file) => `/${dirname(file)}`.replace(/^\/\.$/, '/'));
    expect(locked.length).toBeGreaterThan(5);
    expect(locked.filter((folder) => !isNamed(folder))).toEqual([]);
  });
});

/** Lockfiles of the repository, without those of installed packages. */
function lockfilesBelow(folder: string): string[] {
  return readdirSync(join(repository, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      return /^(?:node_modules|dist|coverage|\.git)$/.test(entry.name) ? [] : lockfilesBelow(path);
    }
    return entry.name === 'package-lock.json' ? [path] : [];
  });
}

describe('what check:workflows finds', () => {
  const workflow = read('.github/workflows/ci.yml');
  const form = read('.github/ISSUE_TEMPLATE/bug.yml');
  const dependabot = read('.github/dependabot.yml');

  it.each([
    ['workflows/ci.yml', workflow.replace('runs-on: ubuntu-latest', 'runs-on: ubuntu-latst'), 'label "ubuntu-latst"'],
    ['workflows/ci.yml', workflow.replace('matrix.runtime }}', 'matrix.rntime }}'), '"rntime" is not defined'],
    ['workflows/ci.yml', workflow.replace('steps:', 'stps:'), 'unexpected key "stps"'],
    ['workflows/ci.yml', workflow.replace('jobs:', 'jobs: ['), 'workflows/ci.yml: '],
    ['ISSUE_TEMPLATE/bug.yml', form.replace('type: textarea', 'type: text'), '/body/0 '],
    ['ISSUE_TEMPLATE/bug.yml', form.replace('label:', 'lable:'), ': lable'],
    ['ISSUE_TEMPLATE/bug.yml', form.replace('id: expected', 'id: request'), 'id request is there twice'],
    ['ISSUE_TEMPLATE/bug.yml', form.replace('name:', 'titel:'), "required property 'name'"],
    ['ISSUE_TEMPLATE/config.yml', 'contact_links:\n  - name: A\n    url: http://a.example\n    about: B', '/url '],
    ['dependabot.yml', dependabot.replace('interval: weekly', 'interval: often'), '/schedule/interval '],
    ['dependabot.yml', dependabot.replace('directory: /', 'directory: /\n    directories: [/]'), '/updates/1 '],
    ['dependabot.yml', dependabot.replace('version: 2', 'version: 1'), '/version '],
    ['other.yml', 'a: 1', 'nothing here knows'],
  ])('.github/%s: says what is wrong', async (file, text, problem) => {
    expect((await problemsOf(`.github/${file}`, text)).join('\n')).toContain(problem);
  });

  it('files as they are: have no finding', async () => {
    for (const file of ['workflows/ci.yml', 'ISSUE_TEMPLATE/bug.yml', 'ISSUE_TEMPLATE/config.yml', 'dependabot.yml']) {
      expect(await problemsOf(`.github/${file}`, read(`.github/${file}`))).toEqual([]);
    }
  });
});
