const GAP = '  ';
/** Narrower columns are hard to read. A column's name is never broken. */
const NARROWEST = 8;

/** Lines of a table, the header first. Where it is wider than `width`, the widest columns wrap. */
export function table(header: readonly string[], rows: readonly (readonly string[])[], width: number): string[] {
  const natural = header.map((name, column) => Math.max(name.length, ...rows.map((row) => (row[column] ?? '').length)));
  const narrowest = header.map((name) => Math.max(name.length, NARROWEST));
  const widths = fit(natural, narrowest, width - GAP.length * (header.length - 1));
  return [header, ...rows].flatMap((row) => rowLines(row, widths));
}

function fit(natural: readonly number[], narrowest: readonly number[], available: number): number[] {
  const widths = [...natural];
  let excess = widths.reduce((total, each) => total + each, 0) - available;
  while (excess > 0) {
    const spare = widths.map((width, column) => (width > (narrowest[column] as number) ? width : 0));
    const widest = spare.indexOf(Math.max(...spare));
    if (spare[widest] === 0) {
      break;
    }
    widths[widest] = (widths[widest] as number) - 1;
    excess--;
  }
  return widths;
}

function rowLines(row: readonly string[], widths: readonly number[]): string[] {
  const cells = widths.map((width, column) => wrap(row[column] ?? '', width));
  const height = Math.max(...cells.map((lines) => lines.length));
  return Array.from({ length: height }, (_, line) =>
    widths
      .map((width, column) => (cells[column]?.[line] ?? '').padEnd(width))
      .join(GAP)
      .trimEnd(),
  );
}

/** Breaks at spaces, and inside of words that are too long for a line. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (longer.length <= width) {
      line = longer;
      continue;
    }
    if (line !== '') {
      lines.push(line);
    }
    line = word;
    while (line.length > width) {
      const end = breakIn(line, width);
      lines.push(line.slice(0, end));
      line = line.slice(end);
    }
  }
  return [...lines, line];
}

/** Where to break a word that is too long for a line: after a slash or a dot, unless that is near its beginning. */
function breakIn(word: string, width: number): number {
  const behind = Math.max(word.lastIndexOf('/', width - 1), word.lastIndexOf('.', width - 1)) + 1;
  return behind > width / 3 ? behind : width;
}
