import { StartupError } from './startup-error.js';

/**
 * The ports that a setting names, as many as its default does, all different. 0 lets the operating system choose.
 * @throws StartupError
 */
export function portList(name: string, value: string | undefined, fallback: string): readonly number[] {
  const ports = (value || fallback).split(',').map((port) => portNumber(port.trim(), name));
  const count = fallback.split(',').length;
  const chosen = ports.filter((port) => port !== 0);
  if (ports.length !== count || new Set(chosen).size !== chosen.length) {
    const wanted = count === 1 ? 'one port' : `${count} different ports`;
    throw new StartupError(`${name} is "${value}": write ${wanted}, such as ${name}=${fallback}.`);
  }
  return ports;
}

function portNumber(value: string, name: string): number {
  if (!/^\d{1,5}$/.test(value) || Number(value) > 65535) {
    throw new StartupError(`${name} holds "${value}": a port is a number from 0 to 65535.`);
  }
  return Number(value);
}
