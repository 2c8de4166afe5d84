import { posix } from 'node:path';

/**
 * A mutant, and whether a test noticed it.
 *
 * @typedef {{ file: string, line: number, end: number, mutator: string, text: string, code: string, replacement: string, isAlive: boolean }} Mutant
 *   `text`: the line that it begins in; `code`: what `replacement` stands in for
 */

/**
 * The mutants of a report that count, by what they are: those that do not compile, or run only while a file is loaded, were
 * not tried.
 *
 * @returns {Map<string, Mutant>}
 */
export function mutantsOf(report) {
  const tried = new Set(['Killed', 'Timeout', 'Survived', 'NoCoverage']);
  const mutants = Object.entries(report.files).flatMap(([file, { source, mutants: found }]) => {
    const lines = source.split('\n');
    return found
      .filter(({ status }) => tried.has(status))
      .map(({ mutatorName, replacement = '', location, status }) => [
        JSON.stringify([file, location, mutatorName, replacement]),
        {
          file,
          line: location.start.line,
          end: location.end.line,
          mutator: mutatorName,
          text: lines[location.start.line - 1].trim(),
          code: textAt(lines, location),
          replacement,
          isAlive: status === 'Survived' || status === 'NoCoverage',
        },
      ]);
  });
  return new Map(mutants);
}

/** The mutants that survived, and are not explained. */
export function unexplainedOf(mutants, explained) {
  return mutants.filter(
    (mutant) =>
      mutant.isAlive && !explained.some((each) => each.changes.some((change) => isAbout(each, change, mutant))),
  );
}

/** The lines of these mutants, as `--mutate` takes them. */
export function rangesOf(mutants) {
  return [...new Set(mutants.map(({ file, line, end }) => `${file}:${line}-${end}`))].join(',');
}

/**
 * What became of all.
 *
 * @param {Map<string, Mutant>} first
 * @param {Map<string, Mutant>} second what survived the first run unexplained, and all else in the same lines
 * @param {readonly import('./explained.js').Explanation[]} explained
 */
export function summary(first, second, explained) {
  const all = [...first].map(([key, mutant]) => ({
    ...mutant,
    isAlive: mutant.isAlive && second.get(key)?.isAlive !== false,
  }));
  const folders = [...new Set(all.map(({ file }) => posix.dirname(file)))];
  const survivors = all.filter(({ isAlive }) => isAlive);
  const unexplained = unexplainedOf(survivors, explained);
  const noticed = explained.flatMap((each) =>
    each.changes
      .filter((change) => all.some((mutant) => isAbout(each, change, mutant) && !mutant.isAlive))
      .map(([code, replacement]) => `Explained, but noticed: ${each.file}: ${code} -> ${replacement}`),
  );
  const text = [
    ...folders.map((folder) => `${folder}: ${scoreText(all.filter(({ file }) => posix.dirname(file) === folder))}`),
    `All: ${scoreText(all)}`,
    `Explained in test/mutation/explained.js: ${survivors.length - unexplained.length} of ${survivors.length} survivors`,
    ...unexplained.map(({ file, line, mutator, code, replacement, text: shown }) =>
      [`Not explained: ${file}:${line} ${mutator}`, `    ${shown}`, `  - ${code}`, `  + ${replacement}`].join('\n'),
    ),
    ...noticed,
  ].join('\n');
  return { text, score: scoreOf(all), unexplained: unexplained.length };
}

function isAbout({ file, line }, [code, replacement], mutant) {
  return mutant.file === file && mutant.text === line && mutant.code === code && mutant.replacement === replacement;
}

function scoreOf(mutants) {
  return (100 * mutants.filter(({ isAlive }) => !isAlive).length) / mutants.length;
}

function scoreText(mutants) {
  const alive = mutants.filter(({ isAlive }) => isAlive).length;
  return `${scoreOf(mutants).toFixed(2)} % of ${mutants.length} mutants noticed, ${alive} not`;
}

function textAt(lines, { start, end }) {
  const spanned = lines.slice(start.line - 1, end.line);
  spanned[spanned.length - 1] = spanned.at(-1).slice(0, end.column - 1);
  spanned[0] = spanned[0].slice(start.column - 1);
  return spanned.map((line, index) => (index === 0 ? line : line.trim())).join('\n');
}
