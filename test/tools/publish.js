import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { repository } from './lane.js';

/*
 * `npm run check:publish`: fails while the package does not say where it lives. `npm run check:publish -- --set
 * https://github.com/<owner>/<name>` writes that address everywhere, once it is known.
 */

const FORM = /^https:\/\/[\w.-]+\/[\w.-]+\/[\w.-]+$/;
const packageFile = join(repository, 'package.json');
const { set: address } = parseArgs({ options: { set: { type: 'string' } } }).values;

/** The fields of package.json that name the repository. */
function fieldsFor(url) {
  return {
    repository: { type: 'git', url: `git+${url}.git` },
    homepage: `${url}#readme`,
    bugs: { url: `${url}/issues` },
  };
}

/** Files with links for people, which name the repository once each. */
const LINKS = [
  {
    file: '.github/ISSUE_TEMPLATE/config.yml',
    pattern: /url: \S*(?=\/security\/advisories\/new)/,
    written: (url) => `url: ${url}`,
  },
];

function setAddress(url) {
  if (!FORM.test(url)) {
    throw new Error(
      `--set must be the address of a repository; got ${url}. Write --set https://github.com/<owner>/<name>`,
    );
  }
  const fields = fieldsFor(url);
  const others = Object.entries(JSON.parse(readFileSync(packageFile, 'utf8'))).filter(([name]) => !(name in fields));
  const place = others.findIndex(([name]) => name === 'author');
  others.splice(place, 0, ...Object.entries(fields));
  writeFileSync(packageFile, `${JSON.stringify(Object.fromEntries(others), null, 2)}\n`);
  for (const { file, pattern, written } of LINKS) {
    const path = join(repository, file);
    writeFileSync(path, readFileSync(path, 'utf8').replace(pattern, written(url)));
  }
}

function problems() {
  const packageJson = JSON.parse(readFileSync(packageFile, 'utf8'));
  const missing = Object.keys(fieldsFor('')).filter((name) => packageJson[name] === undefined);
  const url = packageJson.repository?.url?.replace(/^git\+|\.git$/g, '');
  const elsewhere = LINKS.filter(
    ({ file, pattern, written }) => pattern.exec(readFileSync(join(repository, file), 'utf8'))?.[0] !== written(url),
  );
  const others = Object.entries(fieldsFor(url)).filter(
    ([name, written]) =>
      packageJson[name] !== undefined && JSON.stringify(packageJson[name]) !== JSON.stringify(written),
  );
  return [
    ...missing.map((name) => `package.json has no \`${name}\``),
    ...others.map(
      ([name]) => `\`${name}\` of package.json is not that of one repository, https://<host>/<owner>/<name>`,
    ),
    ...elsewhere.map(({ file }) => `${file} names another repository than package.json`),
    ...(packageJson.version === '0.0.0' ? ['package.json has no version'] : []),
  ];
}

if (address !== undefined) {
  setAddress(address);
}
const found = problems();
found.forEach((problem) => console.error(problem));
if (found.length > 0) {
  console.error('Run: npm run check:publish -- --set https://github.com/<owner>/<name>');
  process.exit(1);
}
