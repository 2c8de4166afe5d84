import { expect } from '@jest/globals';
import { type Answered, send } from './sample-02-client.js';

export interface StoredOrigin {
  id: string;
  origin: string;
  state: string;
  token: string;
}

/** Somebody who has signed in to manage a tenant's origins, with the console's own page. */
export class TenantAdmin {
  private constructor(
    readonly tenant: string,
    private readonly consoleOrigin: string,
    /** The cookie of the session, as a browser would send it. */
    readonly cookie: string,
  ) {}

  static async signIn(tenant: string, instance: string, consoleOrigin: string): Promise<TenantAdmin> {
    const answer = await send(`${instance}/t/${tenant}/admin/session`, { method: 'POST', origin: consoleOrigin });
    expect(answer.status).toBe(201);
    const [cookie = ''] = answer.headers['set-cookie']?.[0]?.split(';') ?? [];
    return new TenantAdmin(tenant, consoleOrigin, cookie);
  }

  async origins(instance: string): Promise<StoredOrigin[]> {
    const { body } = await this.send(instance, 'GET', '');
    return (body as { origins: StoredOrigin[] }).origins;
  }

  add(instance: string, origin: unknown): Promise<Answered> {
    return this.send(instance, 'POST', '', { origin });
  }

  verify(instance: string, id: string): Promise<Answered> {
    return this.send(instance, 'POST', `/${id}/verification`);
  }

  explain(instance: string, id: string): Promise<Answered> {
    return this.send(instance, 'GET', `/${id}/explanation`);
  }

  remove(instance: string, id: string): Promise<Answered> {
    return this.send(instance, 'DELETE', `/${id}`);
  }

  async removeAll(instance: string): Promise<void> {
    for (const { id } of await this.origins(instance)) {
      expect((await this.remove(instance, id)).status).toBe(204);
    }
  }

  private send(instance: string, method: string, path: string, body?: unknown): Promise<Answered> {
    return send(`${instance}/t/${this.tenant}/admin/origins${path}`, {
      method,
      origin: this.consoleOrigin,
      headers: { Cookie: this.cookie },
      body,
    });
  }
}
