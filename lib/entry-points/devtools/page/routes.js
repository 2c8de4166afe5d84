import { SOURCES, byId, counted, element, policyFields } from './dom.js';

const rows = [];

/** Shows every route, and calls `choose` with the selected one. */
export function showRoutes(routes, choose) {
  byId('legend').append(
    ...Object.entries(SOURCES).map(([kind, name]) =>
      element('li', { 'data-source': kind }, element('span', { class: 'source' }, name)),
    ),
  );
  rows.push(...routes.map((route) => ({ route, row: element('tr'), text: searchable(route) })));
  for (const { route, row } of rows) {
    render(route, row, choose);
  }
  byId('route-rows').append(...rows.map(({ row }) => row));
  byId('search').addEventListener('input', filter);
  byId('show-defaults').addEventListener('change', () => rows.forEach(({ route, row }) => render(route, row, choose)));
  byId('clear-search').addEventListener('click', clearSearch);
  filter();
}

export function clearSearch() {
  byId('search').value = '';
  filter();
  byId('search').focus();
}

/** Every word has to be somewhere in the row. */
function filter() {
  const words = byId('search').value.toLowerCase().split(/\s+/);
  for (const { row, text } of rows) {
    row.hidden = !words.every((word) => text.includes(word));
  }
  const shown = rows.filter(({ row }) => !row.hidden).length;
  byId('route-count').textContent = (shown === rows.length ? '' : `${shown} of `) + counted(rows.length, 'route');
  byId('no-route').hidden = shown > 0 || rows.length === 0;
}

function render(route, row, choose) {
  const all = byId('show-defaults').checked;
  const { fields, label, external } = route.policy;
  const button = element(
    'button',
    { type: 'button', class: 'route', 'aria-label': `Explain ${route.method} ${route.path}` },
    element('b', { class: 'method' }, route.method === '*' ? 'ALL' : route.method),
    ' ',
    element('code', {}, route.path),
  );
  button.addEventListener('click', () => choose(route));
  // Default fields are hidden, except for `origin`; so is a missing lookup.
  const list = policyFields(
    fields,
    (field) =>
      all ||
      field === fields.origin ||
      (field.source.kind !== 'library' && !(field === fields.originLookup && field.value === null)),
  );
  row.replaceChildren(
    element(
      'td',
      {},
      button,
      element('span', { class: 'handler' }, breakable(`${route.controller}.${route.handler}`)),
      route.versions && element('span', { class: 'handler' }, `version ${route.versions.join(', ')}`),
      route.hosts && element('span', { class: 'handler' }, `host ${route.hosts.join(', ')}`),
    ),
    element('td', { class: 'policy' }, breakable(label)),
    element('td', {}, external ? 'Left to the application that serves the path.' : list),
  );
}

/** A name that may be broken after its dot. */
function breakable(name) {
  return name.split(/(?<=\.)/).flatMap((part) => [part, element('wbr')]);
}

/** Default fields are left out: a search for "default" or "false" would find every route. */
function searchable({ method, path, controller, handler, hosts = [], versions = [], policy }) {
  const fields = Object.entries(policy.fields)
    .filter(([name, { source }]) => source.kind !== 'library' || name === 'origin')
    .map(([name, { value, source }]) => `${name} ${value} ${SOURCES[source.kind]} ${Object.values(source).join(' ')}`);
  return [method, path, `${controller}.${handler}`, ...hosts, ...versions, policy.label, ...fields]
    .join(' ')
    .toLowerCase();
}
