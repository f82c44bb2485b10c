import { jest } from '@jest/globals';

type Method = (...parameters: never[]) => unknown;

/**
 * Puts `around` in the place of a method of a class, until `jest.restoreAllMocks`. Its `call` goes on with the method
 * as it was, for the same `this` and the same parameters.
 */
export function aroundMethod<Name extends string, Class extends Record<Name, Method>>(
  prototype: Class,
  name: Name,
  around: (call: () => ReturnType<Class[Name]>, ...parameters: Parameters<Class[Name]>) => ReturnType<Class[Name]>,
): void {
  const method = prototype[name];
  const methods: Record<string, Method> = prototype;
  jest.spyOn(methods, name).mockImplementation(function (this: unknown, ...parameters) {
    const given = parameters as Parameters<Class[Name]>;
    return around(() => Reflect.apply(method, this, given), ...given);
  });
}
