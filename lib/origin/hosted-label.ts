/**
 * Words that services put into the names of previews and that their customers commonly choose: they tell no owner from
 * another. https://vercel.com/docs/deployments/generated-urls
 */
const SERVICE_WORDS: ReadonlySet<string> = new Set(
  (
    'alpha beta branch build canary commit deploy deployment deployments deploys dev develop development ec2 env environment ' +
    'feat feature fix git head hotfix instance ip job latest live main master merge mr next node now old port pr preprod ' +
    'preview previews prod production projects pull qa rc release request review sandbox server stage staging stg temp ' +
    'test testing tmp uat v vm'
  ).split(' '),
);

/** Words that make a name in pairs only: `my-app`. */
const COMMON_WORDS: ReadonlySet<string> = new Set(['a', 'api', 'app', 'my', 'site', 'the', 'ui', 'web', 'www']);

/** A part that the author of an expression left open is marked `f`. */
const OPEN = /f(?:.*f)?/;

/**
 * Whether the author's own words mark a label of a company's suffix, of which a part is open. They stand at an end of it,
 * behind or before a hyphen: `my-app-*`, `*-my-site`. Without the hyphen, a stranger's `evilmy-site` would match. What
 * follows two hyphens is the name of a site at Netlify, where no site has two hyphens in its name.
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

/** Whether words, of which the last one is next to what is open, name an owner whatever stands there. */
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

/** Whether a name tells its owner from others, so that an expression may be built around it. */
export function isOwnersName(name: string): boolean {
  return hasName(name.split(/[-_]/));
}

function isOfService(word: string): boolean {
  return /^[0-9]+$/.test(word) || SERVICE_WORDS.has(word);
}
