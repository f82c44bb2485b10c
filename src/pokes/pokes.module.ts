import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { Pokes } from './pokes.js';
import { PokesResolver } from './pokes.resolver.js';

@Module({ imports: [AuthModule], providers: [Pokes, PokesResolver] })
export class PokesModule {}
