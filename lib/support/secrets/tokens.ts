/** Words after a scheme in a sentence: "Bearer token is missing". */
const PROSE =
  /^(?:access|and|auth\w*|called|command|credentials?|error|failed|failure|for|format|header|in|invalid|is|mechanism|method|missing|needed|not|or|realm|required|response|scheme|succeeded|to|tokens?|was|with|without)\b/i;

/** Tokens with a prefix of AWS, GitHub, GitLab, npm, Slack, Stripe, OpenAI, Google, SendGrid and others. */
const PREFIXED =
  /(?<![\dA-Za-z])(?:(?:AKIA|ASIA|AROA|AIDA|AGPA|ANPA|ABIA|ACCA)[\dA-Z]{12,}|(?:gh[oprsu]_|github_pat_|glpat-|npm_|xox[abeoprs]-|xapp-|[prs]k_(?:live|test)_|sk-|AIza|SG\.|whsec_|shp(?:at|ss|ca)_|dop_v1_|hf_|pypi-|ya29\.)[\w.-]{16,})/g;
/** An excerpt in an error of `JSON.parse()`: the name of a value may be cut off. */
const EXCERPT = /\.\.\.\\{0,16}"[^\n]{0,200}"((?:\.\.\.)? is not valid JSON)/g;
const JSON_WEB_TOKEN = /(?<![\w-])eyJ[\w-]{4,}(?:\.[\w-]*){1,4}/g;
const PRIVATE_KEY = /-----BEGIN [\dA-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----/;
const SCHEME = /\b(Bearer|Basic|Negotiate)((?:[ \t]|%20|\+){1,8})([\w\-.~+/%]+=*)/gi;
/** Redis commands with secrets, as errors quote them. */
const ARGUMENTS = new RegExp(
  [
    'with args beginning with:',
    'SETUSER\\b',
    String.raw`args[\\"'${'`'}]*\s{0,4}[:=]\s{0,4}\[\s{0,4}[\\"'${'`'}]*(?:auth|hello|acl|config|migrate)\b`,
    String.raw`name[\\"'${'`'}]*\s{0,4}[:=]\s{0,4}[\\"'${'`'}]+(?:auth|hello|acl|config|migrate)\b[\\"'${'`'}]*,\s{0,4}[\\"'${'`'}]*args\b`,
  ]
    .map((command) => `(?:${command})`)
    .join('|')
    .replace(/^.*$/s, '($&)[^\\n]*'),
  'gi',
);
const AUTH = /\b(AUTH(?:\\{0,16}["'`],?)?[ \t]{1,8})(\S+(?:[ \t]+\S+)?)/g;

/** Masks secrets that have a form of their own, and arguments of commands that take secrets. */
export function withoutTokens(text: string): string {
  return text
    .replace(EXCERPT, '"***"$1')
    .replace(PREFIXED, '***')
    .replace(JSON_WEB_TOKEN, '***')
    .replace(SCHEME, (all, scheme: string, blank: string, value: string) =>
      isProse(scheme, value) ? all : `${scheme}${blank}***`,
    )
    .replace(ARGUMENTS, '$1 ***')
    .replace(AUTH, (all, command: string, values: string) =>
      PROSE.test(values) || values.startsWith('<') ? all : `${command}***`,
    );
}

function isProse(scheme: string, value: string): boolean {
  // "Basic usage" is English; encoded credentials have a digit, a capital or padding.
  return PROSE.test(value) || (scheme.toLowerCase() === 'basic' && isWord(value));
}

/** "Basic Books": a word does not decode into a user, a colon and a password. */
function isWord(value: string): boolean {
  return /^(?:[A-Z]?[a-z]*|[A-Z]*)$/.test(value) && !/^[ -~]*:[ -~]*$/.test(Buffer.from(value, 'base64').toString());
}

/** Masks private keys in PEM. */
export function withoutPrivateKeys(text: string): string {
  const begin = PRIVATE_KEY.exec(text);
  if (begin === null) {
    return text;
  }
  const rest = text.slice(begin.index + begin[0].length);
  const end = /-----END [\dA-Z ]{0,40}-----/.exec(rest);
  // A key without its end extends to the end of the string.
  const after = end === null ? '' : rest.slice(end.index + end[0].length);
  return `${text.slice(0, begin.index)}***${withoutPrivateKeys(after)}`;
}

/** A slash, plain or escaped in JSON. */
const SLASH = String.raw`\\{0,16}/`;

/** Beginnings of URLs that end with a secret. */
const ADDRESSES = [
  'hooks.slack.com/services/',
  'hooks.slack.com/workflows/',
  'hooks.slack.com/triggers/',
  'hooks.slack-gov.com/services/',
  'discord.com/api/(?:v[0-9]{1,3}/)?webhooks/',
  'discordapp.com/api/(?:v[0-9]{1,3}/)?webhooks/',
  'api.telegram.org/(?:file/)?bot',
  'hooks.zapier.com/hooks/catch/',
  'maker.ifttt.com/trigger/[^/]{1,100}/(?:json/)?with/key/',
  'outlook.office.com/webhook/',
  'webhook.office.com/webhookb2/',
  'events.pagerduty.com/integration/',
] as const;

const SECRET_ADDRESS = new RegExp(
  `((?:${ADDRESSES.map((address) => address.replaceAll('.', '\\.').replaceAll(/(?<!\^)\//g, SLASH)).join('|')}))[^\\s"'\`<>]+`,
  'gi',
);
/** A token of a Telegram bot without its URL. */
const TELEGRAM_BOT = /(?<![\w:-])(\d{8,10}):[\w-]{35}(?![\w-])/g;

/** Masks the secret part of URLs of webhooks, and tokens of Telegram bots. */
export function withoutSecretAddresses(text: string): string {
  return text.replace(SECRET_ADDRESS, '$1***').replace(TELEGRAM_BOT, '$1:***');
}

const ANY_QUOTE = String.raw`(?:\\{0,16}["'${'`'}])`;
/** Between an option and its value, in a command line and in an inspected list of arguments. */
const BLANK = String.raw`(?:${ANY_QUOTE}?,?\s{1,8}${ANY_QUOTE}?|=${ANY_QUOTE}?|${ANY_QUOTE},${ANY_QUOTE})`;
const VALUE = String.raw`[^\s"'${'`'}]+`;

/** `curl -u user:password`. Numbers are the user and group of a container. */
const USER = new RegExp(
  String.raw`(?<![\w-])((?:-[A-Za-z]{0,8}[uU]|-[aA]|--user|--proxy-user)(?:${BLANK}|${ANY_QUOTE})?)(?!\d{1,10}:\d{1,10}(?![\w-]))[^\s"'${'`'}:/\\]{1,200}:${VALUE}`,
  'g',
);
/** Programs whose `-p` takes a password, and others with a letter of their own. */
const PASSWORDS = new RegExp(
  [
    String.raw`(?:mysql\w{0,20}|mariadb[\w-]{0,20}|sshpass|mongo\w{0,20})\b[^\n|;]{0,400}?\s${ANY_QUOTE}?-p${BLANK}?`,
    String.raw`(?:redis-cli|valkey-cli)\b[^\n|;]{0,400}?\s${ANY_QUOTE}?-a${BLANK}`,
    String.raw`(?:sqlcmd|bcp|isql)\b[^\n|;]{0,400}?\s${ANY_QUOTE}?-P${BLANK}?`,
    String.raw`(?:docker|podman|helm|skopeo)\s[^\n|;]{0,200}?login\b[^\n|;]{0,200}?\s${ANY_QUOTE}?-p${BLANK}?`,
    String.raw`ldap(?:search|modify|add|delete|whoami|passwd)\b[^\n|;]{0,400}?\s${ANY_QUOTE}?-w${BLANK}?`,
  ]
    .map((option) => `\\b${option}`)
    .join('|')
    .replace(/^.*$/s, `($&)(?!-)${VALUE}`),
  'g',
);

/** Masks passwords in short options of well-known programs. Long options are names: `--password`. */
export function withoutArguments(text: string): string {
  return text.replace(USER, '$1***').replace(PASSWORDS, '$1***');
}
