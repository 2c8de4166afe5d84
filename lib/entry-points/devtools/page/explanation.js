import { element, headerList, policyFields } from './dom.js';

/** Headers that a script can always read. */
const SAFELISTED = [
  'cache-control',
  'content-language',
  'content-length',
  'content-type',
  'expires',
  'last-modified',
  'pragma',
];

export function explanationView(explanation) {
  const { request, route, policy, lookupCalls, preflight, response, readable, conclusion, unknownRoute } = explanation;
  const { method, path, origin } = request;
  return element(
    'div',
    { class: 'explanation' },
    ...(unknownRoute === undefined
      ? []
      : [element('p', { class: 'banner' }, element('strong', {}, 'No such route'), ` ${unknownRoute}`)]),
    isLeft(response)
      ? element('p', { class: 'banner' }, element('strong', {}, 'Not decided here'), ` ${response.message}`)
      : banner(readable, readable ? 'Readable' : 'Not readable', conclusion.replace(/^(Not readable|Readable): /, '')),
    element('p', { class: 'aside' }, element('code', {}, `${method} ${path}`), ' from ', element('code', {}, origin)),
    part(
      'Route',
      route === undefined
        ? 'None that Nest routes.'
        : `${route.method} ${route.path}, ${route.controller}.${route.handler}`,
    ),
    part('Preflight', preflightView(preflight)),
    part(
      'Response',
      response.status === undefined
        ? undefined
        : element('p', {}, `Answered with ${response.status}, without the handler.`),
      decisionView(response),
      headerList(response.headers),
    ),
    ...(lookupCalls.length === 0 ? [] : [part('Lookup', ...lookupCalls.map(lookupCallView))]),
    part(`Policy: ${policy.label}`, policy.external ? undefined : policyFields(policy.fields)),
  );
}

export function lookupCallView({ subject, tenant, result, from, age }) {
  const who = tenant === undefined ? subject : `${subject} for tenant “${tenant}”`;
  const cached = from === 'application' ? '' : `, from the ${from}, ${(age / 1000).toFixed(1)} s old`;
  return element('p', {}, `${who}: ${result}${cached}`);
}

/** What a browser sends first, and the answer. */
export function preflightView(preflight) {
  if (!preflight.sent) {
    return element('p', {}, 'A browser sends none for this request.');
  }
  return [
    element('p', {}, isLeft(preflight) ? 'Sent first.' : `Sent first, answered with ${preflight.status}.`),
    decisionView(preflight),
    headerList(preflight.headers),
  ];
}

/** Whether the path is `external`, so that another application decides. */
function isLeft({ reason }) {
  return reason === 'left-to-application';
}

function decisionView({ granted, reason, message, fix }) {
  if (isLeft({ reason })) {
    return element('p', {}, element('code', {}, reason), ` ${message}`);
  }
  return element(
    'p',
    { 'data-granted': granted },
    element('span', { class: 'verdict' }, granted ? '✓ Granted' : '✗ Refused'),
    ' ',
    element('code', {}, reason),
    ` ${message}${granted ? '' : ` ${fix}`}`,
  );
}

/** The explanation and the result of the browser, side by side. */
export function comparisonView(explanation, outcome) {
  if (outcome.kind === 'not-sendable' || outcome.kind === 'timed-out') {
    const why = outcome.kind === 'timed-out' ? 'No response came within ten seconds.' : outcome.message;
    return element(
      'div',
      { class: 'comparison' },
      banner(false, 'Nothing to compare', `The browser could not send the request: ${why}`),
    );
  }
  const rows = compare(explanation, outcome);
  const agrees = rows.every((row) => row.agrees);
  const text = outcome.redirected
    ? `The response was redirected to ${outcome.url}, and the explanation is about the first hop.`
    : agrees
      ? 'The browser did what the explanation says.'
      : 'The browser did something else. The reason can be a cached preflight, a redirect, or a broken connection. If it is none of these, please report it.';
  return element(
    'div',
    { class: 'comparison' },
    banner(agrees, agrees ? 'Agreement' : 'Disagreement', text),
    element('p', { class: 'aside' }, 'Really sent from ', element('code', {}, explanation.request.origin)),
    element(
      'table',
      { 'aria-label': 'Explanation and browser compared' },
      element(
        'thead',
        {},
        element(
          'tr',
          {},
          ['', 'Explained', 'Browser'].map((name) => element('th', { scope: 'col' }, name)),
        ),
      ),
      element('tbody', {}, rows.map(comparisonRow)),
    ),
  );
}

function comparisonRow({ name, explained, browser, agrees }) {
  return element(
    'tr',
    { 'data-agrees': agrees },
    element('th', { scope: 'row' }, name),
    element('td', {}, explained),
    element('td', {}, element('span', { class: 'verdict' }, agrees ? '✓' : '✗ differs:'), ` ${browser}`),
  );
}

function compare({ readable, response, policy, request }, outcome) {
  const wasRead = outcome.kind === 'read';
  if (isLeft(response)) {
    return [{ name: 'Script may read', explained: 'not decided here', browser: wasRead ? 'yes' : 'no', agrees: true }];
  }
  const rows = [
    {
      name: 'Script may read',
      explained: readable ? 'yes' : 'no',
      browser: wasRead ? 'yes' : `no (${outcome.message})`,
      agrees: readable === wasRead,
    },
  ];
  if (!wasRead) {
    return rows;
  }
  const visible = Object.keys(outcome.headers);
  const exposed = exposedNames(response, policy, request);
  const unexpected = exposed === undefined ? [] : visible.filter((name) => !exposed.includes(name));
  return [
    ...rows,
    {
      name: 'Status',
      explained: response.status === undefined ? 'the application’s own' : String(response.status),
      browser: String(outcome.status),
      agrees: response.status === undefined || response.status === outcome.status,
    },
    {
      name: 'Headers that it sees',
      explained:
        exposed === undefined
          ? 'all of the response'
          : `the safelisted ones${exposed.length > SAFELISTED.length ? ` and ${exposed.slice(SAFELISTED.length).join(', ')}` : ''}`,
      browser: `${visible.join(', ') || 'none'}${unexpected.length > 0 ? ` (unexpected: ${unexpected.join(', ')})` : ''}`,
      agrees: unexpected.length === 0,
    },
  ];
}

/** Names in lower case. `undefined` for `'all'`, which depends on the response. */
function exposedNames({ headers }, { fields }, { credentials }) {
  const names = (headers['Access-Control-Expose-Headers'] ?? '')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  // 'all' names the headers of the response, which an explanation does not know.
  const isAll = fields.exposedHeaders.value === 'all' || (names.includes('*') && !credentials);
  return isAll ? undefined : [...SAFELISTED, ...names];
}

export function banner(isGood, title, text) {
  return element(
    'p',
    { class: 'banner', 'data-granted': isGood },
    element('strong', {}, `${isGood ? '✓' : '✗'} ${title}`),
    ` ${text}`,
  );
}

export function part(title, ...content) {
  return element('section', { class: 'part' }, element('h3', {}, title), ...content);
}
