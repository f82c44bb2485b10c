import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { MediaUsage } from './media-usage.js';
import { Media } from './media.entity.js';
import { MediaResolver } from './media.resolver.js';

@Module({
  imports: [TypeOrmModule.forFeature([Media])],
  providers: [MediaResolver, MediaUsage],
  exports: [MediaUsage],
})
export class MediaModule {}
