import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { getModelToken } from '@nestjs/mongoose';
import mongoose, { type Model } from 'mongoose';
import type { OriginChange } from 'nestjs-cors';
import type { Subscription } from 'rxjs';
import { CorsOrigins, CorsOriginSchema } from '../../docs/recipes/origins/mongoose.js';
import { eventually } from './eventually.js';
import { type RecipeApplication, startRecipe } from './recipe-application.js';

type Rows = ConstructorParameters<typeof CorsOrigins>[0];

/** MongoDB's part: what the recipe asks of a model, answered from memory. */
class ModelInMemory {
  readonly streams: (EventEmitter & { close(): Promise<void> })[] = [];
  stored: { tenant?: string; origin: string; verifiedAt?: Date }[] = [];

  readonly find = jest.fn((_filter: object, _projection: null, _options: object) => ({
    cursor: () => this.stored.filter(({ verifiedAt }) => verifiedAt !== undefined),
  }));

  watch() {
    const stream = Object.assign(new EventEmitter(), {
      close: async () => {
        this.streams.splice(this.streams.indexOf(stream), 1);
        stream.emit('close');
      },
    });
    this.streams.push(stream);
    return stream;
  }
}

describe('the recipe for Mongoose', () => {
  const model = new ModelInMemory();
  const rows = model as unknown as Rows;

  it('schema: is that of the table', () => {
    const CorsOrigin: Model<unknown> = mongoose.model<unknown>('CorsOrigin', CorsOriginSchema as mongoose.Schema);
    expect(CorsOrigin.collection.name).toBe('cors_origins');
    expect(new CorsOrigin({ origin: 'https://app.example' }).toObject()).toMatchObject({ tenant: '' });
  });

  describe('in an application', () => {
    let application: RecipeApplication;

    beforeEach(async () => {
      model.stored = [
        { tenant: 'acme', origin: 'https://acme.example', verifiedAt: new Date() },
        { tenant: '', origin: 'https://*.everyone.example', verifiedAt: new Date() },
        { tenant: 'acme', origin: 'https://pending.example' },
      ];
      application = await startRecipe(CorsOrigins, [{ provide: getModelToken('CorsOrigin'), useValue: model }]);
    });

    afterEach(() => application.close());

    it('query: returns verified rows, as plain objects', async () => {
      expect(model.find.mock.lastCall).toEqual([{ verifiedAt: { $ne: null } }, null, { lean: true }]);
      expect(await application.allows('https://acme.example', 'acme')).toBe(true);
      expect(await application.allows('https://acme.example', 'umbrella')).toBe(false);
      expect(await application.allows('https://a.everyone.example', 'umbrella')).toBe(true);
      expect(await application.allows('https://pending.example', 'acme')).toBe(false);
    });

    it('change stream: is followed, and closed in the end', async () => {
      model.stored = [];
      expect(await application.allows('https://acme.example', 'acme')).toBe(true);
      expect(model.streams).toHaveLength(1);
      model.streams[0]?.emit('change', { operationType: 'delete' });
      await eventually(async () => !(await application.allows('https://acme.example', 'acme')));
      await application.close();
      expect(model.streams).toEqual([]);
    });
  });

  describe('when its change stream ends', () => {
    const seen: OriginChange[] = [];
    let subscription: Subscription;

    beforeEach(() => {
      jest.useFakeTimers();
      subscription = new CorsOrigins(rows).changes.subscribe((change) => seen.push(change));
    });

    afterEach(() => {
      subscription.unsubscribe();
      jest.useRealTimers();
      seen.length = 0;
    });

    it.each(['error', 'close'])('"%s": opens another one, and everything is read again', async (end) => {
      model.streams[0]?.emit('resumeTokenChanged', {});
      model.streams[0]?.emit('resumeTokenChanged', {});
      expect(seen).toEqual([{}]);
      model.streams[0]?.emit(end, new Error('the server is gone'));
      expect(model.streams).toEqual([]);
      await jest.advanceTimersByTimeAsync(5_000);
      expect(model.streams).toHaveLength(1);
      model.streams[0]?.emit('resumeTokenChanged', {});
      expect(seen).toEqual([{}, {}]);
    });
  });
});
