/** Longer names are compared by their beginning, since the cost is quadratic. */
const MAX_COMPARED = 64;

/** The known name that was probably meant; `undefined` when none is close. */
export function nearestName(written: string, known: Iterable<string>): string | undefined {
  const text = written.slice(0, MAX_COMPARED).toLowerCase();
  let nearest: string | undefined;
  let best = Math.max(2, Math.floor(text.length / 3)) + 1;
  for (const name of known) {
    const distance = editDistance(text, name.slice(0, MAX_COMPARED).toLowerCase());
    if (distance < best) {
      best = distance;
      nearest = name;
    }
  }
  return nearest;
}

/** Levenshtein distance, row by row: https://en.wikipedia.org/wiki/Levenshtein_distance#Iterative_with_two_matrix_rows */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (const character of from) {
    const next: number[] = [];
    for (const [column, above] of row.entries()) {
      const replaced = (row[column - 1] ?? Infinity) + Number(character !== to[column - 1]);
      next.push(Math.min(above + 1, (next[column - 1] ?? Infinity) + 1, replaced));
    }
    row = next;
  }
  return row[to.length] as number;
}
