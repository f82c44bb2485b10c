import { Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { BodySweep } from './body-sweep.js';
import { DatabaseIdentity } from './database-identity.entity.js';
import { Receipt } from './receipt.entity.js';
import { SyncedRows } from './synced-rows.js';
import { UserClock } from './user-clock.entity.js';

@Global()
@Module({
  imports: [TypeOrmModule.forFeature([UserClock, Receipt, DatabaseIdentity])],
  providers: [SyncedRows, BodySweep],
  exports: [SyncedRows],
})
export class SyncModule {}
