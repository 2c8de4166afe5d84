import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';

/** Sessions live as long as the process; only origins are worth a database here. */
@Injectable()
export class SessionsService {
  private readonly names = new Map<string, string>();

  open(): string {
    const id = randomUUID();
    this.names.set(id, `partner ${this.names.size + 1}`);
    return id;
  }

  /** Who is behind the session that a request's `Cookie` header names. */
  partner(cookies: string | undefined): string | undefined {
    const id = /(?:^|;\s*)session=([^;]*)/.exec(cookies ?? '')?.[1];
    return id === undefined ? undefined : this.names.get(id);
  }
}
