import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Journal } from './journal.entity.js';
import { JournalsResolver } from './journals.resolver.js';

@Module({ imports: [TypeOrmModule.forFeature([Journal])], providers: [JournalsResolver] })
export class JournalsModule {}
