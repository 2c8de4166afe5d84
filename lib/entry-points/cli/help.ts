/** What `nestjs-cors --help` prints. */
export const HELP = `Tells what the CORS policies of a NestJS application do. It boots the application's module, and listens nowhere.

  nestjs-cors routes  --module FILE#Module             every route with the policy in force
  nestjs-cors explain METHOD PATH --origin ORIGIN ...  what a browser is told about a request, and why
  nestjs-cors audit   --module FILE#Module             what is legal but doubtful

Options of every command:
  --module FILE#Module       built file and the root module that it exports: dist/app.module.js#AppModule.
                             #Module may be left out where the file exports one module
  --configure FILE#function  function (app) => void that does what main.ts does to the application before it listens:
                             global prefix, versioning. main.ts itself is not run, so let it share this function
  --adapter NAME             express or fastify. Default: what is installed; express where both are
  --json                     JSON for programs
  --strict                   exit code 1 on findings of audit, on differences of routes --compare,
                             and where explain says that the response is not readable
  --timeout SECONDS          how long booting and answering may take, 1 to 3600. Default: 60
  --debug                    the application's warnings and errors, and stack traces
  -h, --help                 this text
  -v, --version              the version of nestjs-cors

routes:
  --manifest                 the policies as JSON that stays the same while they do: commit it
  --compare FILE             what differs from a committed manifest

explain:
  --origin ORIGIN            origin of the page whose script sends the request: https://app.example.com
  --header 'Name: value'     a header that the script sets; may be repeated
  --host HOST                host that is asked, with its port. Default: localhost
  --credentials              the request carries credentials: fetch(url, { credentials: 'include' })

Exit codes: 0 done, 1 findings with --strict, 2 something to put right first; the sentence says what.
An exception or a rejection that the application does not handle is 2, too.
The module is really booted: it connects to its databases, and lookups are really asked.
It runs in a process of its own, whose stdout is this command's stderr.
`;
