import { attempt, byId, element, settings, showPages, verdictText } from './shared.js';

const places = await settings();
const { instances, shops } = places;
const own = shops.find(({ origin }) => origin === location.origin).tenant;
const other = shops.find(({ tenant }) => tenant !== own).tenant;
const json = { headers: { 'Content-Type': 'application/json' }, body: '{"quantity":3}' };

const byHost = (tenant) => (instance) => {
  const { port } = new URL(instance);
  return `http://${tenant}.localhost:${port}/orders`;
};
const byPath = (tenant) => (instance) => `${instance}/t/${tenant}/orders`;
const order = (urlOf) => (instance) => `${urlOf(instance)}/7`;

/** @type {{ id: string, method: string, urlOf: (instance: string) => string, about: string, init?: RequestInit }[]} */
const requests = [
  { id: 'own-by-host', method: 'GET', urlOf: byHost(own), about: `${own}'s orders, by the host` },
  {
    id: 'own-put-by-host',
    method: 'PUT',
    urlOf: order(byHost(own)),
    about: 'JSON, so a preflight asks first',
    init: json,
  },
  { id: 'own-by-path', method: 'GET', urlOf: byPath(own), about: `${own}'s orders, by the path` },
  {
    id: 'own-put-by-path',
    method: 'PUT',
    urlOf: order(byPath(own)),
    about: 'JSON, so a preflight asks first',
    init: json,
  },
  { id: 'other-by-host', method: 'GET', urlOf: byHost(other), about: `Another tenant's, by the host` },
  { id: 'other-by-path', method: 'GET', urlOf: byPath(other), about: `Another tenant's, by the path` },
  { id: 'nobody', method: 'GET', urlOf: byHost('nobody'), about: 'There is no such tenant' },
];

const cells = new Map();

/** A request as it is the same for all instances: without the port. */
function requestLine({ method, urlOf }) {
  const { hostname, pathname } = new URL(urlOf(instances[0]));
  return `${method} ${hostname}${pathname}`;
}

function resultRow({ id, method, urlOf, about }) {
  const row = element(
    'tr',
    {},
    element(
      'th',
      { scope: 'row' },
      element('code', {}, requestLine({ method, urlOf })),
      element('span', { className: 'about' }, about),
    ),
    ...instances.map((_, index) => {
      const cell = element('td', { className: 'result' }, '…');
      cell.dataset.instance = `Instance ${index + 1}`;
      cells.set(`${id} ${index}`, cell);
      return cell;
    }),
  );
  row.dataset.request = id;
  return row;
}

function showResult(cell, result) {
  cell.dataset.outcome = result.outcome;
  cell.replaceChildren(element('strong', {}, ...verdictText(result)));
  if (result.body?.visitor !== undefined) {
    // The service knows this visitor by a cookie: the requests are credentialed.
    cell.append(element('span', { className: 'about' }, `visitor ${result.body.visitor.slice(0, 4)}`));
  }
}

/** Every request to every instance. */
async function sendRequests() {
  const matrix = byId('matrix');
  if (matrix.ariaBusy === 'true') {
    return;
  }
  matrix.ariaBusy = 'true';
  const before = new Map([...cells].map(([key, cell]) => [key, cell.dataset.outcome]));
  const results = await Promise.all(
    requests.map(({ id, method, urlOf, init }) =>
      Promise.all(
        instances.map(async (instance, index) => {
          const result = await attempt(urlOf(instance), { method, ...init });
          showResult(cells.get(`${id} ${index}`), result);
          return result;
        }),
      ),
    ),
  );
  const read = results.flat().filter(({ outcome }) => outcome === 'read').length;
  byId('summary').textContent =
    `Read ${read} of ${results.flat().length} answers at ${new Date().toLocaleTimeString()}.`;
  showStanding(results[0]);
  logChanges(before, results);
  matrix.ariaBusy = 'false';
}

function showStanding(ofInstances) {
  const reading = ofInstances.filter(({ outcome }) => outcome === 'read').length;
  const all = reading === instances.length;
  const text =
    reading === 0
      ? `No instance lets it read ${own}'s orders.`
      : `${all ? 'All' : `${reading} of`} ${instances.length} instances let it read ${own}'s orders.`;
  const standing = byId('standing');
  standing.dataset.outcome = all ? 'read' : 'refused';
  // Screen readers read it out whenever it is set.
  if (standing.textContent !== text) {
    standing.textContent = text;
  }
}

/** One line per request whose answer is another than before, with the instances that gave it. */
function logChanges(before, results) {
  const time = new Date().toLocaleTimeString();
  const entries = requests.flatMap((request, row) => {
    const changed = results[row]
      .map((result, index) => ({ ...result, number: index + 1, was: before.get(`${request.id} ${index}`) }))
      .filter(({ outcome, was }) => was !== undefined && was !== outcome);
    return [...Map.groupBy(changed, ({ verdict }) => verdict).values()].map((alike) =>
      changeEntry(time, requestLine(request), alike),
    );
  });
  byId('changes').prepend(...entries);
  byId('no-changes').hidden = byId('changes').childElementCount > 0;
}

function changeEntry(time, line, alike) {
  const entry = element(
    'li',
    {},
    element('time', {}, time),
    element(
      'span',
      {},
      element('code', {}, line),
      element('br'),
      element('strong', {}, ...verdictText(alike[0])),
      ` on ${alike.map(({ number }) => number).join(', ')}`,
    ),
  );
  entry.dataset.outcome = alike[0].outcome;
  return entry;
}

async function publish(token) {
  const response = await fetch('/.well-known/nestjs-cors-sample.txt', { method: 'PUT', body: `${token}\n` });
  const message = byId('published');
  message.className = response.ok ? 'message' : 'message error';
  message.textContent = response.ok
    ? 'Published. Now verify the origin in the console.'
    : `It was not published: the web server answered ${response.status}.`;
}

showPages(places, 'shop');
byId('title').textContent = `${own}'s shop`;
document.title = `${own}'s shop: what may it read?`;
byId('columns').append(
  ...instances.map((instance, index) => {
    const address = element('span', { className: 'about' }, `:${new URL(instance).port}`);
    return element('th', { scope: 'col' }, `Instance ${index + 1}`, address);
  }),
);
byId('results').replaceChildren(...requests.map(resultRow));

byId('send').addEventListener('click', sendRequests);
byId('publish').addEventListener('submit', (event) => {
  event.preventDefault();
  publish(byId('token').value.trim());
});
setInterval(() => byId('repeat').checked && sendRequests(), 1000);

// One after the other, so that all the requests after them carry the cookies that these are answered with.
for (const urlOf of [byHost(own), byPath(own)]) {
  await attempt(urlOf(instances[0]));
}
await sendRequests();
document.documentElement.dataset.ready = 'true';
