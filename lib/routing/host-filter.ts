import { pathToRegexp } from 'path-to-regexp';

export type HostMetadata = string | RegExp | (string | RegExp)[] | undefined;

/** The filters of a controller's `host`, as RouterExplorer.applyHostFilter() compiles them; an empty list accepts no host. */
export function compileHosts(host: HostMetadata): readonly RegExp[] | undefined {
  if (!host) {
    return undefined;
  }
  // Copied, because `lastIndex` of the application's own expressions belongs to Nest.
  return [host].flat().map((each) => (typeof each === 'string' ? pathToRegexp(each).regexp : new RegExp(each)));
}

export function isHostAccepted(hosts: readonly RegExp[] | undefined, host: string): boolean {
  return (
    hosts === undefined ||
    hosts.some((expression) => {
      expression.lastIndex = 0;
      return expression.test(host);
    })
  );
}
