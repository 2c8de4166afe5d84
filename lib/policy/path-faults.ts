const BELOW = 'a path covers everything below it already';
/** Begins what a router reads as a wildcard, a parameter or a group. */
const VARIABLE = /[*{}()]|\/:/;

/**
 * Why a path cannot be compared with the path of a URL, which arrives resolved and percent-encoded. Says how a path must be,
 * and what to write instead.
 */
export function pathFault(path: string): readonly [expectation: string, hint: string] | undefined {
  const instead = JSON.stringify(pathMeantBy(path));
  if (!path.startsWith('/')) {
    const example = path === '' ? '"/graphql"' : instead;
    return ['that starts with a slash', `Write the path as the client sees it: ${example}.`];
  }
  if (/[?#]/.test(path)) {
    return ['without query and fragment', `Write ${instead}.`];
  }
  if (VARIABLE.test(path)) {
    return ['without wildcards and parameters', `Write ${instead}: ${BELOW}.`];
  }
  if (path !== '/' && path.endsWith('/')) {
    return ['without a slash at the end', `Write ${instead}: ${BELOW}.`];
  }
  if (path.includes('//') || resolved(path) !== path) {
    return ['in the form in which browsers send it', `Write ${instead}.`];
  }
  return agreedPart(path) === path
    ? undefined
    : ['that every server reads in the same way', `Write ${instead}: ${BELOW}.`];
}

/** The segments before the first one that servers read in more than one way. */
function agreedPart(path: string): string {
  const segments = path.split('/');
  const agreed = segments.findIndex((segment) => isAmbiguous(segment));
  return agreed === -1 ? path : segments.slice(0, agreed).join('/') || '/';
}

/** Whether some servers read another path: parameters, backslashes, or escapes that remain after decoding. */
function isAmbiguous(segment: string): boolean {
  const decoded = segment.replace(/%([0-9a-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  const isWithoutName = (part: string) => part === '' || part === '.' || part === '..';
  return /[;\\]|%[0-9a-f]{2}/i.test(decoded) || (decoded.includes('/') && decoded.split('/').some(isWithoutName));
}

/** The path that was probably meant. It has no {@link pathFault}. */
export function pathMeantBy(written: string): string {
  // URL parsers drop these characters, and read a backslash as a slash.
  const read = withoutOrigin(written)
    .replace(/[\t\n\r]/g, '')
    .replaceAll('\\', '/');
  const path = `/${read.replace(/^\^/, '').replace(/\$$/, '')}`.replace(/\/{2,}/g, '/');
  const end = path.search(/[?#]/);
  const meant = resolved(fixedPart(end === -1 ? path : path.slice(0, end)))
    .replace(/\/{2,}/g, '/')
    .replace(/\/$/, '');
  return meant === '' ? '/' : agreedPart(meant);
}

function withoutOrigin(written: string): string {
  return /^[a-z][a-z0-9+.-]*:\/\/[^/]*(.*)$/is.exec(written)?.[1] ?? written;
}

/** The segments before the first one that varies. */
function fixedPart(path: string): string {
  const start = path.search(VARIABLE);
  if (start === -1) {
    return path;
  }
  // `{/*rest}` and `(/x)?` begin with the slash of their segment.
  const isWhole = /^(?:[{(]?\/)/.test(path.slice(start));
  return isWhole ? path.slice(0, start) || '/' : path.slice(0, path.lastIndexOf('/', start) + 1);
}

/** The path that a browser requests: https://url.spec.whatwg.org/#path-state */
function resolved(path: string): string {
  return new URL(`http://localhost${path}`).pathname;
}
