import type { Type } from '@nestjs/common';
import type { FieldRule } from './field-rules.js';
import type { Row } from './row.js';

/** What the sync mechanism has to know of one kind of row. */
export interface Resource<R extends Row = Row> {
  readonly entity: Type<R>;
  /** The properties that, behind the owner, make the primary key: uuids made by the device. */
  readonly key: readonly string[];
  /** The properties that a save replaces, and how each is checked. */
  readonly body: Readonly<Record<string, FieldRule>>;
  /** The GraphQL type of a deleted row. */
  readonly tombstone: Type<unknown>;
  /** The properties that hold the id of a row, its own or one that it links, and the `table.column` where that row has it. */
  readonly ids: Readonly<Record<string, string>>;
  /** Fields of the body that the server makes itself: no part of what a mutation says, nor of "the same body". */
  readonly derived?: readonly string[];
  /** Columns of the body that nobody but the server sees. */
  readonly internal?: readonly string[];
  /** A row that takes a later place in its feed whenever this one is written: its table, and the property with its id. */
  readonly stampsAnew?: { readonly table: string; readonly property: string };
}

const resources = new Map<Type<Row>, Resource>();

/** Declares an entity as a synced resource. */
export function SyncedResource(declaration: Omit<Resource, 'entity'>): ClassDecorator {
  return (target) => {
    const entity = target as unknown as Type<Row>;
    resources.set(entity, { ...declaration, entity });
  };
}

/** The declaration of an entity. @throws Error when the class has no `@SyncedResource` */
export function resourceOf<R extends Row>(entity: Type<R>): Resource<R> {
  const resource = resources.get(entity);
  if (resource === undefined) throw new Error(`${entity.name} is not declared with @SyncedResource`);
  return resource as unknown as Resource<R>;
}

/** Every declared resource, in the order in which their classes were loaded. */
export function allResources(): Resource[] {
  return [...resources.values()];
}

/** The GraphQL type of a row: its own while it is live, its tombstone's when it is deleted. */
export function graphqlTypeOf(row: Row): Type<unknown> {
  const resource = resourceOf(row.constructor as Type<Row>);
  return row.deleted ? resource.tombstone : resource.entity;
}

/** One string for the key of a row, in a map and in a receipt. */
export function keyOf(resource: Resource, fields: object): string {
  return resource.key.map((property) => (fields as Record<string, string>)[property]).join(' ');
}

const COMMON_FIELDS = ['serverVersion', 'updatedAt', 'deviceId', 'mutationId'];

/** The row as an error shows it in `extensions.current`: the fields of its GraphQL type and `__typename`. */
export function publicFields(row: Row): Record<string, unknown> {
  const resource = resourceOf(row.constructor as Type<Row>);
  const shown = Object.keys(resource.body).filter((name) => !resource.internal?.includes(name));
  const names = row.deleted
    ? [...resource.key, 'deletedAt', ...COMMON_FIELDS]
    : [...resource.key, ...shown, 'createdAt', 'clientUpdatedAt', ...COMMON_FIELDS];
  const fields = row as unknown as Record<string, unknown>;
  return { __typename: graphqlTypeOf(row).name, ...Object.fromEntries(names.map((name) => [name, fields[name]])) };
}
