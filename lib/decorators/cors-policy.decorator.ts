import type { CorsPolicyDefinition } from '../interfaces/index.js';
import type { PolicyEntry } from '../policy/policy-entry.js';
import { addPolicyEntry } from './policy-metadata.js';

/**
 * Sets the CORS policy of a controller or of a handler.
 *
 * A name takes that named policy as it is. Fields override what the level above says, field by field, and start from the
 * module's defaults, or from the named policy that `extends` names. A handler's decorator overrides its controller's.
 *
 * Problems (an unknown name, a malformed origin, ...) are reported at boot, all together, as a `CorsConfigurationError`.
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

function decorate(entry: PolicyEntry): ClassDecorator & MethodDecorator {
  return (target: object, _key?: string | symbol, descriptor?: PropertyDescriptor) => {
    // On a method the metadata sits on the function, where Nest's own decorators put theirs, so that it is inherited.
    const subject: unknown = descriptor === undefined ? target : descriptor.value;
    if (typeof subject !== 'function') {
      throw new TypeError('@CorsPolicy() and @DisableCors() decorate controllers and their handler methods only');
    }
    addPolicyEntry(subject, entry);
  };
}
