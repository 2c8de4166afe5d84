import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CorsOrigin } from '../../docs/recipes/origins/mikro-orm.js';
import { eventually } from './eventually.js';
import { type RecipeApplication, startRecipe } from './recipe-application.js';
import { onMikroOrm } from './recipes.js';

/** The list is read again on its own once a minute, so whatever counts sooner was noticed. */
describe('the recipe for MikroORM', () => {
  let recipe: Awaited<ReturnType<typeof onMikroOrm>>;
  let application: RecipeApplication;

  beforeAll(async () => {
    recipe = await onMikroOrm();
    application = await startRecipe(recipe.provider, [recipe.injected]);
  });

  afterAll(async () => {
    await application?.close();
    await recipe?.disconnect();
    await recipe?.database.drop();
  });

  it('flush: announces what it inserts, updates and deletes', async () => {
    const em = recipe.em.fork();
    const row = em.create(CorsOrigin, { tenant: '', origin: 'https://flushed.example', verifiedAt: new Date() });
    await em.persist(row).flush();
    await eventually(() => application.allows('https://flushed.example'));

    row.origin = 'https://renamed.example';
    await em.flush();
    await eventually(() => application.allows('https://renamed.example'));
    expect(await application.allows('https://flushed.example')).toBe(false);

    await em.remove(row).flush();
    await eventually(async () => !(await application.allows('https://renamed.example')));
  });

  it('transaction: announces what it wrote, once it is committed', async () => {
    const origin = 'https://committed.example';
    await recipe.em.fork().transactional(async (em) => {
      em.create(CorsOrigin, { tenant: '', origin, verifiedAt: new Date() });
      await em.flush();
      await application.cache.invalidate({});
      expect(await application.allows(origin)).toBe(false);
    });
    await eventually(() => application.allows(origin));
  });

  it('row that is verified: is announced', async () => {
    const origin = 'https://proven.example';
    const em = recipe.em.fork();
    const row = em.create(CorsOrigin, { tenant: '', origin });
    await em.flush();
    await application.cache.invalidate({});
    expect(await application.allows(origin)).toBe(false);
    row.verifiedAt = new Date();
    await em.flush();
    await eventually(() => application.allows(origin));
  });
});
