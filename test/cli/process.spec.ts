import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { InstalledPackage } from './installed-package.js';

describe('the installed command', () => {
  let installed: InstalledPackage;

  beforeAll(() => {
    installed = new InstalledPackage();
  });

  afterAll(() => installed.remove());

  it.each(['express', 'fastify'])(
    'boots a CommonJS application, whose library is the other build, on %s',
    async (adapter) => {
      const { code, stdout, stderr } = await installed.run('routes', '--module', 'plain.cjs', '--adapter', adapter);
      expect([code, stderr]).toEqual([0, '']);
      expect(stdout).toMatch(/^GET +\/read +ReadController\.read +https:\/\/app\.example\.com +no +module defaults$/m);
    },
  );

  it('exits with the findings of a strict audit, though the application goes on, and keeps its prints apart', async () => {
    const { code, stdout, stderr } = await installed.run(
      'audit',
      '--json',
      '--strict',
      '--module',
      'restless.mjs#AppModule',
    );
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject([{ code: 'broad-origin-with-credentials' }]);
    expect(stderr).toBe('booting with []\n');
  });

  it.each([
    ['shop.mjs#AppModul', /^shop\.mjs exports no AppModul\./],
    ['modules.mjs#Misconfigured', /^The CORS configuration has 2 problems:/],
    ['restless.mjs#QuittingModule', /^The application ended the process, .* before it had booted\.\n$/],
    ['restless.mjs#WaitingModule', /^The application ended the process, or waits for something that never comes/],
    ['restless.mjs#CrashingModule', /^The command failed: The queue is gone\.\n/],
  ])('exits with 2 and a sentence for %s', async (module, message) => {
    const { code, stdout, stderr } = await installed.run('audit', '--module', module);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/^ +at /m);
  });
});
