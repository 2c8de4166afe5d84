/** What keeps a text from being the path of an entry, and what to write in its place. */
export type PathFault = readonly [fault: string, hint: string];

const BELOW = 'a path covers everything below it already';
/** Begins what a router takes for a wildcard, a parameter or a group. */
const VARIABLE = /[*{}()]|\/:/;

/** What keeps a text from being compared with the path of a URL, which arrives resolved and percent-encoded. */
export function faultIn(path: string): PathFault | undefined {
  const instead = JSON.stringify(pathMeantBy(path));
  if (!path.startsWith('/')) {
    return [
      'does not start with a slash',
      `Write the path as the client sees it: ${path === '' ? '"/graphql"' : instead}.`,
    ];
  }
  if (/[?#]/.test(path)) {
    return ['has a query or fragment', `Write ${instead}.`];
  }
  if (VARIABLE.test(path)) {
    return ['has a wildcard or parameter', `Write ${instead}: ${BELOW}.`];
  }
  if (path !== '/' && path.endsWith('/')) {
    return ['ends in a slash', `Write ${instead}: ${BELOW}.`];
  }
  if (path.includes('//') || resolved(path) !== path) {
    return ['is not in the form in which browsers send it', `Write ${instead}.`];
  }
  return agreedPart(path) === path
    ? undefined
    : ['can be read in more than one way, so that nothing would be granted there', `Write ${instead}: ${BELOW}.`];
}

/** The segments in front of the first one that servers read in more than one way. */
function agreedPart(path: string): string {
  const segments = path.split('/');
  const agreed = segments.findIndex((segment) => isAmbiguous(segment));
  return agreed === -1 ? path : segments.slice(0, agreed).join('/') || '/';
}

/** Whether servers make another path of the segment: parameters, backslashes, or what one round of decoding leaves. */
function isAmbiguous(segment: string): boolean {
  const decoded = segment.replace(/%([0-9a-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  const isWithoutName = (part: string) => part === '' || part === '.' || part === '..';
  return /[;\\]|%[0-9a-f]{2}/i.test(decoded) || (decoded.includes('/') && decoded.split('/').some(isWithoutName));
}

/** The path that was probably meant: without what {@link faultIn} complains of. */
export function pathMeantBy(written: string): string {
  // As URL parsers read a path: they drop these characters, and take a backslash for a slash.
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

/** The segments in front of the first one that varies. */
function fixedPart(path: string): string {
  const start = path.search(VARIABLE);
  if (start === -1) {
    return path;
  }
  // `{/*rest}` and `(/x)?` begin with the slash of their segment.
  const isWhole = /^(?:[{(]?\/)/.test(path.slice(start));
  return isWhole ? path.slice(0, start) || '/' : path.slice(0, path.lastIndexOf('/', start) + 1);
}

/** https://url.spec.whatwg.org/#path-state: what a browser's URL parser makes of it is what it will ask for. */
function resolved(path: string): string {
  return new URL(`http://localhost${path}`).pathname;
}
