import { byId, element, settings, showPages } from './shared.js';
import { transports } from './transports.js';

const places = await settings();
const { tenant } = places.shops.find(({ origin }) => origin === location.origin);
const connections = [];

/** A card that shows one connection to one instance. */
function connectionCard(instance, number, { name, about, watch }) {
  const state = element('span', { className: 'state' });
  const latest = element('p', { className: 'latest' });
  const received = element('span', { className: 'received' });
  const card = element(
    'li',
    { className: 'card' },
    element('div', { className: 'heading' }, element('h3', {}, name), state),
    element('p', { className: 'about' }, about),
    latest,
    element('p', { className: 'about' }, 'Orders received: ', received),
  );
  card.dataset.transport = name;
  const connection = { isOpen: undefined, count: 0 };
  connections.push(connection);

  const show = (isOpen, reason) => {
    if (!isOpen) {
      latest.textContent = reason;
    }
    if (connection.isOpen === isOpen) {
      return;
    }
    connection.isOpen = isOpen;
    card.dataset.state = isOpen ? 'open' : 'closed';
    state.textContent = isOpen ? '✓ Open' : '✗ Closed';
    note(isOpen, `Instance ${number}, ${name}: ${isOpen ? 'open' : reason}`);
    showStanding();
  };
  const { port } = new URL(instance);
  // The host names the tenant, whichever way the board comes.
  watch(`http://${tenant}.localhost:${port}`, {
    opened() {
      show(true);
      latest.textContent = 'Waiting for an order…';
    },
    closed: (reason) => show(false, reason),
    ordered({ number: order, item, quantity }) {
      latest.textContent = `#${order} · ${quantity} × ${item}`;
      received.textContent = ++connection.count;
    },
  });
  received.textContent = '0';
  return card;
}

function note(isOpen, text) {
  const entry = element('li', {}, element('time', {}, new Date().toLocaleTimeString()), element('span', {}, text));
  entry.dataset.state = isOpen ? 'open' : 'closed';
  byId('changes').prepend(entry);
}

function showStanding() {
  const open = connections.filter(({ isOpen }) => isOpen).length;
  const standing = byId('standing');
  standing.dataset.outcome = open === connections.length ? 'read' : 'refused';
  standing.textContent =
    open === 0 ? 'No connection is open.' : `${open} of ${connections.length} connections are open.`;
}

showPages(places, 'board');
byId('title').textContent = `${tenant}'s board`;
document.title = `${tenant}'s board`;
byId('instances').append(
  ...places.instances.map((instance, index) => {
    const number = index + 1;
    const heading = element('h2', { id: `instance-${number}` }, `Instance ${number}`);
    const cards = transports.map((transport) => connectionCard(instance, number, transport));
    const section = element('section', {}, heading, element('ul', { className: 'cards' }, ...cards));
    section.setAttribute('aria-labelledby', heading.id);
    section.dataset.instance = number;
    return section;
  }),
);
document.documentElement.dataset.ready = 'true';
