import { defineConfig } from 'drizzle-kit'

export default defineConfig({
  dialect: 'sqlite',
  schema: './src/stores/sqlite/server-schema.ts',
  out: './drizzle/sqlite/server',
})
