import { defineConfig } from 'drizzle-kit'

export default defineConfig({
  dialect: 'postgresql',
  schema: './src/stores/postgres/server-schema.ts',
  out: './drizzle/postgres/server',
})
