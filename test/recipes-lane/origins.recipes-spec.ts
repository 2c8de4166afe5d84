import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { recipes, type RunningRecipe } from './recipes.js';
import { type RecipeApplication, startRecipe } from './recipe-application.js';

const folder = new URL('../../docs/recipes/origins/', import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith('.ts'));

describe('the recipes for allowed origins', () => {
  it('database layers: are five', () => {
    expect(files).toEqual(['drizzle.ts', 'mikro-orm.ts', 'mongoose.ts', 'prisma.ts', 'typeorm.ts']);
  });

  it.each(files)('%s: has at most 25 lines, and imports the library by its name', (name) => {
    const text = readFileSync(new URL(name, folder), 'utf8');
    expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(25);
    expect(text).toMatch(/ from 'nestjs-cors';\n/);
  });

  it.each(files)('%s: is in the list of recipes', (name) => {
    expect(readFileSync(new URL('README.md', folder), 'utf8')).toContain(`](${name})`);
  });
});

describe.each(recipes)('%s', (_, connect) => {
  let recipe: RunningRecipe | undefined;
  let application: RecipeApplication | undefined;

  beforeAll(async () => {
    recipe = await connect();
    for (const [tenant, origin] of [
      ['acme', 'https://acme.example'],
      ['ACME', 'https://loud.example'],
      ['', 'https://everyone.example'],
      ['acme', 'https://Upper.example'],
      ['acme', 'https://café.example'],
      ['acme', 'https://*.shop.example'],
    ] as const) {
      await insert(origin, tenant);
    }
    await running().database.run('insert into cors_origins (tenant, origin) values (?, ?)', [
      'acme',
      'https://pending.example',
    ]);
    application = await startRecipe(running().provider, [running().injected]);
  });

  afterAll(async () => {
    await application?.close();
    await recipe?.disconnect();
    await recipe?.database.drop();
  });

  it('origin of a tenant: is allowed for this tenant alone', async () => {
    expect(await allowed('https://acme.example', 'acme')).toBe(true);
    expect(await allowed('https://acme.example', 'umbrella')).toBe(false);
    expect(await allowed('https://acme.example')).toBe(false);
  });

  it('origin without a tenant: is allowed for every tenant', async () => {
    expect(await allowed('https://everyone.example', 'acme')).toBe(true);
    expect(await allowed('https://everyone.example', 'umbrella')).toBe(true);
    expect(await allowed('https://everyone.example')).toBe(true);
  });

  it('origin that is not verified: is not allowed', async () => {
    expect(await allowed('https://pending.example', 'acme')).toBe(false);
  });

  it('string that merely resembles a row: is not allowed', async () => {
    expect(await allowed('https://upper.example', 'acme')).toBe(false);
    expect(await allowed('https://cafe.example', 'acme')).toBe(false);
    expect(await allowed('https://loud.example', 'acme')).toBe(false);
    expect(await allowed('https://loud.example', 'ACME')).toBe(true);
  });

  it('pattern: allows, if the recipe is a list', async () => {
    expect(await allowed('https://a.shop.example', 'acme')).toBe(started().isList);
  });

  it('change: is followed', async () => {
    const origin = 'https://new.example';
    expect(await allowed(origin, 'acme')).toBe(false);
    await insert(origin, 'acme');
    await started().cache.invalidate({ origin });
    expect(await allowed(origin, 'acme')).toBe(true);
    await running().database.run('delete from cors_origins where origin = ?', [origin]);
    await started().cache.invalidate({ origin });
    expect(await allowed(origin, 'acme')).toBe(false);
  });

  it('whole run: always gave a result', () => {
    expect(started().errors).toEqual([]);
  });

  function insert(origin: string, tenant: string): Promise<void> {
    return running().database.run(
      'insert into cors_origins (tenant, origin, verified_at) values (?, ?, current_timestamp)',
      [tenant, origin],
    );
  }

  function allowed(origin: string, tenant?: string): Promise<boolean> {
    return started().allows(origin, tenant);
  }

  function running(): RunningRecipe {
    expect(recipe).toBeDefined();
    return recipe as RunningRecipe;
  }

  function started(): RecipeApplication {
    expect(application).toBeDefined();
    return application as RecipeApplication;
  }
});
