/** Another method than that of the request line: method-override, OData, Google's and IBM's APIs, forward-auth proxies. */
const METHODS = [
  'x-http-method',
  'x-http-method-override',
  'x-method-override',
  'http-method-override',
  'x-http-verb-override',
  'x-original-method',
  'x-envoy-original-method',
];

/** Another path: IIS and ASP.NET, Symfony and Zend, nginx ingress, Envoy, Azure, Next.js, and gateways that strip prefixes. */
const PATHS = [
  'x-original-url',
  'x-original-uri',
  'x-original-path',
  'x-original-request-uri',
  'x-rewrite-url',
  'x-rewrite-uri',
  'x-rewrite-path',
  'x-override-url',
  'x-request-uri',
  'x-request-url',
  'x-request-path',
  'x-http-destinationurl',
  'x-proxy-url',
  'x-envoy-original-path',
  'x-ms-original-url',
  'x-waws-unencoded-url',
  'x-script-name',
  'x-ingress-path',
  'x-matched-path',
  'x-invoke-path',
  'x-middleware-rewrite',
  'x-nextjs-rewrite',
  'base-url',
  'request-uri',
];

/** Another host, port or scheme, which routes and tenants can be chosen by. */
const HOSTS = [
  'forwarded',
  'x-forwarded',
  'x-forward-host',
  'x-forward-proto',
  'x-host',
  'x-host-override',
  'x-http-host-override',
  'x-original-host',
  'x-original-port',
  'x-original-proto',
  'x-original-scheme',
  'x-envoy-original-host',
  'x-real-host',
  'x-backend-host',
  'x-proxy-host',
  'x-scheme',
  'x-url-scheme',
  'fastly-host',
  'front-end-https',
];

const NAMES: ReadonlySet<string> = new Set([...METHODS, ...PATHS, ...HOSTS]);
const PREFIXES: readonly string[] = ['x-forwarded-', 'x-original-forwarded-'];

/**
 * Whether a request header can change the method, path or host that a framework or a proxy dispatches a request by, so
 * that it reaches another route than the one that its preflight was for. Browsers let scripts set these. Headers that only
 * tell the address of the client, such as `x-real-ip`, choose no route and are not among them.
 *
 * @param name In lower case. CGI and its descendants read `_` as `-`.
 */
export function isSteeringHeader(name: string): boolean {
  const read = name.includes('_') ? name.replaceAll('_', '-') : name;
  return NAMES.has(read) || PREFIXES.some((prefix) => read.startsWith(prefix));
}
