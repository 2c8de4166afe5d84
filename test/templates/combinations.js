/**
 * The templates of the Nest CLI, each with the folder of its packages: what `nest new` of that time made is what people
 * have in their repositories.
 */
const SCHEMATICS_10 = { name: '10.2 CJS', folder: 'nest-10', collection: '@nestjs/schematics' };
const SCHEMATICS_11_0 = { name: '11.0 CJS', folder: 'nest-11', collection: 'schematics-11.0' };
const SCHEMATICS_11_1 = { name: '11.1 CJS', folder: 'nest-11', collection: '@nestjs/schematics' };
const SCHEMATICS_12_CJS = { name: '12.0 CJS', folder: 'nest-12', collection: '@nestjs/schematics', type: 'cjs' };
const SCHEMATICS_12_ESM = { name: '12.0 ESM', folder: 'nest-12', collection: '@nestjs/schematics', type: 'esm' };

const TEMPLATES = [SCHEMATICS_10, SCHEMATICS_11_0, SCHEMATICS_11_1, SCHEMATICS_12_CJS, SCHEMATICS_12_ESM];

/** The CLI of Nest 12 builds ESM with webpack not at all, and CommonJS only with packages that the template lacks. */
const buildersOf = ({ folder }) => (folder === 'nest-12' ? ['tsc', 'swc'] : ['tsc', 'swc', 'webpack']);

/** Compiler options by the name of the resolution. `node10` is what `"module": "commonjs"` means before TypeScript 6. */
export const RESOLUTIONS = {
  template: {},
  node10: { module: 'commonjs', moduleResolution: 'node10', resolvePackageJsonExports: false },
  node16: { module: 'node16', moduleResolution: 'node16' },
  nodenext: { module: 'nodenext', moduleResolution: 'nodenext' },
  bundler: { module: 'esnext', moduleResolution: 'bundler' },
};

/**
 * Resolutions that Nest 12 does not have, which is ESM alone: `require` of ESM in module `node16`, and `node10` beside the
 * types of vitest.
 */
const WITHOUT = { [SCHEMATICS_12_CJS.name]: 'node16', [SCHEMATICS_12_ESM.name]: 'node10' };

const resolutionsOf = ({ name }) => Object.keys(RESOLUTIONS).filter((resolution) => resolution !== WITHOUT[name]);

/** Every builder of every template; each template is type-checked with every resolution beside its first builder. */
export const ALL = TEMPLATES.flatMap((template) =>
  buildersOf(template).map((builder, index) => ({
    template,
    builder,
    resolutions: index === 0 ? resolutionsOf(template) : [],
  })),
);

/** Every template, builder and resolution once. */
export const ONE_OF_EACH = [
  { template: SCHEMATICS_10, builder: 'tsc', resolutions: ['node10'] },
  { template: SCHEMATICS_11_0, builder: 'swc', resolutions: ['bundler'] },
  { template: SCHEMATICS_11_1, builder: 'webpack', resolutions: ['node16'] },
  { template: SCHEMATICS_12_CJS, builder: 'swc', resolutions: ['template'] },
  { template: SCHEMATICS_12_ESM, builder: 'tsc', resolutions: ['nodenext'] },
];
