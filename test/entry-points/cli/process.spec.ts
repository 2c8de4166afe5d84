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

  it.each(['audit', 'routes'])(
    'keeps what the application writes to file descriptor 1 out of %s --json',
    async (name) => {
      const { code, stdout, stderr } = await installed.run(name, '--json', '--module', 'writing.mjs#AppModule');
      expect([code, JSON.parse(stdout)]).toEqual([0, []]);
      for (const line of ['imported', 'log', 'write', 'descriptor', 'inherited', 'shell', 'detached', 'later']) {
        expect(stderr).toContain(`by ${line}\n`);
      }
    },
  );

  it.each([
    ['hanging.mjs#Importing', ['--timeout', '8'], 'onModuleInit() of Never'],
    ['hanging.mjs#Bootstrapping', ['--timeout', '8'], 'onApplicationBootstrap() of Late'],
    [
      'hanging.mjs#Creating',
      ['--timeout', '8'],
      'NestFactory.create(), which calls constructors and asynchronous factories',
    ],
    ['hanging.mjs#Spinning', ['--timeout', '8'], 'onModuleInit() of Spinner'],
    ['spinning-import.mjs', ['--timeout', '8.5'], 'the import of spinning-import.mjs'],
    ['shop.mjs#AppModule', ['--timeout', '8', '--configure', 'hanging.mjs#configure'], 'the function of --configure'],
  ])('says what %s waits for when its time is over, and exits with 2', async (module, options, waitsFor) => {
    const { code, stdout, stderr } = await installed.run('audit', '--json', '--module', module, ...options);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(
      `The application gave no answer within ${options[1]} s (--timeout): it waits for ${waitsFor}. Have that come to its end,`,
    );
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  it.each([
    ['failing-later.mjs#Rejecting', 'The command failed: The queue at amqp://***@queue.example is gone.\n'],
    ['failing-later.mjs#Watching', 'The command failed: The queue at amqp://***@queue.example is gone.\n'],
    ['failing-later.mjs#Throwing', 'The command failed: The queue at amqp://***@queue.example is gone.\n'],
    ['failing-later.mjs#Killed', "The application's process was ended by SIGKILL in onModuleInit() of Victim.\n"],
  ])('fails with 2 and without credentials where %s fails on its own', async (module, message) => {
    for (const options of [[], ['--debug']]) {
      const { code, stdout, stderr } = await installed.run('audit', '--json', '--module', module, ...options);
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toContain(message);
      expect(stderr).not.toContain('secret');
    }
  });

  it('leaves no process behind when it is ended', async () => {
    const command = installed.start('audit', '--module', 'hanging.mjs#Announcing');
    const pid = Number(await command.firstLine);
    expect(() => process.kill(pid, 0)).not.toThrow();
    command.kill('SIGTERM');
    expect(await command.code).toBe(143);
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
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
