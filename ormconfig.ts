import { DataSource } from 'typeorm';
import { readConfig } from './src/config.js';
import { dataSourceOptions } from './src/database/data-source-options.js';

const config = readConfig();

/** For TypeORM's command line, on the compiled output: `npm run migration:generate -- src/database/migrations/Name`. */
export default new DataSource({
  ...dataSourceOptions(config.databaseOwnerUrl || config.databaseUrl, { poolSize: 2, statementSeconds: 600 }),
  entities: ['dist/src/**/*.entity.js'],
  migrations: ['dist/src/database/migrations/*.js'],
});
