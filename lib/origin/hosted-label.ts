/** Words that name no owner: services put them into names of previews. https://vercel.com/docs/deployments/generated-urls */
const SERVICE_WORDS: ReadonlySet<string> = new Set(
  (
    'alpha beta branch build canary commit deploy deployment deployments deploys dev develop development ec2 env environment ' +
    'feat feature fix git head hotfix instance ip job latest live main master merge mr next node now old port pr preprod ' +
    'preview previews prod production projects pull qa rc release request review sandbox server stage staging stg temp ' +
    'test testing tmp uat v vm'
  ).split(' '),
);

/** Words that name an owner in pairs only: `my-app`. */
const COMMON_WORDS: ReadonlySet<string> = new Set(['a', 'api', 'app', 'my', 'site', 'the', 'ui', 'web', 'www']);

/** Characters that an expression leaves open are marked `f`. */
const OPEN = /f(?:.*f)?/;

/**
 * Whether a label below a company's suffix has the owner's words at one end: `my-app-*`, `*-my-site`. The hyphen is needed: without
 * it, another owner's `evilmy-site` would match. At Netlify, the site's name follows two hyphens.
 *
 * @see https://docs.netlify.com/deploy/deploy-types/deploy-previews/
 */
export function hasOwnersWords(label: string, marks: string, suffix: string): boolean {
  const [open] = OPEN.exec(marks) as RegExpExecArray;
  const start = marks.indexOf('f');
  if (suffix === 'netlify.app' && /^--[a-z0-9]/.test(label.slice(start + open.length))) {
    return true;
  }
  const before = label.slice(0, start).split(/[-_]/);
  const after = label
    .slice(start + open.length)
    .split(/[-_]/)
    .reverse();
  return isNamed(before) || isNamed(after) || (hasWord(before) && hasWord(after) && hasName([...before, ...after]));
}

/** Whether words name an owner; the last one is next to the open part. */
function isNamed(words: readonly string[]): boolean {
  const next = words.at(-1) as string;
  return (next === '' || isOfService(next)) && hasName(words.slice(0, -1));
}

function hasWord(words: readonly string[]): boolean {
  return words.some(isWord);
}

function isWord(word: string): boolean {
  return /[a-z]{2}|[a-z][0-9]|[0-9][a-z]/.test(word) && !isOfService(word);
}

function hasName(words: readonly string[]): boolean {
  const names = words.filter(isWord);
  return names.length > 1 || names.some((word) => !COMMON_WORDS.has(word));
}

/** Whether a name identifies an owner, so that an expression may be built around it. */
export function isOwnersName(name: string): boolean {
  return hasName(name.split(/[-_]/));
}

function isOfService(word: string): boolean {
  return /^[0-9]+$/.test(word) || SERVICE_WORDS.has(word);
}
