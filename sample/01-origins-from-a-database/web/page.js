import { answers, byId, element, settings, verdictText } from './shared.js';

const { api, pages } = await settings();
const tooLarge = JSON.stringify({ filler: 'x'.repeat(20_000) });

/** @type {{ id: string, method: string, path: string, about: string, policy: string, init?: RequestInit }[]} */
const requests = [
  { id: 'catalogue', method: 'GET', path: '/partners/catalogue', about: 'A simple request', policy: 'partners' },
  {
    id: 'replace-order',
    method: 'PUT',
    path: '/partners/orders/7',
    about: 'JSON, so a preflight asks first',
    policy: 'partners',
    init: { headers: { 'Content-Type': 'application/json' }, body: '{"quantity":3}' },
  },
  {
    id: 'sign-in',
    method: 'POST',
    path: '/partners/session',
    about: 'Credentialed: the answer sets a cookie',
    policy: 'partners + rejectDisallowed',
    init: { credentials: 'include' },
  },
  {
    id: 'account',
    method: 'GET',
    path: '/partners/account',
    about: 'Credentialed: the cookie is sent',
    policy: 'partners',
    init: { credentials: 'include' },
  },
  {
    id: 'unauthorized',
    method: 'GET',
    path: '/partners/account',
    about: 'Without the cookie: a guard answers 401',
    policy: 'partners',
  },
  {
    id: 'missing-order',
    method: 'GET',
    path: '/partners/orders/999',
    about: 'The handler throws: 404',
    policy: 'partners',
  },
  {
    id: 'too-large',
    method: 'POST',
    path: '/partners/uploads',
    about: '20 kB: the body parser answers 413',
    policy: 'partners',
    init: { headers: { 'Content-Type': 'application/json' }, body: tooLarge },
  },
  { id: 'no-route', method: 'GET', path: '/no-such-path', about: 'No route has this path: 404', policy: 'the default' },
  { id: 'prices', method: 'GET', path: '/public/prices', about: 'Open to everyone', policy: 'public' },
  {
    id: 'metrics',
    method: 'GET',
    path: '/internal/metrics',
    about: 'Closed to every script',
    policy: '@DisableCors()',
  },
];

/** Sends one request and tells what a script gets of its answer. */
async function attempt({ method, path, init }) {
  try {
    const response = await fetch(api + path, { method, credentials: 'omit', ...init });
    return { outcome: 'read', verdict: `Read ${response.status}`, detail: await response.text() };
  } catch (error) {
    return (await answers(api))
      ? { outcome: 'refused', verdict: 'Refused by the browser', detail: String(error) }
      : { outcome: 'unanswered', verdict: 'No answer from the API', detail: String(error) };
  }
}

function resultRow({ id, method, path, about, policy }) {
  const result = element('td', { className: 'result' }, 'Not sent yet');
  const row = element(
    'tr',
    {},
    element(
      'th',
      { scope: 'row' },
      element('code', {}, `${method} ${path}`),
      element('span', { className: 'about' }, about),
    ),
    element('td', { className: 'policy' }, policy),
    result,
  );
  row.dataset.request = id;
  row.dataset.outcome = 'unsent';
  return row;
}

function showResult(row, { outcome, verdict, detail }) {
  row.dataset.outcome = outcome;
  const excerpt = detail.length > 160 ? `${detail.slice(0, 160)}…` : detail;
  row
    .querySelector('.result')
    .replaceChildren(
      element('strong', {}, ...verdictText({ outcome, verdict })),
      element('code', { className: 'excerpt' }, excerpt),
    );
}

async function sendRequests() {
  byId('send').disabled = true;
  byId('summary').textContent = 'Sending…';
  let read = 0;
  // One after the other: the account can only be read after signing in.
  for (const request of requests) {
    const result = await attempt(request);
    read += result.outcome === 'read' ? 1 : 0;
    showResult(document.querySelector(`[data-request="${request.id}"]`), result);
  }
  byId('summary').textContent = `Read ${read} of ${requests.length} answers at ${new Date().toLocaleTimeString()}.`;
  byId('send').disabled = false;
}

/** Calls the admin routes; rejects with the sentence that the API answered. */
async function admin(method, path = '', body = undefined) {
  const response = await fetch(`${api}/admin/origins${path}`, {
    method,
    ...(body && { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }),
  });
  const answer = response.status === 204 ? undefined : await response.json();
  if (!response.ok) {
    throw new Error(answer.message);
  }
  return answer;
}

async function showRows() {
  const rows = await admin('GET');
  byId('rows').replaceChildren(...rows.map(databaseRow));
  if (rows.length === 0) {
    byId('rows').append(element('li', { className: 'empty' }, 'No rows: no page may read the partner routes.'));
  }
  const partner = rows.some(({ origin }) => origin === location.origin);
  byId('standing').textContent = partner ? 'Its origin is in the database.' : 'Its origin is not in the database.';
  byId('standing').dataset.outcome = partner ? 'read' : 'refused';
  byId('origin').value = partner ? '' : location.origin;
}

function databaseRow({ id, origin }) {
  const remove = element('button', { type: 'button', className: 'quiet', ariaLabel: `Remove ${origin}` }, 'Remove');
  remove.addEventListener('click', () =>
    change(async () => {
      await admin('DELETE', `/${id}`);
      return `Removed ${origin}. Send the requests again to see the difference.`;
    }),
  );
  const row = element('li', {}, element('code', {}, origin), remove);
  row.dataset.origin = origin;
  return row;
}

/** Does something to the rows, shows them as they are then, and says what happened. */
async function change(work) {
  const message = byId('message');
  try {
    const done = await work();
    await showRows();
    message.className = 'message';
    message.textContent = done;
  } catch (error) {
    message.className = 'message error';
    message.textContent =
      error instanceof TypeError ? `The API on ${api} gave no answer: ${error.message}.` : error.message;
  }
}

byId('own-origin').textContent = location.origin;
byId('api').textContent = api;
document.title = `${location.origin}: what may this page read?`;
const other = pages.find((origin) => origin !== location.origin);
byId('other-page').textContent = `Go to ${other}`;
byId('other-page').href = other;
byId('results').replaceChildren(...requests.map(resultRow));

byId('send').addEventListener('click', sendRequests);
byId('add').addEventListener('submit', (event) => {
  event.preventDefault();
  const input = byId('origin');
  change(async () => {
    input.setAttribute('aria-invalid', 'true');
    const { origin } = await admin('POST', '', { origin: input.value });
    input.removeAttribute('aria-invalid');
    return `Added ${origin}. Send the requests again to see the difference.`;
  });
});

await change(async () => '');
await sendRequests();
document.documentElement.dataset.ready = 'true';
