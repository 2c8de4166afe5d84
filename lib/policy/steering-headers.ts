/** Another method than that of the request line: method-override, OData, Google's and IBM's APIs, forward-auth proxies. */
const METHODS =
  'http-method-override x-envoy-original-method x-http-method x-http-method-override x-http-verb-override ' +
  'x-method-override x-original-method';

/** Another path: IIS and ASP.NET, Symfony and Zend, nginx ingress, Envoy, Azure, Next.js, and gateways that strip prefixes. */
const PATHS =
  'base-url request-uri x-envoy-original-path x-http-destinationurl x-ingress-path x-invoke-path x-matched-path ' +
  'x-middleware-rewrite x-ms-original-url x-nextjs-rewrite x-original-path x-original-request-uri x-original-uri ' +
  'x-original-url x-override-url x-proxy-url x-request-path x-request-uri x-request-url x-rewrite-path x-rewrite-uri ' +
  'x-rewrite-url x-script-name x-waws-unencoded-url';

/** Another host, port or scheme, which can choose routes and tenants. */
const HOSTS =
  'fastly-host forwarded front-end-https x-backend-host x-envoy-original-host x-forward-host x-forward-proto ' +
  'x-forwarded x-host x-host-override x-http-host-override x-original-host x-original-port x-original-proto ' +
  'x-original-scheme x-proxy-host x-real-host x-scheme x-url-scheme';

const NAMES: ReadonlySet<string> = new Set([METHODS, PATHS, HOSTS].flatMap((names) => names.split(' ')));
const PREFIXES: readonly string[] = ['x-forwarded-', 'x-original-forwarded-'];

/**
 * Whether a request header can change the method, path or host by which a framework or a proxy dispatches. The request would
 * then reach another route than its preflight named. Browsers let scripts set these headers. `x-real-ip` and other addresses of
 * the client choose no route.
 *
 * @param name In lower case. CGI and its descendants read `_` as `-`.
 */
export function isSteeringHeader(name: string): boolean {
  const read = name.includes('_') ? name.replaceAll('_', '-') : name;
  return NAMES.has(read) || PREFIXES.some((prefix) => read.startsWith(prefix));
}
