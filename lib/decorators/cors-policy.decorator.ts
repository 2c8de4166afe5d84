import type { CorsPolicyDefinition, CorsPolicyName } from '../options/index.js';
import type { PolicyEntry } from '../policy/effective-policy.js';
import { type MemberKey, addClassEntry, addMemberEntry } from './policy-metadata.js';

/**
 * Sets the CORS policy of a controller or of a handler.
 *
 * A name selects that named policy. Fields replace those of the level above, one by one, and start from the module's defaults
 * or from the policy that `extends` names. A handler's decorator wins over its controller's. Other decorators may wrap or
 * replace the method. Problems are reported at boot, all together, as a `CorsConfigurationError`.
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
export function CorsPolicy(policy: CorsPolicyName | CorsPolicyDefinition): ClassDecorator & MethodDecorator {
  return decorate({ kind: 'policy', definition: policy });
}

/**
 * Allows no other origin: no `Access-Control-*` header is written, and preflights are refused.
 *
 * `@CorsPolicy()` on a handler wins over it on the controller, and starts from the module's defaults. It is not access control:
 * the handler still runs for requests without a preflight, unless the policy has `rejectDisallowed`.
 */
export function DisableCors(): ClassDecorator & MethodDecorator {
  return decorate({ kind: 'disabled' });
}

/** No key on a class, an index for a parameter, a descriptor for a method or an accessor. */
type DecoratorArguments = [target: object, key?: PropertyKey | object, detail?: PropertyDescriptor | number];

function decorate(entry: PolicyEntry): ClassDecorator & MethodDecorator {
  const decorator = (...[target, key, detail]: DecoratorArguments): void => {
    const isParameter = typeof detail === 'number';
    // Standard (TC39) decorators get the function, and an object instead of the key.
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
