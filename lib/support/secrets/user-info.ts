/** The beginning of a URL's authority, plain or escaped in JSON. */
const AUTHORITY = ['//', '\\/\\/'] as const;

/** A port or a star: `http://localhost:3000`, `https://*.example.com:*`. Anything else is a password. */
const PORT = String.raw`(?:\d{1,5}(?![\w@])|[*\s/?#'"${'`'}<>),;\]}]|$)`;
/** A password with blanks, up to the `@`. The second bound keeps the time linear. */
const WITH_BLANKS = new RegExp(
  String.raw`//(?!\[[\da-f:.]{2,45}\])[^\s/?#@:'"${'`'}<>]{0,200}:(?!${PORT})[^\n@]{0,200}@`,
  'g',
);
/** A URL that was cut before its `@`. */
const WITHOUT_END = new RegExp(String.raw`//[^\s/?#@:'"${'`'}<>[\]]{0,200}:(?!${PORT})[^\s'"${'`'}<>]+`, 'g');

/** Host and port of a web URL, up to its path. URLs of databases have passwords with slashes. */
const WEB_HOST =
  /(?:(?<![a-z])(?:https?|wss?):|(?<![^\s"'`(=,]))\/\/(\[[\da-f:.]{2,45}\]|[\w.-]{1,253})(?::(\d{1,5}))?(?=[/?#])/i;
const USER_AND_SLASH = /(?<![^:"'`=(,;[{<>])(?!\d{1,10}\/)[\w$#-][\w$#.-]{0,127}\/(?!\/)/;
const ORACLE_SERVER = /^(?:\(|[\w.-]{1,253}:\d{2,5}(?![\w.:]))/;
/** The name of a service; `v1.2.3` and `latest` are versions of packages. */
const ORACLE_NAME = /^(?!v?\d{1,9}(?:\.\d{1,9}){0,2}(?![\w.]*\.\d)|v\d|sha\d{1,4}:|latest|next|main|master)[a-z\d]/i;

/** Words before a colon and an `@` that are not a user. */
const NO_USER: ReadonlySet<string> = new Set(['mailto', 'email', 'mail', 'acct', 'sip', 'sips', 'xmpp', 'npm', 'file']);

/** Masks user and password in URLs of every scheme, and in data source names without one. */
export function withoutUserInfo(text: string): string {
  return text.replace(WITH_BLANKS, '//***@').replace(/\S+/g, maskWord).replace(WITHOUT_END, '//***');
}

function maskWord(word: string): string {
  if (!word.includes('@')) {
    return word;
  }
  const path = startOfPath(word);
  return path === undefined ? maskDsn(maskUrl(word)) : word.slice(0, path) + maskWord(word.slice(path));
}

/** The start of the path of a web URL without user: `https://a.example/@user`. */
function startOfPath(word: string): number | undefined {
  const found = WEB_HOST.exec(word);
  if (found === null) {
    return undefined;
  }
  const [host, port] = [found[1]!, found[2]];
  const path = found.index + found[0].length;
  // A word before a colon and digits may be a user; a password that begins with digits may have a slash.
  const isHost = port === undefined || /[.[]/.test(host) || host === 'localhost' || /^[^@]*\/@/.test(word.slice(path));
  return isHost ? path : undefined;
}

/** Masks from the first `//` to the last `@`, since passwords can have both. An expression would take quadratic time. */
function maskUrl(word: string): string {
  // A frame of a stack: no authority, and a path with the `@` of package names.
  const file = word.indexOf('file:///');
  const from = file === -1 ? 0 : file + 'file:///'.length;
  const end = word.lastIndexOf('@');
  for (const open of AUTHORITY) {
    const start = word.indexOf(open, from);
    if (start !== -1 && start < end) {
      return `${word.slice(0, start + open.length)}***${word.slice(end)}`;
    }
  }
  return word;
}

/** `user:password@tcp(host)/name`, `user:password@host`, and Oracle's `user/password@//host`. */
function maskDsn(word: string): string {
  const end = word.lastIndexOf('@');
  const oracle = startOfOracle(word, end);
  if (oracle !== undefined) {
    return `${word.slice(0, oracle)}***${word.slice(end)}`;
  }
  const easy = word.indexOf('@//');
  if (easy > 0 && word.lastIndexOf('/', easy) > 0) {
    return `***${word.slice(easy)}`;
  }
  if (!/[\w[(*.]/.test(word[end + 1] ?? '')) {
    return word;
  }
  for (let colon = word.indexOf(':'); colon !== -1 && colon < end; colon = word.indexOf(':', colon + 1)) {
    const start = startOfUser(word, colon);
    if (isCredential(word, start, colon, end)) {
      return `${word.slice(0, start)}***${word.slice(end)}`;
    }
  }
  return word;
}

/** The start of `user/password@host:1521/name` and `user/password@name`. Packages have versions after their `@`. */
function startOfOracle(word: string, end: number): number | undefined {
  const slash = word.search(USER_AND_SLASH);
  const server = word.slice(end + 1);
  const password = word.slice(word.indexOf('/', slash) + 1, end);
  const isServer = ORACLE_SERVER.test(server) || (ORACLE_NAME.test(server) && !password.includes('/'));
  return slash !== -1 && isServer && password !== '' && !/^[/@]|\/$/.test(password) ? slash : undefined;
}

function startOfUser(word: string, colon: number): number {
  let start = colon;
  while (start > 0 && /[^:@/\\"'`()[\]{}<>=,;|]/.test(word[start - 1]!)) {
    start--;
  }
  return start;
}

function isCredential(word: string, start: number, colon: number, end: number): boolean {
  const user = word.slice(start, colon).toLowerCase();
  const password = word.slice(colon + 1, end);
  if (user === '') {
    // A password alone, as in URLs of Redis; not the colon after a name in quotes.
    return /(?:^|[=(]|(?:^|[^\w\\])\\*["'`])$/.test(word.slice(Math.max(0, start - 20), start)) && password !== '';
  }
  const isDrive = user.length === 1 && /^[\\/]/.test(password);
  // Between two strings of JSON.
  const isApart = /["'][,:]["']?|["']?[,:]["']/.test(password);
  // "12:30@office"
  const isTime = /(?:^|T)\d{1,2}$/i.test(user) && /^\d{1,2}(?::\d{2}){0,2}$/.test(password);
  return (
    password !== '' &&
    !/(?:^|:)\*{3}$/.test(password) &&
    !isTime &&
    !isDrive &&
    !isApart &&
    !NO_USER.has(user) &&
    !password.startsWith('//')
  );
}
