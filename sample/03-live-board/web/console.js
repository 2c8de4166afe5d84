import { byId, element, settings, showInstances, showPages } from './shared.js';

const places = await settings();
const { instances } = places;
let chosen = 0;

/** Calls the console's routes of an instance; rejects when it does not answer as it should. */
async function call(instance, method, path = '') {
  const response = await fetch(`${instance}/console/tenants${path}`, { method });
  if (!response.ok) {
    throw new Error(`it answered with ${response.status}`);
  }
  return response.status === 204 ? undefined : response.json();
}

/** What every instance says of every tenant. */
async function show() {
  const states = await Promise.all(instances.map((instance) => call(instance, 'GET')));
  for (const [index, { tenant, isAllowed }] of states[0].entries()) {
    const card = document.querySelector(`[data-tenant="${tenant}"]`);
    card.dataset.state = isAllowed ? 'open' : 'closed';
    card.querySelector('.state').textContent = isAllowed ? '✓ Allowed' : '✗ Not allowed';
    card.querySelector('button').textContent = isAllowed ? 'Remove its origin' : 'Add its origin';
    card
      .querySelectorAll('.open')
      .forEach((count, instance) => count.replaceChildren(String(states[instance][index].open)));
  }
}

function tenantCard({ tenant, origin }) {
  const button = element('button', { type: 'button' });
  button.setAttribute('aria-describedby', `name-of-${tenant}`);
  const card = element(
    'section',
    { className: 'card' },
    element(
      'div',
      { className: 'heading' },
      element('h2', { id: `name-of-${tenant}` }, `${tenant}'s board`),
      element('span', { className: 'state' }),
    ),
    element('p', {}, element('code', {}, origin)),
    element(
      'dl',
      {},
      ...instances.flatMap((_, index) => [
        element('dt', {}, `Open connections to instance ${index + 1}`),
        element('dd', { className: 'open' }, '…'),
      ]),
    ),
    button,
  );
  card.dataset.tenant = tenant;
  button.addEventListener('click', async () => {
    const removes = card.dataset.state === 'open';
    const message = byId('message');
    try {
      await call(instances[chosen], removes ? 'DELETE' : 'PUT', `/${tenant}/access`);
      await show();
      message.className = 'message';
      message.textContent = `${removes ? 'Removed' : 'Added'} ${origin}, through instance ${chosen + 1}.`;
    } catch (error) {
      message.className = 'message error';
      message.textContent = `Nothing was changed through ${instances[chosen]}: ${error.message}.`;
    }
  });
  return card;
}

showPages(places, 'board');
byId('tenants').replaceChildren(...places.shops.map(tenantCard));
showInstances(instances, (index) => {
  chosen = index;
});
await show();
setInterval(() => show().catch(() => undefined), 1000);
document.documentElement.dataset.ready = 'true';
