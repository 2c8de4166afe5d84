/** What is used of a package that brings no types. */
declare module 'express-session' {
  import type { RequestHandler } from 'express';

  export default function session(options: {
    readonly secret: string;
    readonly resave: boolean;
    readonly saveUninitialized: boolean;
    readonly proxy?: boolean;
    readonly cookie?: { readonly secure: boolean; readonly sameSite: 'none' };
  }): RequestHandler;
}
