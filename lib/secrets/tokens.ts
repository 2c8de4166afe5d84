/** Words after a scheme that speak of it: "Bearer token is missing". */
const PROSE =
  /^(?:access|and|auth\w*|called|command|credentials?|error|failed|failure|for|format|header|in|invalid|is|mechanism|method|missing|needed|not|or|realm|required|response|scheme|succeeded|to|tokens?|was|with|without)\b/i;

/** What the issuer's prefix gives away: AWS, GitHub, GitLab, npm, Slack, Stripe, OpenAI, Google, SendGrid and others. */
const PREFIXED =
  /(?<![\dA-Za-z])(?:(?:AKIA|ASIA|AROA|AIDA|AGPA|ANPA|ABIA|ACCA)[\dA-Z]{12,}|(?:gh[oprsu]_|github_pat_|glpat-|npm_|xox[abeoprs]-|xapp-|[prs]k_(?:live|test)_|sk-|AIza|SG\.|whsec_|shp(?:at|ss|ca)_|dop_v1_|hf_|pypi-|ya29\.)[\w.-]{16,})/g;
/** What `JSON.parse()` quotes of the middle of a text: the name of a value may be cut off. */
const EXCERPT = /\.\.\.\\{0,16}"[^\n]{0,200}"((?:\.\.\.)? is not valid JSON)/g;
const JSON_WEB_TOKEN = /(?<![\w-])eyJ[\w-]{4,}(?:\.[\w-]*){1,4}/g;
const PRIVATE_KEY = /-----BEGIN [\dA-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----/;
const SCHEME = /\b(Bearer|Basic|Negotiate)((?:[ \t]|%20|\+){1,8})([\w\-.~+/%]+=*)/gi;
/** Commands of Redis that take secrets, as servers and clients quote them in errors. */
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

/** Masks what is a secret by its own form, or by the command that it is an argument of. */
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
  // "Basic usage" is English; what is encoded has a digit, a capital or padding.
  return PROSE.test(value) || (scheme.toLowerCase() === 'basic' && /^[a-z]*$/.test(value));
}

/** Masks private keys in the text form of PEM. */
export function withoutPrivateKeys(text: string): string {
  const begin = PRIVATE_KEY.exec(text);
  if (begin === null) {
    return text;
  }
  const rest = text.slice(begin.index + begin[0].length);
  const end = /-----END [\dA-Z ]{0,40}-----/.exec(rest);
  // Without its end, the key goes on to the end of the text.
  const after = end === null ? '' : rest.slice(end.index + end[0].length);
  return `${text.slice(0, begin.index)}***${withoutPrivateKeys(after)}`;
}
