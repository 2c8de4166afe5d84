import { Redis } from 'ioredis';
import { Pool } from 'pg';
import { PostgresOriginList, PostgresOriginLookup } from 'nestjs-cors/postgres';
import { RedisOriginList, RedisOriginLookup } from 'nestjs-cors/redis';

/** The stores that an instance can have, with a count of what they are asked. */
export async function openStore({ kind, url, prefix, heartbeatInterval = 500 }) {
  const counts = { lookups: 0, underWay: 0, most: 0, readings: 0, milliseconds: 0 };
  switch (kind) {
    case 'postgres-lookup':
    case 'postgres-list': {
      const client = new Pool({ connectionString: url, max: 10, connectionTimeoutMillis: 1000, query_timeout: 2000 });
      client.on('error', () => {});
      const Origins = kind === 'postgres-list' ? PostgresOriginList : PostgresOriginLookup;
      const source = new Origins({ client, heartbeatInterval, heartbeatTimeout: heartbeatInterval });
      return { source: counted(source, counts), counts, close: () => client.end() };
    }
    case 'redis-lookup':
    case 'redis-list': {
      const client = new Redis(url, { connectTimeout: 1000, maxRetriesPerRequest: 1, socketTimeout: 2000 });
      client.on('error', () => {});
      const Origins = kind === 'redis-list' ? RedisOriginList : RedisOriginLookup;
      const source = new Origins({ client, prefix, heartbeatInterval, heartbeatTimeout: heartbeatInterval });
      return { source: counted(source, counts), counts, close: () => client.disconnect() };
    }
    default:
      throw new Error(`There is no store ${kind}`);
  }
}

/** The store, with its questions counted. */
function counted(source, counts) {
  if (source.isOriginAllowed !== undefined) {
    const ask = source.isOriginAllowed.bind(source);
    source.isOriginAllowed = async (origin, context) => {
      counts.lookups++;
      counts.underWay++;
      counts.most = Math.max(counts.most, counts.underWay);
      try {
        return await ask(origin, context);
      } finally {
        counts.underWay--;
      }
    };
  }
  return source;
}
