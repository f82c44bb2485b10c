import { Module } from '@nestjs/common';
import { MediaModule } from '../media/media.module.js';
import { PushResolver } from './push.resolver.js';
import { SyncStatusResolver } from './sync-status.resolver.js';

@Module({ imports: [MediaModule], providers: [PushResolver, SyncStatusResolver] })
export class PushModule {}
