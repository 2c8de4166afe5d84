const NUMERIC = /^(?:[-+]?[\d,.]+(?: ?[%A-Za-zµ/]+)?|–)$/u;

/**
 * A table in Markdown. Each row is an object; the keys of the first are the headings. Columns of nothing but figures are
 * aligned to the right; numbers are printed as they are, so round them first.
 *
 * @param {readonly Readonly<Record<string, string | number>>[]} rows
 * @example
 * table([{ origins: '1,000', time: '120 ns' }])
 */
export function table(rows) {
  const headings = Object.keys(rows[0]);
  const cells = rows.map((row) => headings.map((heading) => String(row[heading] ?? '').replaceAll('|', '\\|')));
  const rules = headings.map((_, column) => (cells.every((row) => NUMERIC.test(row[column])) ? '--:' : '---'));
  return [headings, rules, ...cells].map((row) => `| ${row.join(' | ')} |`).join('\n');
}
