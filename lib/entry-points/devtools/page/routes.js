import { SOURCES, byId, counted, element, policyFields } from './dom.js';

/** Rows of the page: one of each route, and above those of a controller one with what they share. */

const rows = [];
const groups = [];

/** Shows every route, and calls `choose` with the selected one. */
export function showRoutes(routes, choose) {
  byId('legend').append(
    ...Object.entries(SOURCES).map(([kind, name]) =>
      element('li', { 'data-source': kind }, element('span', { class: 'source' }, name)),
    ),
  );
  for (const [controller, members] of byController(routes)) {
    const group = { controller, row: element('tr', { class: 'group' }), shared: sharedFields(members), members: [] };
    group.members.push(...members.map((route) => ({ route, row: element('tr'), text: searchable(route), group })));
    groups.push(group);
    rows.push(...group.members);
  }
  byId('route-rows').append(...groups.flatMap(({ row, members }) => [row, ...members.map((member) => member.row)]));
  const renderAll = () => {
    groups.forEach(renderGroup);
    rows.forEach((member) => render(member, choose));
  };
  renderAll();
  byId('search').addEventListener('input', filter);
  byId('show-defaults').addEventListener('change', renderAll);
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
  for (const { row, members } of groups) {
    row.hidden = members.every((member) => member.row.hidden);
  }
  const shown = rows.filter(({ row }) => !row.hidden).length;
  byId('route-count').textContent = (shown === rows.length ? '' : `${shown} of `) + counted(rows.length, 'route');
  byId('no-route').hidden = shown > 0 || rows.length === 0;
}

/** The routes of each controller, in the order of the first one. */
function byController(routes) {
  const found = new Map();
  for (const route of routes) {
    found.set(route.controller, [...(found.get(route.controller) ?? []), route]);
  }
  return found;
}

const sameField = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/** Names of the fields that are the same for every route, source included. A single route shares nothing. */
function sharedFields([first, ...others]) {
  const names = others.length === 0 ? [] : Object.keys(first.policy.fields);
  return new Set(
    names.filter((name) => others.every(({ policy }) => sameField(policy.fields[name], first.policy.fields[name]))),
  );
}

/** Default fields are hidden, except for `origin`; so is a missing lookup. */
function isOfInterest(fields, field) {
  return (
    byId('show-defaults').checked ||
    field === fields.origin ||
    (field.source.kind !== 'library' && !(field === fields.originLookup && field.value === null))
  );
}

function renderGroup({ controller, row, shared, members: [{ route }] }) {
  const { fields, external } = route.policy;
  const list = policyFields(fields, (field, name) => shared.has(name) && isOfInterest(fields, field));
  row.replaceChildren(
    element('th', { scope: 'rowgroup', colspan: 2 }, breakable(controller)),
    element('td', {}, external || shared.size === 0 ? '' : list),
  );
}

function render({ route, row, group }, choose) {
  const { fields, label, external } = route.policy;
  const button = element(
    'button',
    { type: 'button', class: 'route', 'aria-label': `Explain ${route.method} ${route.path}` },
    element('b', { class: 'method' }, route.method === '*' ? 'ALL' : route.method),
    ' ',
    element('code', {}, route.path),
  );
  button.addEventListener('click', () => choose(route));
  const list = policyFields(fields, (field, name) => !group.shared.has(name) && isOfInterest(fields, field));
  row.replaceChildren(
    element(
      'td',
      {},
      button,
      element('span', { class: 'handler' }, route.handler),
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
