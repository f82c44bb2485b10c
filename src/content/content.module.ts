import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Content } from './content.entity.js';
import { ContentResolver } from './content.resolver.js';
import { MediaOfContentResolver } from './media-of-content.js';

@Module({ imports: [TypeOrmModule.forFeature([Content])], providers: [ContentResolver, MediaOfContentResolver] })
export class ContentModule {}
