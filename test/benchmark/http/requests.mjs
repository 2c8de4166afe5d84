/** An origin that every contender allows, and one that none does. */
export const ALLOWED = 'https://app.example.com';
export const OTHER_ALLOWED = 'https://admin.example.com';
export const REFUSED = 'https://elsewhere.example';

const ITEM = '/items/3fa85f64-5717-4562-b3fc-2c963f66afa6';
const preflight = {
  method: 'OPTIONS',
  headers: { 'Access-Control-Request-Method': 'PUT', 'Access-Control-Request-Headers': 'content-type' },
  status: 404,
};

/** A connection takes the time of several requests, so that fewer of them say as much. */
const CONNECTIONS_OPENED = 600;

/** The contenders that every request is sent to. The others differ from the handler policy in some requests alone. */
const CORE = ['none', 'none-again', 'floor', 'floor-reply', 'built-in', 'handler'];
const CORE_AND_ENHANCERS = [...CORE, 'no-op', 'enhancers'];

/**
 * What is sent. `status`: that of an application without CORS. `contenders`: those that it is sent to, by default all.
 * `ownConnection`: on a connection of its own, which the server closes behind the response. `count` and `warmUp`: how many are sent at
 * most, in each measurement and before the first.
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
    contenders: CORE,
  },
  { name: 'get-without', label: 'GET without Origin', method: 'GET', path: '/items', status: 200 },
  {
    name: 'get-refused',
    label: 'GET, refused origin',
    method: 'GET',
    path: '/items',
    origin: REFUSED,
    status: 200,
    contenders: CORE_AND_ENHANCERS,
  },
  { name: 'preflight-granted', label: 'granted preflight', path: '/items', origin: ALLOWED, ...preflight },
  {
    name: 'preflight-refused',
    label: 'refused preflight',
    path: '/items',
    origin: REFUSED,
    ...preflight,
    contenders: CORE,
  },
  {
    name: 'preflight-granted-parameter',
    label: 'granted preflight, path with a parameter',
    path: ITEM,
    origin: ALLOWED,
    ...preflight,
    contenders: CORE,
  },
  {
    name: 'preflight-refused-parameter',
    label: 'refused preflight, path with a parameter',
    path: ITEM,
    origin: REFUSED,
    ...preflight,
    contenders: CORE,
  },
  {
    name: 'get-connection',
    label: 'GET, allowed origin, a connection for each request',
    method: 'GET',
    path: '/items',
    origin: ALLOWED,
    status: 200,
    ownConnection: true,
    count: CONNECTIONS_OPENED,
    warmUp: CONNECTIONS_OPENED,
    contenders: CORE,
  },
  {
    name: 'preflight-connection',
    label: 'granted preflight, a connection for each request',
    path: '/items',
    origin: ALLOWED,
    ...preflight,
    ownConnection: true,
    count: CONNECTIONS_OPENED,
    warmUp: CONNECTIONS_OPENED,
    contenders: CORE,
  },
  {
    name: 'not-found',
    label: '404, allowed origin',
    method: 'GET',
    path: '/nothing',
    origin: ALLOWED,
    status: 404,
    contenders: CORE,
  },
];

export function isPreflight({ method }) {
  return method === 'OPTIONS';
}

/** The request as it goes over the wire. */
export function wireText({ method, path, origin, headers = {}, ownConnection = false }) {
  const fields = {
    Host: 'api.example',
    ...(origin === undefined ? {} : { Origin: origin }),
    ...headers,
    ...(ownConnection ? { Connection: 'close' } : {}),
  };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`;
}
