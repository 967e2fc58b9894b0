// Writes .env.example from the table of variables.
//   npm run env:example
import { writeFileSync } from 'node:fs';
import { envExample } from '#libs/config';

writeFileSync('.env.example', envExample());
