/** What is used of a package that brings no types. */
declare module 'compression' {
  import type { RequestHandler } from 'express';

  export default function compression(options?: { readonly threshold?: number }): RequestHandler;
}
