import { base } from '../tools/jest.base.js';

/** The library beside what NestJS applications are made of, with the packages of this folder: `npm run test:integrations`. */
export default {
  ...base,
  rootDir: '../..',
  roots: ['<rootDir>/lib', '<rootDir>/test'],
  testMatch: ['<rootDir>/test/integrations/*.integration-spec.ts'],
  modulePathIgnorePatterns: ['<rootDir>/test/recipes-lane/'],
};
