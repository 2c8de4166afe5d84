const QUOTE = String.raw`(?:\\{0,16}["'${'`'}])`;
/** What parts an option from its value, in a command line and in an inspected list of arguments. */
const BLANK = String.raw`(?:${QUOTE}?,?\s{1,8}${QUOTE}?|=${QUOTE}?|${QUOTE},${QUOTE})`;
const VALUE = String.raw`[^\s"'${'`'}]+`;

/** `curl -u user:password`. Numbers are the user and group of a container. */
const USER = new RegExp(
  String.raw`(?<![\w-])((?:-[A-Za-z]{0,8}[uU]|-[aA]|--user|--proxy-user)(?:${BLANK}|${QUOTE})?)(?!\d{1,10}:\d{1,10}(?![\w-]))[^\s"'${'`'}:/\\]{1,200}:${VALUE}`,
  'g',
);
/** Programs whose `-p` takes a password, and others with a letter of their own. */
const PASSWORDS = new RegExp(
  [
    String.raw`(?:mysql\w{0,20}|mariadb[\w-]{0,20}|sshpass|mongo\w{0,20})\b[^\n|;]{0,400}?\s${QUOTE}?-p${BLANK}?`,
    String.raw`(?:redis-cli|valkey-cli)\b[^\n|;]{0,400}?\s${QUOTE}?-a${BLANK}`,
    String.raw`(?:sqlcmd|bcp|isql)\b[^\n|;]{0,400}?\s${QUOTE}?-P${BLANK}?`,
    String.raw`(?:docker|podman|helm|skopeo)\s[^\n|;]{0,200}?login\b[^\n|;]{0,200}?\s${QUOTE}?-p${BLANK}?`,
    String.raw`ldap(?:search|modify|add|delete|whoami|passwd)\b[^\n|;]{0,400}?\s${QUOTE}?-w${BLANK}?`,
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
