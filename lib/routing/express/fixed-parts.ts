import { parse, type Token } from 'path-to-regexp';

/** The parts of a path that no parameter changes. */
export interface FixedParts {
  /** The whole path, when it has no parameters. */
  readonly text?: string | undefined;
  /** The segments with which every matching path begins, if there are any. */
  readonly prefix?: string | undefined;
}

const PLAIN = /^(?:\/:[a-z_]\w*(?![^/])|[\w\-.~/])*$/i;

/** Whether the parameters of the path, if any, are whole segments, as in most paths. Such a path certainly compiles. */
export function isPlain(path: string): boolean {
  return PLAIN.test(path);
}

/** Reads the fixed parts of a path. A plain path is not parsed, because an application may have 10,000 of them. */
export function fixedPartsOf(path: string): FixedParts {
  return isPlain(path) ? plainParts(path) : parsedParts(path);
}

function plainParts(path: string): FixedParts {
  const parameter = path.indexOf('/:');
  if (parameter === -1) {
    return { text: path, prefix: undefined };
  }
  return { text: undefined, prefix: parameter === 0 ? undefined : path.slice(0, parameter) };
}

/** Like {@link fixedPartsOf}, for every path. */
export function parsedParts(path: string): FixedParts {
  const { tokens } = parse(path);
  return tokens.every((token) => token.type === 'text')
    ? { text: tokens.map(({ value }) => value).join(''), prefix: undefined }
    : { text: undefined, prefix: fixedPrefix(tokens) };
}

function fixedPrefix([first, second, ...others]: readonly Token[]): string | undefined {
  if (first?.type !== 'text') {
    return undefined;
  }
  // `/users{/:id}`: the optional part begins with the slash that ends the segment.
  const optional = second?.type === 'group' && others.length === 0 ? second.tokens[0] : undefined;
  if (optional?.type === 'text' && optional.value.startsWith('/')) {
    return first.value;
  }
  const end = first.value.lastIndexOf('/');
  return end > 0 ? first.value.slice(0, end) : undefined;
}
