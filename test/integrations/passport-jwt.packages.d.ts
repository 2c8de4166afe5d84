/** What is used of a package that brings no types. */
declare module 'passport-jwt' {
  import type { IncomingMessage } from 'node:http';

  type FromRequest = (request: IncomingMessage) => string | null;

  export class Strategy {
    constructor(options: { readonly jwtFromRequest: FromRequest; readonly secretOrKey: string }, verify?: unknown);
  }
  export const ExtractJwt: { fromAuthHeaderAsBearerToken(): FromRequest };
}
