/**
 * Bodies of requests as their classes. Only the properties that a class names are looked at: what else a client sends,
 * however much and however deep, costs nothing but its parsing. That is why no general transformer does this: 4 MiB of
 * numbers in a property that nobody knows kept one busy for a second.
 */
import type { ArgumentMetadata, PipeTransform, Type } from '@nestjs/common';
import { getMetadataStorage, validate, ValidateNested, type ValidationError } from 'class-validator';
import { ApiError, ErrorCode } from '../graphql/errors.js';

/** Reads a JSON body as the class of its parameter. Lengths and characters are the business of the rows' own rules. */
export const checked: PipeTransform<unknown, Promise<object>> = {
  transform: (body: unknown, { metatype }: ArgumentMetadata) => check(metatype as Type<object>, body ?? {}),
};

/** As `checked`, for what is not the body as it came. @throws ApiError BAD_USER_INPUT naming each field */
export async function check<T extends object>(type: Type<T>, value: unknown): Promise<T> {
  const instance = instanceOf(type, value, 'body');
  const faults = (await validate(instance, { stopAtFirstError: true })).flatMap((fault) => flatten(fault));
  if (faults.length === 0) return instance;
  const message = faults.map((fault) => fault.message).join('; ');
  throw new ApiError(ErrorCode.BAD_USER_INPUT, message, { fields: faults.map(({ field }) => field) });
}

const NESTED = Symbol('nested');

interface Nested {
  type: () => Type<object>;
  /** Most items of a list; undefined for one object. */
  most?: number;
}

/** A property that is an object of a class of its own. */
export function ObjectOf(type: () => Type<object>): PropertyDecorator {
  return nested({ type });
}

/** A property that is a list of such objects. */
export function ListOf(type: () => Type<object>, most: number): PropertyDecorator {
  return nested({ type, most });
}

function nested(declared: Nested): PropertyDecorator {
  return (target, property) => {
    Reflect.defineMetadata(NESTED, declared, target, property);
    ValidateNested()(target, property);
  };
}

function instanceOf<T extends object>(type: Type<T>, value: unknown, path: string): T {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw unfit(path, 'must be an object');
  const instance = new type();
  for (const name of namesOf(type)) {
    if (!Object.hasOwn(value, name)) continue;
    const given = (value as Record<string, unknown>)[name];
    const declared = Reflect.getMetadata(NESTED, instance, name) as Nested | undefined;
    const read = declared === undefined || given === null ? given : nestedIn(declared, given, name);
    Object.assign(instance, { [name]: read });
  }
  return instance;
}

function nestedIn({ type, most }: Nested, value: unknown, name: string): unknown {
  if (most === undefined) return instanceOf(type(), value, name);
  if (!Array.isArray(value)) throw unfit(name, 'must be a list');
  if (value.length > most) throw unfit(name, `must have at most ${most} items, not ${value.length}`);
  return value.map((item, index) => instanceOf(type(), item, `${name}.${index}`));
}

const names = new WeakMap<Type<object>, string[]>();

/** The properties that have a rule, which all have. */
function namesOf(type: Type<object>): string[] {
  let found = names.get(type);
  if (found === undefined) {
    const rules = getMetadataStorage().getTargetValidationMetadatas(type, '', false, false);
    names.set(type, (found = [...new Set(rules.map(({ propertyName }) => propertyName))]));
  }
  return found;
}

function unfit(field: string, reason: string): ApiError {
  return new ApiError(ErrorCode.BAD_USER_INPUT, `${field} ${reason}`, { fields: [field] });
}

/** A fault of a nested object is named by its path, as `associations.3.journalId`. */
function flatten(
  { property, constraints, children = [] }: ValidationError,
  path = '',
): Record<'field' | 'message', string>[] {
  const field = `${path}${property}`;
  const own = Object.values(constraints ?? {}).map((message) => ({ field, message: `${path}${message}` }));
  return [...own, ...children.flatMap((child) => flatten(child, `${field}.`))];
}
