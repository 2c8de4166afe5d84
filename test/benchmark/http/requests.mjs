/** An origin that every contender allows, and one that none does. */
export const ALLOWED = 'https://app.example.com';
export const OTHER_ALLOWED = 'https://admin.example.com';
export const REFUSED = 'https://elsewhere.example';

const preflight = { 'Access-Control-Request-Method': 'PUT', 'Access-Control-Request-Headers': 'content-type' };

/**
 * What is sent. `allowed`: whether a policy of {@link ALLOWED} lets the page read the answer. `status`: that of an
 * application without CORS.
 */
export const REQUESTS = [
  { name: 'get-allowed', label: 'GET, allowed origin', method: 'GET', path: '/items', origin: ALLOWED, status: 200 },
  {
    name: 'get-parametric',
    label: 'GET of a path with a parameter, allowed origin',
    method: 'GET',
    path: '/items/4711',
    origin: ALLOWED,
    status: 200,
  },
  { name: 'get-without', label: 'GET without Origin', method: 'GET', path: '/items', status: 200 },
  { name: 'get-refused', label: 'GET, refused origin', method: 'GET', path: '/items', origin: REFUSED, status: 200 },
  {
    name: 'preflight-granted',
    label: 'granted preflight',
    method: 'OPTIONS',
    path: '/items',
    origin: ALLOWED,
    headers: preflight,
    status: 404,
  },
  {
    name: 'preflight-refused',
    label: 'refused preflight',
    method: 'OPTIONS',
    path: '/items',
    origin: REFUSED,
    headers: preflight,
    status: 404,
  },
  {
    name: 'preflight-granted-parameter',
    label: 'granted preflight, path with a parameter',
    method: 'OPTIONS',
    path: '/items/3fa85f64-5717-4562-b3fc-2c963f66afa6',
    origin: ALLOWED,
    headers: preflight,
    status: 404,
  },
  {
    name: 'preflight-refused-parameter',
    label: 'refused preflight, path with a parameter',
    method: 'OPTIONS',
    path: '/items/3fa85f64-5717-4562-b3fc-2c963f66afa6',
    origin: REFUSED,
    headers: preflight,
    status: 404,
  },
  { name: 'not-found', label: '404, allowed origin', method: 'GET', path: '/nothing', origin: ALLOWED, status: 404 },
];

export function isPreflight({ method }) {
  return method === 'OPTIONS';
}

/** The request as it goes over the wire. */
export function wireText({ method, path, origin, headers = {} }) {
  const fields = { Host: 'api.example', ...(origin === undefined ? {} : { Origin: origin }), ...headers };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`;
}
