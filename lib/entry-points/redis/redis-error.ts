/** Hints for errors of Redis that the configuration causes, by their first word. */
const HINTS: Readonly<Record<string, string>> = {
  MOVED: wrongClient('has the key on another node'),
  ASK: wrongClient('moves the key to another node'),
  CROSSSLOT:
    'the keys of one command are on several nodes of the cluster. Give `prefix` a hash tag, such as `prefix: ' +
    "'{cors}'`, and leave `{` out of the `keyPrefix` of the client.",
  CLUSTERDOWN: 'the cluster serves no keys. `redis-cli --cluster check` says which slots have no node.',
  READONLY: 'the client is connected to a replica. Pass a client of the primary as `client`.',
  MASTERDOWN: 'the replica has lost its primary. Pass a client of the primary as `client`.',
  NOAUTH: 'the client has no password. Give it the `username` and `password` of a user of Redis.',
  NOPERM:
    'the user of the client lacks a permission. Give it `~<prefix>:* &<prefix>:changes +smismember +sscan ' +
    '+info +eval +sismember +sadd +srem +exists +publish +subscribe +ping`.',
  WRONGTYPE:
    'something else has written a key of this prefix, with another type. Give RedisOrigins a `prefix` that nothing else uses.',
  OOM: 'its `maxmemory` is used up. Raise `maxmemory`, or remove what else is stored there.',
};

function wrongClient(fact: string): string {
  return (
    `the server is a node of a Redis Cluster and ${fact}, but \`client\` is for a single server. Pass ` +
    '`new Cluster([{ host, port }])` of ioredis or `createCluster({ rootNodes: [{ url }] })` of redis.'
  );
}

/**
 * An error of Redis with a hint, and the original as `cause`; any other error unchanged. Only the first word of Redis's message
 * is repeated, because the rest may name keys, and so tenants.
 */
export function explained(error: unknown): unknown {
  const word = error instanceof Error ? (/^(?:ReplyError: |ERR )?([A-Z]+)\b/.exec(error.message)?.[1] ?? '') : '';
  const hint = Object.hasOwn(HINTS, word) ? HINTS[word] : undefined;
  return hint === undefined
    ? error
    : Object.assign(new Error(`Redis answered ${word}: ${hint}`, { cause: error }), { code: word });
}

/** For `catch()`: throws the error with its hint. */
export function rethrown(error: unknown): never {
  throw explained(error);
}
