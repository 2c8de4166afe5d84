/** The rows of the table of problems that are about gateways. */
export const GATEWAY_PROBLEMS = {
  'gateway-cors-option': () => ({
    expectation: 'left out, since nestjs-cors decides about the handshakes of gateways',
    fact: 'socket.io writes headers for it, and lets WebSockets of every origin connect all the same.',
    hint: 'Move its fields to @CorsPolicy() above the gateway, or write `gateways: false` in CorsModule.forRoot() to have the application decide.',
  }),
  'gateway-credentials-differ': (_: boolean, otherPath: string) => ({
    expectation: `the same as on ${otherPath}, with which the gateway shares its server`,
    fact: 'One handshake serves all namespaces of a server, so the cookies of one reach the others.',
    hint: 'Write the same `credentials` on both, or give one of the gateways a `path` of its own.',
  }),
  'gateway-not-guarded': (server: string) => ({
    expectation: 'a gateway on a server of socket.io or ws',
    got: `a server of the class ${server}`,
    fact: 'nestjs-cors cannot stand in front of it, so any origin could connect.',
    hint: 'Use IoAdapter, WsAdapter or a subclass, or write `gateways: false` in CorsModule.forRoot() and check the `Origin` in the adapter.',
  }),
} as const;

/** Wordings of `invalid-value` for the entry of `paths` with `graphql: true`. */
export const INVALID_GRAPHQL = {
  besidePath: {
    expectation: 'left out where `graphql` is true, since the paths of the endpoints are found',
    hint: 'Remove `path`, or remove `graphql` to name one path.',
  },
  second: (first: string) => ({
    expectation: 'true in one entry only',
    fact: `The first one is ${first}.`,
    hint: "Write an entry with the endpoint's `path` where one endpoint differs from the others.",
  }),
  withoutModule: {
    expectation: 'left out where the application has no endpoint of @nestjs/graphql',
    hint: "Import GraphQLModule, or write the path of the endpoint: { path: '/graphql', policy: { … } }.",
  },
} as const;
