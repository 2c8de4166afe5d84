/** How a hosting service names the pages of one customer. */
interface PreviewHost {
  /** The labels before the service's name: the source of an expression, or of a pattern that begins with `*.`. */
  readonly labels: (project: string) => string;
  /** The customer's part: completes "with …". */
  readonly own: string;
}

const PULL_REQUEST: PreviewHost = { labels: (project) => `${project}-pr-[0-9]+`, own: 'the name of your project' };

/** Keyed by public suffix. The names are those of previews, the usual purpose of a pattern over the suffix. */
const PREVIEW_HOSTS: ReadonlyMap<string, PreviewHost> = new Map<string, PreviewHost>([
  // https://vercel.com/docs/deployments/generated-urls
  ['vercel.app', { labels: (project) => `${project}-[a-z0-9-]+-team`, own: 'the names of your project and your team' }],
  // https://docs.netlify.com/deploy/deploy-types/deploy-previews/
  ['netlify.app', { labels: (project) => `deploy-preview-[0-9]+--${project}`, own: 'the name of your site' }],
  // https://developers.cloudflare.com/pages/configuration/preview-deployments/
  ['pages.dev', { labels: (project) => `*.${project}`, own: 'the name of your project' }],
  // https://developers.cloudflare.com/workers/configuration/routing/workers-dev/
  ['workers.dev', { labels: () => '*.my-account', own: 'the name of your account' }],
  // https://docs.github.com/pages/getting-started-with-github-pages/what-is-github-pages
  ['github.io', { labels: () => 'my-name', own: 'the name of your account' }],
  // https://docs.gitlab.com/user/project/pages/getting_started_part_one/
  ['gitlab.io', { labels: () => 'my-group', own: 'the name of your group' }],
  // https://firebase.google.com/docs/hosting/test-preview-deploy
  ['web.app', { labels: (project) => `${project}--[a-z0-9-]+`, own: 'the name of your site' }],
  // https://docs.aws.amazon.com/amplify/latest/userguide/pr-previews.html
  ['amplifyapp.com', { labels: () => '*.d1a2b3c4d5e6f7', own: 'the id of your app' }],
  // https://docs.github.com/codespaces/developing-in-a-codespace/forwarding-ports-in-your-codespace
  ['app.github.dev', { labels: () => 'my-codespace-[0-9]+', own: 'the name of your codespace' }],
  ['herokuapp.com', { labels: (project) => `${project}-pr-[0-9]+-[0-9a-f]+`, own: 'the name of your app' }],
  ['onrender.com', PULL_REQUEST],
  ['up.railway.app', PULL_REQUEST],
]);

/**
 * The hint for the previews of one project at a hosting service; `undefined` for other suffixes.
 *
 * @param project The name that was written before a star: letters, digits and hyphens. Default: `my-app`.
 */
export function previewHint(suffix: string, project = 'my-app'): string | undefined {
  const host = PREVIEW_HOSTS.get(suffix);
  if (host === undefined) {
    return undefined;
  }
  const labels = host.labels(project);
  const written = labels.includes('[')
    ? `/^https:\\/\\/${labels}\\.${suffix.replaceAll('.', '\\.')}$/`
    : `"https://${labels}.${suffix}"`;
  return `Write ${written} with ${host.own}.`;
}
