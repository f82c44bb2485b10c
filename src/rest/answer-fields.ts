import { ApiProperty } from '@nestjs/swagger';

/** An integer of an answer that needs more than 32 bits: a time, a version or a number of bytes. */
export function Long(description: string, example: number): PropertyDecorator {
  return ApiProperty({ description, type: 'integer', format: 'int64', example });
}

/** A uuid of an answer. */
export function Id(description: string, example: string): PropertyDecorator {
  return ApiProperty({ description, type: String, format: 'uuid', example });
}

/** Other things of an answer. */
export function Said(description: string, example: string | boolean | null, nullable = false): PropertyDecorator {
  return ApiProperty({ description, type: typeof example === 'boolean' ? Boolean : String, nullable, example });
}
