/** How a URL begins its authority, plain and in JSON that escapes slashes. */
const AUTHORITY = ['//', '\\/\\/'] as const;

/** A port, or what stands for any: `http://localhost:3000`, `https://*.example.com:*`. Anything else is a password. */
const PORT = String.raw`(?:\d{1,5}(?![\w@])|[*\s/?#'"${'`'}<>),;\]}]|$)`;
/** A password with blanks, up to the `@`; the second bound keeps the time linear. */
const WITH_BLANKS = new RegExp(String.raw`//[^\s/?#@:'"${'`'}<>]{0,200}:(?!${PORT})[^\n@]{0,200}@`, 'g');
/** A URL that was cut before its `@`. */
const WITHOUT_END = new RegExp(String.raw`//[^\s/?#@:'"${'`'}<>[\]]{0,200}:(?!${PORT})[^\s'"${'`'}<>]+`, 'g');

/** What stands before a colon and an `@` without being a user. */
const NO_USER: ReadonlySet<string> = new Set(['mailto', 'email', 'mail', 'acct', 'sip', 'sips', 'xmpp', 'npm', 'file']);

/** Masks the user and password of URLs of every scheme, and of data source names that have none. */
export function withoutUserInfo(text: string): string {
  return text.replace(WITH_BLANKS, '//***@').replace(/\S+/g, maskWord).replace(WITHOUT_END, '//***');
}

function maskWord(word: string): string {
  // Most words have neither.
  return word.includes('@') ? maskDsn(maskUrl(word)) : word;
}

/** From the first `//` to the last `@`: passwords have both in them. Not by an expression, which slashes would slow down. */
function maskUrl(word: string): string {
  // Its authority is empty, and its path has the `@` of package names: a frame of a stack.
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
    // A password alone, as Redis has it; not the colon after a name in quotes.
    return /(?:^|[=(]|(?:^|[^\w\\])\\*["'`])$/.test(word.slice(Math.max(0, start - 20), start)) && password !== '';
  }
  const isDrive = user.length === 1 && /^[\\/]/.test(password);
  // Between two strings of JSON.
  const isApart = /["'][,:]["']?|["']?[,:]["']/.test(password);
  return password !== '' && !isDrive && !isApart && !NO_USER.has(user) && !password.startsWith('//');
}
