import { base, byId, counted, element } from './dom.js';

/** The server keeps as many. */
const MAX_ENTRIES = 200;

/** By id, with the item that shows each. */
const shown = new Map();
let forgotten = 0;
let waiting = new Map();
let paused = false;

/** Shows decisions as they are made, and calls `choose` with the selected one. */
export function showFeed(choose) {
  const source = new EventSource(new URL('events', base));
  // A browser tries again when the connection breaks, and gives up when the session is over.
  source.addEventListener('error', () => connected(false, '', source.readyState === EventSource.CLOSED));
  source.addEventListener('snapshot', ({ data }) => {
    // Ids start again after a restart of the server.
    shown.forEach(({ item }) => item.remove());
    shown.clear();
    waiting.clear();
    const snapshot = JSON.parse(data);
    connected(true, snapshot.instance);
    take(snapshot, choose);
  });
  source.addEventListener('entries', ({ data }) => take(JSON.parse(data), choose, true));
  byId('pause').addEventListener('click', () => {
    paused = !paused;
    byId('pause').setAttribute('aria-pressed', String(paused));
    byId('pause').textContent = paused ? 'Go on' : 'Pause';
    if (!paused) {
      show([...waiting.values()], choose);
      waiting = new Map();
    }
    count();
  });
  byId('refusals-only').addEventListener('change', () => shown.forEach(hideByKind));
}

/** Behind one port, several instances may take turns: the feed is of the one that it names. */
function connected(isOpen, instance, isOver = false) {
  const lost = isOver
    ? 'Session over: open the URL that the application logged when it started again.'
    : 'Connection lost, trying again…';
  byId('connection').textContent = isOpen ? `Live: ${instance}` : lost;
  byId('connection').dataset.live = String(isOpen);
}

function take(update, choose, isNews = false) {
  forgotten = update.forgotten;
  const oldestFirst = update.entries.toReversed();
  if (paused && isNews) {
    oldestFirst.forEach((entry) => {
      waiting.delete(entry.id);
      waiting.set(entry.id, entry);
    });
    waiting = new Map([...waiting].slice(-MAX_ENTRIES));
  } else {
    show(oldestFirst, choose);
  }
  count();
  const newest = update.entries[0];
  if (isNews && newest !== undefined) {
    byId('newest').textContent = `${verdict(newest)}: ${sentence(newest)}, ${counted(newest.count, 'time')}`;
  }
}

function show(oldestFirst, choose) {
  for (const entry of oldestFirst) {
    const item = shown.get(entry.id)?.item ?? element('li');
    render(entry, item, choose);
    // Moving the element that has the focus would lose the focus.
    if (!item.contains(document.activeElement)) {
      byId('feed').prepend(item);
    }
    shown.delete(entry.id);
    shown.set(entry.id, { entry, item });
    hideByKind({ entry, item });
  }
  for (const [id, { item }] of [...shown].slice(0, Math.max(0, shown.size - MAX_ENTRIES))) {
    item.remove();
    shown.delete(id);
  }
}

function count() {
  byId('no-decision').hidden = shown.size > 0;
  const held = paused ? `, ${waiting.size} held back` : '';
  byId('feed-count').textContent =
    shown.size === 0
      ? ''
      : `${shown.size} different${forgotten > 0 ? `, ${counted(forgotten, 'older one')} forgotten` : ''}${held}`;
}

function hideByKind({ entry, item }) {
  item.hidden = byId('refusals-only').checked && entry.granted === true;
}

const KINDS = { preflight: 'preflight', actual: 'response', handshake: 'handshake' };
const verdict = ({ granted }) => (granted ? 'Granted' : 'Refused');
const sentence = ({ method, route, path, origin }) => `${method} ${route ?? path} for ${origin ?? 'no origin'}`;

function render(entry, item, choose) {
  item.dataset.granted = String(entry.granted);
  const known = item.querySelector('button');
  const children = [
    element('span', { class: 'verdict' }, entry.granted ? '✓ Granted' : '✗ Refused'),
    ' ',
    element('b', { class: 'method' }, entry.method),
    ' ',
    element('code', {}, entry.route ?? entry.path),
    element('span', { class: 'handler' }, KINDS[entry.kind]),
    element('span', { class: 'times' }, `× ${entry.count}`),
    element(
      'span',
      { class: 'origin' },
      'from ',
      element('code', {}, entry.origin ?? '(none)'),
      entry.tenant === undefined ? '' : ` for tenant “${entry.tenant}”`,
      ': ',
      element('code', {}, entry.reason),
    ),
    element('span', { class: 'reason' }, ` ${entry.message} ${entry.granted ? '' : entry.fix}`),
    element('time', { datetime: new Date(entry.at).toISOString() }, new Date(entry.at).toLocaleTimeString()),
  ];
  if (known !== null) {
    known.replaceChildren(...children);
    return;
  }
  const button = element('button', { type: 'button', class: 'entry' }, children);
  button.addEventListener('click', () => {
    byId('feed').querySelector('[aria-current]')?.removeAttribute('aria-current');
    button.setAttribute('aria-current', 'true');
    choose(shown.get(entry.id)?.entry ?? entry);
  });
  item.append(button);
}
