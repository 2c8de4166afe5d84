/** How long a refused page waits before it tries again, in milliseconds. */
const pause = 1500;

/**
 * The three ways to watch a board. Each tells when it is open or closed, and of every order, and connects again by itself.
 * A page learns no more of a refusal than that there is no connection.
 */
export const transports = [
  { name: 'socket.io', about: 'Polling, and then a WebSocket', watch: watchBySocketIo },
  { name: 'GraphQL', about: 'A subscription over a WebSocket', watch: watchByGraphql },
  { name: 'EventSource', about: 'An event stream over HTTP', watch: watchByEventSource },
];

function watchBySocketIo(url, { opened, closed, ordered }) {
  const socket = globalThis.io(url, { reconnectionDelay: pause, reconnectionDelayMax: pause });
  socket.on('connect', opened);
  socket.on('order', ordered);
  socket.on('disconnect', (reason) => closed(`Closed: ${reason}.`));
  socket.on('connect_error', () => closed('Refused. It tries again.'));
}

/** The protocol of graphql-ws: https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md */
function watchByGraphql(url, events) {
  const socket = new WebSocket(`${url.replace('http:', 'ws:')}/graphql`, 'graphql-transport-ws');
  const send = (message) => socket.send(JSON.stringify(message));
  const query = 'subscription { orders { number item quantity } }';
  socket.addEventListener('open', () => send({ type: 'connection_init' }));
  socket.addEventListener('message', ({ data }) => {
    const { type, payload } = JSON.parse(data);
    if (type === 'connection_ack') {
      events.opened();
      send({ type: 'subscribe', id: 'orders', payload: { query } });
    } else if (type === 'next') {
      events.ordered(payload.data.orders);
    } else if (type === 'ping') {
      send({ type: 'pong' });
    }
  });
  socket.addEventListener('close', ({ code }) => {
    // 1006 is all that a script learns of a handshake that was refused.
    events.closed(code === 1006 ? 'Refused. It tries again.' : `Closed with ${code}.`);
    setTimeout(() => watchByGraphql(url, events), pause);
  });
}

function watchByEventSource(url, events) {
  const source = new EventSource(`${url}/orders`);
  source.addEventListener('open', events.opened);
  source.addEventListener('message', ({ data }) => events.ordered(JSON.parse(data)));
  source.addEventListener('error', () => {
    // A stream that has ended is asked for again by the browser; one that was refused is not.
    const isOver = source.readyState === EventSource.CLOSED;
    events.closed(isOver ? 'Refused. It tries again.' : 'The stream has ended.');
    if (isOver) {
      setTimeout(() => watchByEventSource(url, events), pause);
    }
  });
}
