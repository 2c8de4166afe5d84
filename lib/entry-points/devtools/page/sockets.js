import { byId, counted, element, headerList, linesOf, policyFields, read } from './dom.js';
import { banner, lookupCallView, part, preflightView } from './explanation.js';

/** How often open connections are counted again, in milliseconds, while somebody looks at the page. */
const INTERVAL = 3_000;

/** The places, in the order of the server. */
let places = [];

/** Shows where sockets are opened and how many are open, and makes the form explain handshakes. */
export async function showSockets() {
  const { places: found, open } = await read('sockets');
  places = found;
  byId('sockets-link').hidden = places.length === 0 && open.length === 0;
  byId('sockets').hidden = places.length === 0 && open.length === 0;
  byId('handshake-part').hidden = places.length === 0;
  byId('socket-rows').replaceChildren(...places.map(placeRow));
  byId('socket-table').hidden = places.length === 0;
  byId('handshake').elements.place.replaceChildren(
    ...places.map((place, index) => element('option', { value: index }, titleOf(place))),
  );
  byId('handshake').elements.origin.value = 'https://app.example.com';
  byId('handshake').addEventListener('submit', (event) => {
    event.preventDefault();
    void explain();
  });
  showOpen(open);
  setInterval(() => void refresh(), INTERVAL);
  document.addEventListener('visibilitychange', () => void refresh());
}

/** Puts a decision of the feed into the form. A gateway is found by its class. */
export function fillHandshake({ handler, path, origin }) {
  const { elements } = byId('handshake');
  const names = (handler ?? '').split(', ');
  const index = places.findIndex(({ gateway, path: at }) =>
    gateway === undefined ? at === path : names.includes(gateway),
  );
  elements.place.value = String(index === -1 ? places.findIndex((place) => place.path === '*') : index);
  elements.path.value = index === -1 ? path : '';
  elements.origin.value = origin ?? '';
  byId('handshake-result').replaceChildren();
  byId('handshake-part').scrollIntoView({ block: 'nearest' });
  byId('handshake').querySelector('button').focus();
}

async function refresh() {
  if (document.visibilityState === 'visible') {
    try {
      showOpen((await read('sockets')).open);
    } catch {
      // The header of the page says that the connection is lost.
    }
  }
}

function showOpen(open) {
  const total = open.reduce((sum, { connections }) => sum + connections, 0);
  byId('open-count').textContent = total === 0 ? 'none open' : `${total} open`;
  byId('open-rows').replaceChildren(...open.map(openRow));
  byId('open-table').hidden = open.length === 0;
  byId('no-open').hidden = open.length > 0;
  if (open.length > 0) {
    byId('sockets').hidden = false;
    byId('sockets-link').hidden = false;
  }
}

function openRow({ kind, origin, tenant, policy, connections }) {
  return element(
    'tr',
    {},
    element('td', {}, element('code', {}, origin), tenant === undefined ? '' : ` for tenant “${tenant}”`),
    element('td', {}, counted(connections, kind === 'socket' ? 'socket' : 'event stream')),
    element('td', { class: 'policy' }, policy),
  );
}

const titleOf = ({ kind, gateway, path, namespace, port }) =>
  [
    gateway ?? (kind === 'graphql' ? 'GraphQL' : 'Upgrade'),
    path === '*' ? 'elsewhere' : path,
    namespace === undefined ? '' : namespace,
    port === undefined ? '' : `port ${port}`,
  ]
    .filter((word) => word !== '')
    .join(' ');

function placeRow(place, index) {
  const { kind, gateway, path, namespace, port, policy } = place;
  const button = element(
    'button',
    { type: 'button', class: 'route', 'aria-label': `Explain a handshake of ${titleOf(place)}` },
    element('b', { class: 'method' }, 'WS'),
    ' ',
    element('code', {}, path === '*' ? 'everything else' : path),
  );
  button.addEventListener('click', () => {
    byId('handshake').elements.place.value = String(index);
    byId('handshake').elements.path.value = '';
    byId('handshake-result').replaceChildren();
    byId('handshake').querySelector('button').focus();
  });
  const opener = gateway ?? (kind === 'graphql' ? 'GraphQL subscriptions' : 'another server');
  const isSet = ({ source, value }, name) =>
    name === 'origin' || (source.kind !== 'library' && !(name === 'originLookup' && value === null));
  const fields = policyFields(policy.fields, isSet);
  return element(
    'tr',
    {},
    element(
      'td',
      {},
      button,
      element('span', { class: 'handler' }, opener),
      namespace === undefined ? undefined : element('span', { class: 'handler' }, `namespace ${namespace}`),
      port === undefined ? undefined : element('span', { class: 'handler' }, `port ${port}`),
    ),
    element('td', { class: 'policy' }, policy.label),
    element('td', {}, policy.external ? 'Left to the application: any origin may connect.' : fields),
  );
}

/** What the form's choices are called in the query. Any session will do: its first poll has no effect on the decision. */
const REQUESTS = {
  websocket: { transport: 'websocket' },
  polling: { transport: 'polling' },
  jsonp: { transport: 'jsonp' },
  poll: { transport: 'polling', sid: 'explained' },
  message: { transport: 'polling', sid: 'explained', method: 'POST' },
  upgrade: { transport: 'websocket', sid: 'explained' },
};

/** What is typed. An empty field is left out: without Origin, the client is no browser. */
function typed() {
  const { place, path, origin, site, transport, headers, credentials } = byId('handshake').elements;
  const { gateway, path: at } = places[Number(place.value)] ?? {};
  const entries = {
    gateway,
    path: path.value.trim() || (gateway === undefined ? (at === '*' ? '/' : at) : undefined),
    origin: origin.value.trim() || undefined,
    site: site.value || undefined,
    ...REQUESTS[transport.value],
    headers: linesOf(headers.value),
    host: location.host,
    credentials: credentials.checked,
  };
  return Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined));
}

async function explain() {
  byId('handshake-problem').textContent = '';
  try {
    const explanation = await read('handshake', { request: JSON.stringify(typed()) });
    byId('handshake-result').replaceChildren(handshakeView(explanation));
  } catch (error) {
    byId('handshake-result').replaceChildren();
    byId('handshake-problem').textContent = error.message;
  }
}

function handshakeView({
  request,
  gateways,
  preflight,
  handshake,
  namespace,
  policy,
  lookupCalls,
  accepted,
  conclusion,
}) {
  const isLeft = handshake.reason === 'left-to-application';
  const cookies = {
    kept: 'The application sees the cookies.',
    removed: 'The cookies are removed before the application sees the request.',
  };
  const shared = gateways.map(({ gateway }) => gateway).join(', ');
  return element(
    'div',
    { class: 'explanation' },
    isLeft
      ? element('p', { class: 'banner' }, element('strong', {}, 'Not decided here'), ` ${handshake.message}`)
      : banner(
          accepted,
          accepted ? 'Accepted' : 'Refused',
          conclusion.replace(/^(Accepted|Refused)( by [^:]+)?: /, ''),
        ),
    element(
      'p',
      { class: 'aside' },
      element('code', {}, request.path),
      ' from ',
      element('code', {}, request.origin ?? '(no Origin)'),
    ),
    gateways.length > 1 ? element('p', { class: 'aside' }, `${shared} share the handshake.`) : undefined,
    preflight?.sent ? part('Preflight', preflightView(preflight)) : undefined,
    part(
      'Handshake',
      decision(handshake),
      Object.keys(handshake.headers).length === 0 ? undefined : headerList(handshake.headers),
      handshake.cookies === undefined ? undefined : element('p', {}, cookies[handshake.cookies]),
    ),
    ...(namespace === undefined ? [] : [part(`Namespace ${request.namespace}`, decision(namespace))]),
    ...(lookupCalls.length === 0 ? [] : [part('Lookup', ...lookupCalls.map(lookupCallView))]),
    part(`Policy: ${policy.label}`, policy.external ? undefined : policyFields(policy.fields)),
  );
}

function decision({ accepted, reason, message, fix, policy }) {
  return element(
    'p',
    { 'data-granted': accepted },
    element('span', { class: 'verdict' }, accepted ? '✓ Accepted' : '✗ Refused'),
    ' ',
    element('code', {}, reason),
    ` by ${policy}. ${message}${accepted ? '' : ` ${fix}`}`,
  );
}
