import { attempt, byId, element, settings, showInstances, showPages, verdictText } from './shared.js';

const places = await settings();
const { instances, shops } = places;
const tenant = new URLSearchParams(location.search).get('tenant') || shops[0].tenant;
let instance = 0;

/** A problem that the service answered with, to be shown as it is. */
class Refused extends Error {
  constructor(status, { message, problems = [] }) {
    super(message);
    this.status = status;
    this.problems = problems;
  }
}

/** Calls the admin routes of the chosen instance; rejects with what the service has to say against it. */
async function admin(method, path, body = undefined) {
  const response = await fetch(`${instances[instance]}/t/${encodeURIComponent(tenant)}/admin${path}`, {
    method,
    credentials: 'include',
    ...(body && { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }),
  });
  const answer = response.status === 204 ? undefined : await response.json();
  if (!response.ok) {
    throw new Refused(response.status, answer);
  }
  return answer;
}

async function showOrigins() {
  const answer = await admin('GET', '/origins').catch((error) => {
    if (error.status === 401) {
      return undefined;
    }
    throw error;
  });
  byId('signed-in').hidden = answer === undefined;
  byId('signed-out').hidden = answer !== undefined;
  byId('sign-out').hidden = answer === undefined;
  if (answer !== undefined) {
    const { limit, origins } = answer;
    byId('count').textContent = `${origins.length} of ${limit}`;
    byId('rows').replaceChildren(...origins.map(originRow));
  }
  await showOperatorReads();
}

function originRow({ id, origin, state, token }) {
  const pending = state === 'pending';
  const row = element(
    'li',
    {},
    element(
      'div',
      { className: 'heading' },
      element('span', {}, element('code', {}, origin), ' ', element('span', { className: `state ${state}` }, state)),
      element(
        'span',
        { className: 'actions' },
        ...(pending
          ? [
              action('Verify', origin, async () => {
                await admin('POST', `/origins/${id}/verification`);
                return `Verified ${origin}. Every instance allows it now.`;
              }),
            ]
          : []),
        action('Why?', origin, async () => {
          const { conclusion } = await admin('GET', `/origins/${id}/explanation`);
          return `Instance ${instance + 1}: ${conclusion}`;
        }),
        action('Remove', origin, async () => {
          await admin('DELETE', `/origins/${id}`);
          return `Removed ${origin}. No instance allows it any more.`;
        }),
      ),
    ),
  );
  if (pending) {
    row.append(
      element(
        'p',
        { className: 'aside' },
        'Not allowed yet. To prove that it is yours, publish ',
        element('code', { className: 'token' }, token),
        ` on it, and verify it.`,
      ),
    );
  }
  row.dataset.origin = origin;
  row.dataset.state = state;
  return row;
}

function action(name, origin, work) {
  const button = element('button', { type: 'button', className: 'quiet', ariaLabel: `${name} ${origin}` }, name);
  button.addEventListener('click', () => change(work));
  return button;
}

async function showOperatorReads() {
  const reads = instances.map(async (url, index) => {
    const result = await attempt(`${url}/t/${encodeURIComponent(tenant)}/orders`);
    const item = element('li', {}, `Instance ${index + 1} `, element('strong', {}, ...verdictText(result)));
    item.dataset.outcome = result.outcome;
    return item;
  });
  byId('operator-reads').replaceChildren(...(await Promise.all(reads)));
}

function showProblems(problems) {
  byId('problems').replaceChildren(
    ...problems.map(({ code, message, hint }) =>
      element('li', {}, element('code', { className: 'code' }, code), element('span', {}, `${message} ${hint}`)),
    ),
  );
}

/** Does something, shows the origins as they are then, and says what happened. */
async function change(work) {
  const message = byId('message');
  message.className = 'message';
  showProblems([]);
  try {
    const done = await work();
    await showOrigins();
    message.textContent = done;
  } catch (error) {
    const problems = error instanceof Refused ? error.problems : [];
    showProblems(problems);
    message.className = 'message error';
    message.textContent =
      error instanceof Refused
        ? problems.length > 0
          ? 'Nothing was changed.'
          : error.message
        : `${instances[instance]} gave no answer: ${error.message}.`;
  }
}

showPages(places, 'shop');
byId('title').textContent = `Origins of ${tenant}`;
document.title = `Origins of ${tenant}`;
byId('operator-origin').textContent = location.origin;
byId('whose-orders').textContent = `the orders of ${tenant}`;
byId('sign-in').textContent = `Sign in as ${tenant}`;
byId('tenants').replaceChildren(
  ...[...new Set([...shops.map((shop) => shop.tenant), tenant])].map((name) => {
    const link = element('a', { href: `/?tenant=${encodeURIComponent(name)}` }, name);
    if (name === tenant) {
      link.setAttribute('aria-current', 'page');
    }
    return link;
  }),
);
showInstances(instances, (index) => {
  instance = index;
});

byId('sign-in').addEventListener('click', () =>
  change(async () => {
    await admin('POST', '/session');
    return `Signed in as ${tenant}.`;
  }),
);
byId('sign-out').addEventListener('click', () =>
  change(async () => {
    await admin('DELETE', '/session');
    return 'Signed out.';
  }),
);
byId('add').addEventListener('submit', (event) => {
  event.preventDefault();
  const input = byId('origin');
  change(async () => {
    input.setAttribute('aria-invalid', 'true');
    const { origin } = await admin('POST', '/origins', { origin: input.value });
    input.removeAttribute('aria-invalid');
    input.value = '';
    return `Added ${origin}. It is pending, and not allowed yet.`;
  });
});

await change(async () => '');
document.documentElement.dataset.ready = 'true';
