import { hash, randomUUID } from 'node:crypto';
import { deviceName, uuid, type Fault, type FieldRule } from './field-rules.js';
import { keyOf, type Resource } from './resource.js';
import { faultOfConstraint, type VersionConstraint, type WriteConstraint } from './version-constraint.js';

export type Verb = 'save' | 'delete' | 'restore';

/** What every input of a mutation may carry besides the key and the body. */
export interface ChangeInput {
  createdAt?: number;
  clientUpdatedAt?: number | null;
  version?: WriteConstraint | null;
  mutationId?: string | null;
  deviceId?: string | null;
}

/** One named write of one row, checked and ready to be judged. */
export interface Change {
  resource: Resource;
  verb: Verb;
  /** Key and body by property; the body only for a save. */
  fields: Record<string, unknown>;
  rowKey: string;
  input: ChangeInput;
  mutationId: string;
  deviceId: string;
  /** SHA-256 of what the mutation says, without who says it; made when it is first asked for. */
  readonly payloadHash: Buffer;
  /** What is wrong with it, by field; such a change is rejected. */
  faults: Map<string, NonNullable<Fault>>;
}

/** Takes an input apart and checks it by plain rules, some microseconds an item. */
export function readChange(resource: Resource, verb: Verb, input: ChangeInput & object, deviceId: string): Change {
  const given = input as Record<string, unknown>;
  const faults = new Map<string, NonNullable<Fault>>();
  const check = (field: string, rule: FieldRule, value: unknown): void => {
    const fault = rule.check(value);
    if (fault !== undefined) faults.set(field, fault);
  };

  const fields: Record<string, unknown> = {};
  for (const property of resource.key) {
    check(property, uuid, given[property]);
    fields[property] = uuid.kept?.(given[property]);
  }
  // Without an array of its own for each of the 500 changes of a push.
  for (const property in verb === 'save' ? resource.body : {}) {
    const rule = resource.body[property];
    if (rule === undefined) continue;
    check(property, rule, given[property]);
    const value = given[property] ?? rule.empty;
    fields[property] = value === null || rule.kept === undefined ? value : rule.kept(value);
  }
  if (typeof input.mutationId === 'string') check('mutationId', uuid, input.mutationId);
  const device = input.deviceId ?? deviceId;
  check('deviceId', deviceName, device);
  const fault = faultOfConstraint(input.version);
  if (fault !== undefined) faults.set('version', fault);

  let payloadHash: Buffer | undefined;
  return {
    resource,
    verb,
    fields,
    rowKey: keyOf(resource, fields),
    input,
    mutationId: input.mutationId?.toLowerCase() ?? randomUUID(),
    deviceId: device,
    get payloadHash() {
      return (payloadHash ??= hashOf(resource, verb, fields, input));
    },
    faults,
  };
}

function hashOf(
  resource: Resource,
  verb: Verb,
  fields: object,
  { createdAt, clientUpdatedAt, version }: ChangeInput,
): Buffer {
  // What no client can say is no part of what it said: only mutations with an id of their own are sent again.
  const { known, absent, none }: VersionConstraint = version != null && !('unlessDeleted' in version) ? version : {};
  const values =
    resource.derived === undefined
      ? fields
      : { ...fields, ...Object.fromEntries(resource.derived.map((name) => [name, null])) };
  const said = [resource.entity.name, verb, Object.values(values), createdAt, clientUpdatedAt, known, absent, none];
  return hash('sha256', JSON.stringify(said), 'buffer');
}
