/** How a proxy keeps answers. Without any of these: as nginx does once it has a `proxy_cache`. */
export interface CacheSettings {
  /** Expired answers are asked about with `If-None-Match`, and a 304 makes them good again. */
  readonly revalidate?: boolean;
  /** Expired answers are given out while a request in the background fetches the next. */
  readonly background?: boolean;
  /** Of several requests that miss, one goes on and the others wait for its answer. */
  readonly lock?: boolean;
  /** nginx compresses what the application has not. */
  readonly gzip?: boolean;
  /** Answers are fetched and kept in pieces of this many bytes. */
  readonly slice?: number;
  /** Keeps nothing: what the application itself says. */
  readonly off?: boolean;
  /** Keeps also what the application gave no lifetime to, whatever its status. */
  readonly everything?: boolean;
  /** Keeps also what says that it is not worth it. */
  readonly ignoreLifetime?: boolean;
  /** The mistake that makes any application a victim. */
  readonly ignoreVary?: boolean;
}

/** One proxy: where it listens, and how it keeps what it gets from where. */
export interface ProxyServer {
  readonly name: string;
  readonly port: number;
  /** Host and port of the application. */
  readonly upstream: string;
  readonly settings: CacheSettings;
}

/** A whole nginx.conf, with everything that nginx writes inside of `folder`. */
export function nginxConfiguration(folder: string, servers: readonly ProxyServer[]): string {
  const asRoot = process.getuid?.() === 0;
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return `
daemon off;
${asRoot ? 'user root;' : ''}
worker_processes 1;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log warn;
events { worker_connections 512; }
http {
  access_log off;
  ${temporary.map((kind) => `${kind}_temp_path ${folder}/${kind};`).join('\n  ')}
  ${servers.map((server) => serverBlock(folder, server)).join('')}
}
`;
}

/** The key is nginx's own default: nothing of the request's headers is in it, `Origin` least of all. */
function serverBlock(folder: string, { name, port, upstream, settings }: ProxyServer): string {
  const directives = [
    settings.revalidate && 'proxy_cache_revalidate on;',
    settings.background && 'proxy_cache_use_stale updating error; proxy_cache_background_update on;',
    settings.lock && 'proxy_cache_lock on;',
    settings.gzip && 'gzip on; gzip_vary on; gzip_proxied any; gzip_min_length 1; gzip_types application/json;',
    settings.slice && `slice ${settings.slice}; proxy_set_header Range $slice_range;`,
    settings.ignoreLifetime && 'proxy_ignore_headers Cache-Control Expires;',
    settings.ignoreVary && 'proxy_ignore_headers Vary;',
  ];
  return `
  proxy_cache_path ${folder}/cache-${name} keys_zone=${name}:1m use_temp_path=off;
  upstream application-${name} { server ${upstream}; keepalive 4; }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://application-${name};
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $http_host;
      proxy_cache ${settings.off ? 'off' : name};
      proxy_cache_key $scheme$proxy_host$request_uri${settings.slice ? '$slice_range' : ''};
      proxy_cache_valid ${settings.everything ? 'any' : '200 206'} 1m;
      add_header X-Cache-Status $upstream_cache_status always;
      ${directives.filter((directive) => typeof directive === 'string').join('\n      ')}
    }
  }
`;
}
