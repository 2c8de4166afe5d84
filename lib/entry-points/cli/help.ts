/** What `nestjs-cors --help` prints. */
export const HELP = `Shows what the CORS policies of a NestJS application do. It boots the application's module, and does not listen.

  nestjs-cors routes  --module FILE#Module             every route with the policy in force
  nestjs-cors explain METHOD PATH --origin ORIGIN ...  what a browser gets for a request, and why
  nestjs-cors explain URL --origin ORIGIN ...          what a page gets that opens a WebSocket (ws://...), and why
  nestjs-cors audit   --module FILE#Module             what is legal but doubtful
  nestjs-cors probe   URL --origin ORIGIN ...          what a deployed URL answers a browser, and what to do
  nestjs-cors migrate [FILE or FOLDER]                 the forRoot() that means what enableCors() and cors() meant

Options of every command:
  --json                     JSON for programs
  --strict                   exit code 1 on findings of audit and probe, on differences of routes --compare,
                             where explain or probe says that the response is not readable, or the handshake refused,
                             and where migrate leaves something to decide
  --timeout SECONDS          how long booting and answering may take, 1 to 3600. Default: 60
  --debug                    the application's warnings and errors, and stack traces
  -h, --help                 this text
  -v, --version              the version of nestjs-cors

routes, explain, audit, probe:
  --module FILE#Module       built file and the root module that it exports: dist/app.module.js#AppModule.
                             #Module may be left out where the file exports one module.
                             Default: what nest-cli.json and package.json lead to, except for probe
  --configure FILE#function  function (app) => void that does what main.ts does to the application before it listens:
                             global prefix, versioning. main.ts itself is not run, so let it share this function.
                             Its file is loaded before the module
  --env-file FILE            variables that are set before anything is loaded, as by node --env-file; may be repeated
  --adapter NAME             express or fastify. Default: what is installed; express where both are

routes:
  --manifest                 the policies as JSON that changes only when they do: commit it
  --compare FILE             the differences from a committed manifest
  --without-origins          with one of these: says of origins only whether there are any, for CI of all environments

explain, probe:
  --origin ORIGIN            origin of the page whose script sends the request: https://app.example.com
  --header 'Name: value'     a header that the script sets; may be repeated
  --host HOST                host that the application sees, with its port. Default: localhost; for probe, the URL's
  --credentials              the request carries credentials: fetch(url, { credentials: 'include' })

explain ws://... (or wss://...), with the options above; without --origin for a client that sends none:
  --gateway NAME             class of the gateway, in place of the URL
  --namespace NAME           namespace of socket.io. Default: the gateway's, or /
  --transport NAME           websocket, polling or jsonp. Default: that of the query, or websocket
  --sid ID                   session of socket.io, for a later poll or for its upgrade. Default: that of the query
  --method METHOD            GET or POST; POST is what a page sends by polling. --header is for polling alone
  --site SITE                Sec-Fetch-Site of the request: same-origin, same-site, cross-site or none

probe:
  --method METHOD            Default: GET
  --send                     sends a request that may change something; otherwise only its preflight is sent
  --module FILE#Module       compares what arrives with what the application answers
  --path PATH                path that the application sees, where a proxy strips a prefix. Default: that of the URL

Exit codes: 0 done, 1 findings with --strict, 2 something to correct first; the message says what.
The code is also 2 after an exception or a rejection that the application does not handle.
The module really boots: it connects to its databases, and lookups are really called.
It runs in a process of its own, whose stdout is this command's stderr.
probe prints neither queries of URLs nor values of request headers. migrate only reads files.
`;
