/** The URL of the devtools' routes. */
export const base = new URL('../', import.meta.url);

export const byId = (id) => document.getElementById(id);

/**
 * An element with attributes and children. Strings become text nodes and nothing else, because the server's data contains
 * input of strangers.
 */
export function element(name, attributes = {}, ...children) {
  const created = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) {
    created.setAttribute(attribute, String(value));
  }
  created.append(...children.flat().filter((child) => child !== undefined));
  return created;
}

export function counted(number, singular) {
  return `${number} ${singular}${number === 1 ? '' : 's'}`;
}

/** The headers of a text with one a line. A line without a colon is a name without a value. */
export function linesOf(text) {
  const entries = text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const colon = line.indexOf(':');
      return colon < 0 ? [line.trim(), ''] : [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
    });
  return Object.fromEntries(entries);
}

export class RefusedQuery extends Error {
  constructor({ message, problems = [] }) {
    super(message);
    this.fields = problems.map(({ field }) => field);
  }
}

/** The JSON of a route of the devtools. */
export async function read(name, query = {}) {
  const url = new URL(name, base);
  url.search = new URLSearchParams(query).toString();
  const response = await fetch(url);
  const body = await response.json();
  if (!response.ok) {
    throw new RefusedQuery(body);
  }
  return body;
}

/** Where a field of a policy can have been set: a word and a colour for each kind. */
export const SOURCES = {
  handler: 'handler',
  controller: 'controller',
  path: 'paths entry',
  named: 'named policy',
  module: 'module',
  library: 'default',
};

/** Those of sockets, which the legend leaves out: their own words say what they are. */
const OTHER_SOURCES = { gateways: 'gateways', graphql: 'graphql entry' };

/** Which level set a field. */
function sourceText(source) {
  switch (source.kind) {
    case 'named':
      return `policy ${source.name}`;
    case 'path':
      return `path ${source.path}`;
    case 'gateway':
      return `gateway ${source.className}`;
    case 'controller':
      return `controller ${source.className}`;
    case 'handler':
      return `handler ${source.methodName}`;
    default:
      return SOURCES[source.kind] ?? OTHER_SOURCES[source.kind] ?? source.kind;
  }
}

/** Fields that `false` turns off, where "false" would read like a refusal. */
const NONE_IF_FALSE = new Set(['origin']);

function valueText(name, value) {
  if (Array.isArray(value)) {
    return value.length === 0 ? 'none' : value.join(', ');
  }
  if (value === false && NONE_IF_FALSE.has(name)) {
    return 'none';
  }
  return value === null ? 'not set' : String(value);
}

/** The fields of a policy without an `origin` that lists nothing beside a lookup: the lookup alone decides there. */
export function shownFields(fields) {
  const { origin, originLookup, ...rest } = fields;
  const isDecidedByLookup = origin.value === false && originLookup.value !== null;
  return isDecidedByLookup ? { originLookup, ...rest } : fields;
}

/** The fields of a policy, each with its source: in words, and in a colour. `isShown` takes a field and its name. */
export function policyFields(fields, isShown = () => true) {
  const items = Object.entries(shownFields(fields))
    .filter(([name, field]) => isShown(field, name))
    .map(([name, { value, source }]) =>
      element(
        'li',
        { class: 'field', 'data-source': source.kind },
        element('span', { class: 'name' }, name),
        ' ',
        element('code', {}, valueText(name, value)),
        ' ',
        element('span', { class: 'source' }, sourceText(source)),
      ),
    );
  return element('ul', { class: 'fields' }, items);
}

/** Headers as they are sent. */
export function headerList(headers) {
  const lines = Object.entries(headers).map(([name, value]) =>
    element('li', {}, element('code', {}, element('b', {}, `${name}:`), ` ${value}`)),
  );
  return lines.length === 0
    ? element('p', { class: 'aside' }, 'No CORS header.')
    : element('ul', { class: 'headers' }, lines);
}
