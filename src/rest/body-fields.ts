import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsInt, IsOptional, IsString, Max, Min, type ValidationOptions } from 'class-validator';

const EXACT = Number.MAX_SAFE_INTEGER;

/** An integer that JSON carries exactly; `null` of an optional one counts as missing. */
export function IsExactInteger(least: number = -EXACT, options?: ValidationOptions): PropertyDecorator {
  const message = `$property must be an integer from ${least} to ${EXACT}`;
  return applyDecorators(IsInt({ ...options, message }), Min(least, { message }), Max(EXACT, { message }));
}

/** A required time in the body. */
export function Time(description: string, example: number): PropertyDecorator {
  return applyDecorators(ApiProperty({ description, type: 'integer', format: 'int64', example }), IsExactInteger());
}

/** A number that may be missing; missing, and `null`, mean 0. */
export function Count(description: string, example: number): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({ description, type: 'integer', format: 'int64', minimum: 0, default: 0, example }),
    IsOptional(),
    IsExactInteger(0),
  );
}

/** A text that must be there. */
export function Text(description: string, example: string): PropertyDecorator {
  return applyDecorators(ApiProperty({ description, type: String, example }), IsString());
}

/** A text that may be missing or `null`. */
export function OptionalText(description: string, example: string): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({ description, type: String, nullable: true, example }),
    IsOptional(),
    IsString(),
  );
}

/** A uuid that must be there; its form is checked where the row is. */
export function Uuid(description: string, example: string): PropertyDecorator {
  return applyDecorators(ApiProperty({ description, type: String, format: 'uuid', example }), IsString());
}
