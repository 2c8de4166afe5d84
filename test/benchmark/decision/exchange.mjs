/**
 * A request and its response, as far as CORS touches them: what they cost themselves is the same for all, and next to
 * nothing. Made before the clock starts.
 */
export function exchange(origin, preflight) {
  return { request: preflight ? preflightOf(origin) : getOf(origin), response: new Response() };
}

function getOf(origin) {
  return requestOf('GET', { host: 'localhost', origin });
}

function preflightOf(origin) {
  return requestOf('OPTIONS', {
    host: 'localhost',
    origin,
    'access-control-request-method': 'GET',
    'access-control-request-headers': 'content-type,x-requested-with',
  });
}

/** Express knows the first three, Fastify `raw` and `routeOptions` as well. */
function requestOf(method, headers) {
  return { method, url: '/cats', headers, routeOptions: { config: {} }, raw: { method, url: '/cats', headers } };
}

class Response {
  vary = undefined;
  written = 0;
  statusCode = 200;
  headersSent = false;
  writableEnded = false;

  getHeader(name) {
    return name === 'Vary' ? this.vary : undefined;
  }

  hasHeader() {
    return false;
  }

  setHeader(name, value) {
    if (name === 'Vary') {
      this.vary = value;
    }
    this.written++;
    return this;
  }

  removeHeader() {}

  writeHead() {}

  end() {}

  // Fastify's names for the same.

  header(name, value) {
    return this.setHeader(name, value);
  }

  code(status) {
    this.statusCode = status;
    return this;
  }

  send() {
    return this;
  }
}
