import { Module, type DynamicModule } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { AssociationsModule } from './associations/associations.module.js';
import { AuthModule } from './auth/auth.module.js';
import { ConfigModule } from './config.module.js';
import type { Config } from './config.js';
import { BlobsModule } from './blobs/blobs.module.js';
import { ContentModule } from './content/content.module.js';
import { DatabaseModule } from './database/database.module.js';
import { GraphQLModule } from './graphql/graphql.module.js';
import { HealthModule } from './health/health.module.js';
import { JournalsModule } from './journals/journals.module.js';
import { MediaModule } from './media/media.module.js';
import { PokesModule } from './pokes/pokes.module.js';
import { PushModule } from './push/push.module.js';
import { RestModule } from './rest/rest.module.js';
import { SyncModule } from './sync/sync.module.js';

@Module({
  imports: [
    ScheduleModule.forRoot(),
    DatabaseModule,
    BlobsModule,
    GraphQLModule,
    AuthModule,
    SyncModule,
    JournalsModule,
    ContentModule,
    AssociationsModule,
    MediaModule,
    PushModule,
    RestModule,
    PokesModule,
    HealthModule,
  ],
})
export class AppModule {
  static with(config: Config): DynamicModule {
    return { module: AppModule, imports: [ConfigModule.with(config)] };
  }
}
