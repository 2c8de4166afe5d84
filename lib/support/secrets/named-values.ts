import { endOfHeader, endOfValue, matchAt } from './value-end.js';

/** The end of a name whose value is a secret: `DB_PASSWORD`, `x-api-key`, `clientSecret`. */
const NAME =
  /pass(?:word|wort|wd|phrase|code)?|kennwort|mot de passe|contraseña|senha|пароль|密码|pwd?|secret|token|credential|auth(?:orization)?|cookie|jwt|psk|bearer|sess(?:ion)?(?:[_-]?id)?|key|t?otp|sid|sig(?:nature)?| by/gi;
/** Names that are parts of other words. */
const ALONE = /^(?:pw|auth|session|sess|t?otp|sid|sig|signature)$/;
/** `bypass=true` is not a password. */
const NO_PASS = /(?:by|com|tres|over|under|sur)$/i;
/** Names of secret keys; a primary key is none. */
const KEY_OF =
  /(?:(?:api|access|auth|private|shared|account|master|admin|service|subscription|storage|licen[cs]e|session|encrypt(?:ion)?|sign(?:ing)?|hmac|deploy|app|client|consumer|functions?)[_\-. ]?|[?&])$/i;
/** The rest of the name: `passwordHash`, `SecretAccessKey`, `tokens`. */
const SUFFIX =
  /(?:[_\-. ]?(?:access|key|id|hash|value|text|string|plain|confirm(?:ation)?|digest|base64|b64|enc(?:rypted)?|old|new|again|repeat|base|current|previous|next|primary|secondary|prod(?:uction)?|stag(?:e|ing)|dev(?:elopment)?|test|live|\d{1,3}|s)(?![a-z])){0,3}/iy;
/** The end of a quoted or bracketed name, and its separator. */
const SEPARATOR =
  /(?:(?:\\{0,16}["'`]|[)\]]){0,3}(?:\s|\\{1,16}[nrt]){0,8}([-=~]{1,3}>|<-{1,2}|[→⇒➜➔⟶←⇐]|:=|={1,3}|:)|(>))(?:\s|\\{1,16}[nrt]){0,8}/iy;
/** Between a name and its value in lists and entries: `["password", "…"]`, `{ name: 'password', value: '…' }`. */
const COMMA =
  /\\{0,16}["'`]\s{0,8},(?:\s|\\{1,16}[nrt]){0,8}(?:(?:\\{0,16}["'`])?value(?:\\{0,16}["'`])?\s{0,8}:\s{0,8})?(?=\\{0,16}["'`])(?!\\{0,16}["'`][\w.-]{1,40}\\{0,16}["'`]\s{0,8}:)/iy;
const QUOTE = /\s{1,8}(?:(?:is|was|to|of|as)\s{1,8})?(?=["'`])/iy;
const BLANK = /(?:\\{0,16}["'`])?,?\s{1,8}/y;

/** Values that are not secret. */
const STATE = /(?:yes|no|true|false|null|undefined|nil|none|\*{3})(?=[\s,;&)}\]/]|$)/iy;
/** Options of `fetch()`. */
const CREDENTIALS_MODE = /["'`]?(?:include|omit|same-origin)(?=["'`\s,;.)}\]/\\]|$)/iy;
/** `pwd` is also the working directory. */
const DIRECTORY =
  /["'`]?(?:~|[a-z]:)?[/\\]{1,2}(?:apps?|builds?|code|data|github|home|mnt|opt|private|project|repo|root|srv|src|tmp|Users|usr|var|workspaces?)(?=[/\\"'`\s,;.)}\]]|$)/iy;
/** "token: expired" is a sentence. */
const PROSE =
  /(?:a|an|are|can't|cannot|does|empty|expected|expired|failed|has|have|incorrect|invalid|is|malformed|missing|must|not|required|should|too|unknown|was|wrong)(?=[\s,;.!)"'`\\]|$)/iy;

/** Masks the values of secret names: `password=…`, `"api_key": "…"`, `Authorization: …`. */
export function withoutNamedValues(text: string): string {
  let masked = '';
  let written = 0;
  NAME.lastIndex = 0;
  for (let found = NAME.exec(text); found !== null; found = NAME.exec(text)) {
    const name = found[0].toLowerCase();
    const after = found.index + name.length;
    const start = isName(text, found.index, after, name) ? startOfValue(text, found.index, after, name) : undefined;
    const end = start === undefined ? 0 : endOf(text, start, name);
    if (start !== undefined && end > start) {
      masked += `${text.slice(written, start)}***`;
      written = end;
    }
    NAME.lastIndex = Math.max(after, end);
  }
  return masked + text.slice(written);
}

function isName(text: string, index: number, after: number, name: string): boolean {
  const before = text.slice(Math.max(0, index - 14), index);
  switch (name) {
    case 'pass':
      return !NO_PASS.test(before);
    case 'key':
      return KEY_OF.test(before);
    case ' by':
      return /identified$/i.test(before);
    default:
      return (
        !ALONE.test(name) || /master$/i.test(before) || !(/[a-z]$/i.test(before) || /[a-z]/i.test(text[after] ?? ''))
      );
  }
}

/** The start of the value; `undefined` where the name is a word of a sentence. */
function startOfValue(text: string, index: number, after: number, name: string): number | undefined {
  const suffixed = endOfMatch(SUFFIX, text, after)!;
  const separated = matchAt(SEPARATOR, text, suffixed);
  if (separated === null) {
    const isSetting = /(?:masterauth|requirepass)$/i.test(text.slice(Math.max(0, index - 7), after));
    const start = isOption(text, index) || isSetting ? endOfMatch(BLANK, text, suffixed) : undefined;
    if (start !== undefined) {
      return matchAt(PROSE, text, start) === null ? start : undefined;
    }
    // Redis commands are masked elsewhere, with all arguments.
    const inList = name !== 'auth' && isElementOfList(text, index) ? endOfMatch(COMMA, text, suffixed) : undefined;
    return inList ?? (/^p(?:ass|wd|w)| by$/.test(name) ? endOfMatch(QUOTE, text, suffixed) : undefined);
  }
  const start = suffixed + separated[0].length;
  if (separated[2] !== undefined) {
    return isElement(text, index) && (text[start - 1] === '>' || text.includes('</', start)) ? start : undefined;
  }
  if (isNoSecret(text, index, start, name)) {
    return undefined;
  }
  const isColon = !/=$|=>$/.test(separated[1] ?? '');
  const isWord = isColon && matchAt(PROSE, text, start) !== null;
  // "session: closed" is a sentence, and "input tokens: 55" a count.
  const isCount = /^tokens$/i.test(text.slice(index, suffixed)) && matchAt(/\d{1,9}(?![\w.-])/y, text, start) !== null;
  const isVague = isColon && /^s(?:id|ig|ignature|ession)$/.test(name) && !/["'`]/.test(text[start] ?? '');
  return isWord || isCount || isVague || matchAt(STATE, text, start) !== null ? undefined : start;
}

/** Whether the value shows that the name does not belong to a secret. */
function isNoSecret(text: string, index: number, start: number, name: string): boolean {
  const isWord = !/[\w-]/.test(text[index - 1] ?? '');
  return (
    (name === 'credential' && matchAt(CREDENTIALS_MODE, text, start) !== null) ||
    (name === 'pwd' &&
      (isWord || /(?:^|\W)OLD$/.test(text.slice(0, index))) &&
      matchAt(DIRECTORY, text, start) !== null)
  );
}

function isElementOfList(text: string, index: number): boolean {
  return /["'`][\w.-]*$/.test(text.slice(Math.max(0, index - 40), index));
}

function endOf(text: string, start: number, name: string): number {
  return /^(?:authorization|cookie)$/.test(name) ? endOfHeader(text, start) : endOfValue(text, start);
}

/** `--db-password value`: an option of a command line. */
function isOption(text: string, index: number): boolean {
  return /(?:^|[\s"'`,[])--?[\w-]*$/.test(text.slice(Math.max(0, index - 40), index));
}

/** `<db:password>value</db:password>`. */
function isElement(text: string, index: number): boolean {
  return /<[\w:.-]*$/.test(text.slice(Math.max(0, index - 40), index));
}

function endOfMatch(pattern: RegExp, text: string, index: number): number | undefined {
  const match = matchAt(pattern, text, index);
  return match === null ? undefined : index + match[0].length;
}
