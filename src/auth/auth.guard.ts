import { type ExecutionContext, Injectable, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthGuard as PassportGuard } from '@nestjs/passport';
import { ApiError, ErrorCode } from '../graphql/errors.js';
import { deviceName } from '../sync/field-rules.js';
import type { Caller } from './caller.js';
import { JwtStrategy } from './jwt.strategy.js';
import { requestOf, type AuthenticatedRequest } from './request.js';

const PUBLIC = 'logdate:public';

/** Opens one operation to callers without a token; everything else is guarded. */
export const Public = (): MethodDecorator & ClassDecorator => SetMetadata(PUBLIC, true);

/** Answers 401 unless a valid access token is there. Registered for the whole application. */
@Injectable()
export class AuthGuard extends PassportGuard() {
  constructor(
    private readonly reflector: Reflector,
    strategy: JwtStrategy,
  ) {
    super({ defaultStrategy: strategy.nameInPassport });
  }

  override async canActivate(context: ExecutionContext): Promise<boolean> {
    if (this.reflector.getAllAndOverride<boolean>(PUBLIC, [context.getHandler(), context.getClass()])) return true;
    // A request of several root fields is verified once.
    if (requestOf(context).user !== undefined) return true;
    return (await super.canActivate(context)) as boolean;
  }

  override getRequest(context: ExecutionContext): AuthenticatedRequest {
    return requestOf(context);
  }

  override handleRequest<T = Caller>(error: unknown, user: T | false, _info: unknown, context: ExecutionContext): T {
    if (error) throw error as Error;
    if (!user)
      throw new ApiError(ErrorCode.UNAUTHENTICATED, 'Sign in: the access token is missing, expired or not valid');
    const device = requestOf(context).headers['x-device-id'];
    return typeof device === 'string' ? { ...user, deviceId: deviceOf(device) } : user;
  }
}

/** The header, checked. @throws ApiError BAD_USER_INPUT */
function deviceOf(device: string): string {
  const fault = deviceName.check(device);
  if (fault !== undefined) {
    throw new ApiError(ErrorCode.BAD_USER_INPUT, `The header X-Device-Id ${fault.message}`, {
      fields: ['X-Device-Id'],
    });
  }
  return device;
}
