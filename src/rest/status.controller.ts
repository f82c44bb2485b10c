import { Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { Public } from '../auth/auth.guard.js';
import type { Caller } from '../auth/caller.js';
import { CurrentUser } from '../auth/current-user.js';
import { RestController } from './rest-controller.js';
import { RestStatus } from './rest-status.js';
import { Quota, ServerAnswer, SyncStatusAnswer } from './status-answers.js';

/** Questions about the account and the server. */
@RestController('', 'Status')
export class StatusController {
  constructor(private readonly status: RestStatus) {}

  @Get(['sync/status', 'ops/sync/status'])
  @ApiOperation({ summary: 'How many rows the account has' })
  @ApiOkResponse({ type: SyncStatusAnswer, description: 'Live rows.' })
  counts(@CurrentUser() { id }: Caller): Promise<SyncStatusAnswer> {
    return this.status.counts(id);
  }

  @Get('quota')
  @ApiOperation({ summary: 'The storage of the account' })
  @ApiOkResponse({ type: Quota, description: 'In bytes.' })
  quota(@CurrentUser() { id }: Caller): Promise<Quota> {
    return this.status.quota(id);
  }

  @Public()
  @Get('server/info')
  @ApiOperation({ summary: 'What this server is', security: [] })
  @ApiOkResponse({ type: ServerAnswer, description: 'Told to everybody.' })
  server(): ServerAnswer {
    return this.status.server();
  }
}
