import type { CorsPolicyDefinition } from '../options/index.js';
import type { PolicyEntry } from '../policy/effective-policy.js';
import { type MemberKey, addClassEntry, addMemberEntry } from './policy-metadata.js';

/**
 * Sets the CORS policy of a controller or of a handler.
 *
 * A name takes that named policy as it is. Fields override what the level above says, field by field, and start from the
 * module's defaults, or from the named policy that `extends` names. A handler's decorator overrides its controller's.
 *
 * A handler's policy belongs to its class and its name: other decorators may wrap or replace the method, above or below.
 *
 * Problems (an unknown name, a malformed origin, a decorator on a property, ...) are reported at boot, all together, as a
 * `CorsConfigurationError`.
 *
 * @example
 * ```ts
 * @Controller('orders')
 * @CorsPolicy('partners')
 * export class OrdersController {
 *   @Put(':id')
 *   @CorsPolicy({ allowedHeaders: ['content-type', 'if-match'] })
 *   replace() {}
 * }
 * ```
 */
export function CorsPolicy(policy: string | CorsPolicyDefinition): ClassDecorator & MethodDecorator {
  return decorate({ kind: 'policy', definition: policy });
}

/**
 * Gives no other origin access to a controller or a handler: no `Access-Control-*` header, preflights refused.
 *
 * On a controller it yields to `@CorsPolicy()` on a handler, whose fields then start from the module's defaults. It is no
 * access control: the handler still runs for requests that need no preflight, unless the policy has `rejectDisallowed`.
 */
export function DisableCors(): ClassDecorator & MethodDecorator {
  return decorate({ kind: 'disabled' });
}

/** What decorators get: no key on a class, a position for a parameter, a descriptor for a method or an accessor. */
type DecoratorArguments = [
  target: object,
  key?: string | number | symbol | object,
  detail?: PropertyDescriptor | number,
];

function decorate(entry: PolicyEntry): ClassDecorator & MethodDecorator {
  const decorator = (...[target, key, detail]: DecoratorArguments): void => {
    const isParameter = typeof detail === 'number';
    // The decorators of the language's own standard get the function, and an object in place of the key.
    if ((key === undefined || typeof key === 'object') && !isParameter) {
      addClassEntry(target as () => unknown, entry);
      return;
    }
    const name = typeof key === 'number' ? String(key) : (key as MemberKey | undefined);
    const method: unknown = isParameter ? undefined : (detail ?? ownProperty(target, name))?.value;
    addMemberEntry(target, { key: name, isParameter, entry }, method);
  };
  return decorator as ClassDecorator & MethodDecorator;
}

function ownProperty(target: object, name: MemberKey | undefined): PropertyDescriptor | undefined {
  return name === undefined ? undefined : Object.getOwnPropertyDescriptor(target, name);
}
