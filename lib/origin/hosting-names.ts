import { parentsOf } from './deep-suffixes.js';

/** A name below which a service serves pages for anyone. */
export interface HostingName {
  readonly name: string;
  /** How many labels are between the name and a customer's: regions, clusters. */
  readonly between: number;
  /** Labels below which customers have names, too. Default: none. */
  readonly zones?: readonly string[];
}

/** Any label may hold an IP address, so no name below has an owner. */
const ANY_DEPTH = Number.POSITIVE_INFINITY;

/** Names that are missing in the Public Suffix List, each with a reference. A test finds those that the list has meanwhile. */
export const HOSTING_NAMES: readonly HostingName[] = [
  // DNS that resolves a name to the IP address in it.
  { name: 'nip.io', between: ANY_DEPTH }, // https://nip.io
  { name: 'sslip.io', between: ANY_DEPTH }, // https://sslip.io
  { name: 'traefik.me', between: ANY_DEPTH }, // https://traefik.me
  // Tunnels to a developer's machine.
  { name: 'devtunnels.ms', between: 1 }, // https://learn.microsoft.com/azure/developer/dev-tunnels/overview
  { name: 'exp.direct', between: 0 }, // https://docs.expo.dev/more/expo-cli/#tunneling
  { name: 'localtunnel.me', between: 0 }, // https://github.com/localtunnel/localtunnel
  { name: 'lhr.life', between: 0 }, // https://localhost.run/docs/
  { name: 'loca.lt', between: 0 }, // https://github.com/localtunnel/localtunnel
  { name: 'pinggy.link', between: 2 }, // https://pinggy.io/docs/
  { name: 'serveo.net', between: 0 }, // https://serveo.net
  { name: 'share.zrok.io', between: 0 }, // https://docs.zrok.io/docs/getting-started/
  // Development environments.
  { name: 'app.github.dev', between: 0, zones: ['preview'] }, // https://docs.github.com/codespaces/developing-in-a-codespace/forwarding-ports-in-your-codespace
  { name: 'codesandbox.io', between: 0 }, // https://codesandbox.io/docs/learn/sandboxes/overview
  { name: 'cloudworkstations.dev', between: 1 }, // https://cloud.google.com/workstations/docs/architecture
  { name: 'gitpod.io', between: 1 }, // https://www.gitpod.io/docs/classic/user/configure/workspaces/ports
  { name: 'stackblitz.io', between: 0 }, // https://developer.stackblitz.com/platform/webcontainers/browser-support
  { name: 'webcontainer-api.io', between: 0 }, // https://developer.stackblitz.com/platform/api/webcontainer-api
  { name: 'webcontainer.io', between: 0 }, // https://developer.stackblitz.com/platform/webcontainers/browser-support
  // Applications and sites.
  { name: 'azurecontainerapps.io', between: 1 }, // https://learn.microsoft.com/azure/container-apps/connect-apps
  { name: 'b4a.run', between: 0 }, // https://www.back4app.com/docs-containers
  { name: 'back4app.io', between: 0 }, // https://www.back4app.com/docs/platform/parse-web-hosting
  { name: 'cloudapp.azure.com', between: 1 }, // https://learn.microsoft.com/azure/virtual-network/ip-services/public-ip-addresses
  { name: 'ghost.io', between: 0 }, // https://ghost.org/help/custom-domains/
  { name: 'googleusercontent.com', between: 0 }, // https://developers.google.com/apps-script/guides/html/restrictions
  { name: 'gradio.live', between: 0 }, // https://www.gradio.app/guides/sharing-your-app
  { name: 'jimdosite.com', between: 0 }, // https://help.jimdo.com/hc/en-us/articles/115005532586
  { name: 'kinsta.app', between: 0 }, // https://kinsta.com/docs/application-hosting/
  { name: 'koyeb.app', between: 0 }, // https://www.koyeb.com/docs/run-and-scale/domains
  { name: 'modal.run', between: 0 }, // https://modal.com/docs/guide/webhook-urls
  { name: 'my.salesforce-sites.com', between: 0 }, // https://help.salesforce.com/s/articleView?id=sf.domain_name_url_formats.htm
  { name: 'my.site.com', between: 0 }, // https://help.salesforce.com/s/articleView?id=sf.domain_name_url_formats.htm
  { name: 'neocities.org', between: 0 }, // https://neocities.org/about
  { name: 'scalingo.io', between: 1 }, // https://doc.scalingo.com/platform/app/domain
  { name: 'sevalla.app', between: 0 }, // https://docs.sevalla.com/applications/domains
  { name: 'squarespace.com', between: 0 }, // https://support.squarespace.com/hc/en-us/articles/205812288
  { name: 'static.app', between: 0 }, // https://static.app/docs
  { name: 'tiiny.site', between: 0 }, // https://helpdesk.tiiny.host
  { name: 'tilda.ws', between: 0 }, // https://help.tilda.cc/domains
  { name: 'tumblr.com', between: 0 }, // https://www.tumblr.com/docs/en/custom_themes
  { name: 'webnode.com', between: 0 }, // https://www.webnode.com
  { name: 'weebly.com', between: 0 }, // https://www.weebly.com/app/help/us/en/topics/choose-a-domain-name
  { name: 'wordpress.com', between: 0 }, // https://wordpress.com/support/changing-blog-address/
  // Storage that serves pages.
  { name: 'aliyuncs.com', between: 1 }, // https://www.alibabacloud.com/help/en/oss/user-guide/oss-domain-names
  { name: 'backblazeb2.com', between: 2 }, // https://www.backblaze.com/docs/cloud-storage-s3-compatible-api
  { name: 'myqcloud.com', between: 2 }, // https://www.tencentcloud.com/document/product/436/6224
  { name: 'wasabisys.com', between: 2 }, // https://docs.wasabi.com/docs/what-are-the-service-urls-for-wasabis-different-storage-regions
  { name: 'your-objectstorage.com', between: 1 }, // https://docs.hetzner.com/storage/object-storage/overview
];

const BETWEEN: ReadonlyMap<string, number> = new Map(
  HOSTING_NAMES.flatMap(({ name, between, zones = [] }) =>
    [name, ...zones.map((zone) => `${zone}.${name}`)].map((each) => [each, between] as const),
  ),
);

/** Bounds the work on a host of 127 labels. */
const MAX_LABELS = Math.max(...[...BETWEEN.keys()].map((name) => name.split('.').length));

const EXAMPLES: ReadonlyMap<string, string> = new Map(
  HOSTING_NAMES.flatMap(({ name }) => [...parentsOf(name)].map((parent) => [parent, name] as const)),
);

/** Whether anyone can register names directly below `name`. */
export function isHostingName(name: string): boolean {
  let start = name.length;
  for (let labels = 0; labels < MAX_LABELS && start > 0; labels++) {
    // After the next dot to the left, or at the beginning.
    start = name.lastIndexOf('.', start - 2) + 1;
    const between = BETWEEN.get(name.slice(start));
    if (between !== undefined && name.slice(0, start).split('.').length - 1 <= between) {
      return true;
    }
  }
  return false;
}

/** One of {@link HOSTING_NAMES} below `name`: `app.github.dev` for `github.dev`. */
export function hostingNameBelow(name: string): string | undefined {
  return EXAMPLES.get(name);
}
