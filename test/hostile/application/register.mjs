import { register } from 'node:module';

register('../../tools/typescript-loader.mjs', import.meta.url);
