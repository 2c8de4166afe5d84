/** Members whose strings are paths; the others name one of a few things, none of which is smaller. */
const PATHS: ReadonlySet<string> = new Set(['path', 'paths', 'prefix', 'excluded', 'entries', 'rewrites']);

/** The smallest value that can be had of plain data by leaving parts of it out, one at a time, and that still satisfies. */
export async function smallestThat<T>(data: T, satisfies: (smaller: T) => Promise<boolean>): Promise<T> {
  for (const smaller of smallerOnes(data, '')) {
    if (await satisfies(smaller as T)) {
      return smallestThat(smaller as T, satisfies);
    }
  }
  return data;
}

/** Every value with one part less: an element of a list, a segment of a path, a setting. The largest parts come first. */
function* smallerOnes(data: unknown, member: string): Generator<unknown> {
  if (Array.isArray(data)) {
    for (let index = 0; index < data.length; index++) {
      yield data.toSpliced(index, 1);
    }
    for (let index = 0; index < data.length; index++) {
      for (const smaller of smallerOnes(data[index], member)) {
        yield data.with(index, smaller);
      }
    }
  } else if (typeof data === 'string' && PATHS.has(member) && data !== '') {
    const segments = data.split('/');
    yield* segments.map((_, index) => segments.toSpliced(index, 1).join('/'));
  } else if (data === true) {
    yield false;
  } else if (typeof data === 'object' && data !== null) {
    for (const [name, value] of Object.entries(data)) {
      for (const smaller of smallerOnes(value, name)) {
        yield { ...data, [name]: smaller };
      }
    }
  }
}
