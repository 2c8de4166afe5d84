import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { CORS_DEVTOOLS_OPTIONS, type ResolvedDevtoolsOptions } from './devtools.options.js';

/** The most URLs that were made and not opened yet. A new one replaces the oldest. */
const MAX_TOKENS = 16;
const TOKEN_BYTES = 32;

/**
 * Decides who may use the devtools: a browser that has exchanged a token for the session's cookie. A token of a URL works once. The
 * token of the options works in the form of the locked page and in `Authorization`. It never works in a URL, because access logs
 * store URLs. Each instance of the application has one session, which ends with the process.
 */
@Injectable()
export class DevtoolsSession {
  /** Digests, so that the time of a comparison reveals nothing about a token. */
  private readonly tokens: Buffer[] = [];
  private readonly fixed: Buffer | undefined;
  private readonly secret: Buffer;

  constructor(@Inject(CORS_DEVTOOLS_OPTIONS) { token }: Pick<ResolvedDevtoolsOptions, 'token'>) {
    this.fixed = token === undefined ? undefined : digest(token);
    // Derived from the options' token, so that every worker of a cluster accepts the cookies of the others.
    this.secret = token === undefined ? randomBytes(TOKEN_BYTES) : this.derive(Buffer.from(token), 'session');
  }

  /** A token that works once. */
  issue(): string {
    const token = randomBytes(TOKEN_BYTES).toString('base64url');
    this.tokens.push(digest(token));
    if (this.tokens.length > MAX_TOKENS) {
      this.tokens.shift();
    }
    return token;
  }

  /** Whether the options have a token, which the form of the locked page takes. */
  get hasFixed(): boolean {
    return this.fixed !== undefined;
  }

  /** Whether the token of a URL is valid; it stays so. */
  accepts(token: string): boolean {
    return this.indexOf(token) !== -1;
  }

  /** Whether the token of a URL is valid. It is invalid afterwards. */
  redeem(token: string): boolean {
    const index = this.indexOf(token);
    if (index !== -1) {
      this.tokens.splice(index, 1);
    }
    return index !== -1;
  }

  /** Whether it is the token of the options: programs send it as `Authorization: Bearer`, browsers in a form. */
  isFixed(token: string): boolean {
    return this.fixed !== undefined && timingSafeEqual(this.fixed, digest(token));
  }

  /** Value of the cookie. */
  get cookie(): string {
    return this.derive(this.secret, 'cookie').toString('base64url');
  }

  /** Opens only the sending page, which has another host name, to which the cookie is not sent. */
  get ticket(): string {
    return this.derive(this.secret, 'sender').toString('base64url');
  }

  isCookie(value: string): boolean {
    return timingSafeEqual(digest(this.cookie), digest(value));
  }

  isTicket(value: string): boolean {
    return timingSafeEqual(digest(this.ticket), digest(value));
  }

  private indexOf(token: string): number {
    const asked = digest(token);
    return this.tokens.findIndex((issued) => timingSafeEqual(issued, asked));
  }

  private derive(key: Buffer, purpose: string): Buffer {
    return createHmac('sha256', key).update(`nestjs-cors devtools ${purpose}`).digest();
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
