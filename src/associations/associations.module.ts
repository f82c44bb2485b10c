import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Association } from './association.entity.js';
import { AssociationsResolver } from './associations.resolver.js';

@Module({ imports: [TypeOrmModule.forFeature([Association])], providers: [AssociationsResolver] })
export class AssociationsModule {}
