import { existsSync, readFileSync } from 'node:fs'
import type { ParseArgsOptionsConfig } from 'node:util'
import ts from 'typescript'

/**
 * The options of a program, read from the `parseArgs` in its file or in one that it imports; they run as soon as they
 * are imported, so nobody can be asked. Empty where it takes none.
 */
export function optionsOf(file: URL): ParseArgsOptionsConfig {
  const source = ts.createSourceFile(file.href, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true)
  const found = tableIn(source)
  if (found !== undefined) return found
  for (const statement of source.statements) {
    if (!ts.isImportDeclaration(statement) || !ts.isStringLiteral(statement.moduleSpecifier)) continue
    const imported = new URL(statement.moduleSpecifier.text, file)
    if (!statement.moduleSpecifier.text.startsWith('.') || !existsSync(imported)) continue
    const table = tableIn(
      ts.createSourceFile(imported.href, readFileSync(imported, 'utf8'), ts.ScriptTarget.Latest, true),
    )
    if (table !== undefined) return table
  }
  return {}
}

function tableIn(source: ts.SourceFile): ParseArgsOptionsConfig | undefined {
  let table: ts.Expression | undefined
  const constants = new Map<string, ts.Expression>()
  const visit = (node: ts.Node): void => {
    if (ts.isVariableDeclaration(node) && node.initializer)
      constants.set(node.name.getText(), node.initializer)
    if (ts.isCallExpression(node) && node.expression.getText() === 'parseArgs') table = node.arguments[0]
    node.forEachChild(visit)
  }
  visit(source)
  const options = table && propertyOf(table, 'options', constants)
  if (options === undefined) return undefined
  return Object.fromEntries(
    options.properties.map((property) => {
      const type = propertiesOf(property).get('type')?.getText().slice(1, -1)
      if (type !== 'string' && type !== 'boolean')
        throw new Error(`${source.fileName}: ${property.getText()}`)
      return [property.name?.getText().replaceAll("'", '') ?? '', { type }]
    }),
  )
}

function propertyOf(
  node: ts.Expression,
  name: string,
  constants: ReadonlyMap<string, ts.Expression>,
): ts.ObjectLiteralExpression | undefined {
  if (!ts.isObjectLiteralExpression(node)) return undefined
  const property = node.properties.find((each) => each.name?.getText() === name)
  let value = property && ts.isPropertyAssignment(property) ? property.initializer : undefined
  if (value !== undefined && ts.isIdentifier(value)) value = constants.get(value.text)
  while (value !== undefined && ts.isAsExpression(value)) value = value.expression
  return value !== undefined && ts.isObjectLiteralExpression(value) ? value : undefined
}

function propertiesOf(node: ts.ObjectLiteralElementLike): Map<string, ts.Expression> {
  const object = ts.isPropertyAssignment(node) ? node.initializer : undefined
  if (object === undefined || !ts.isObjectLiteralExpression(object)) return new Map()
  return new Map(
    object.properties
      .filter(ts.isPropertyAssignment)
      .map((property) => [property.name.getText(), property.initializer]),
  )
}
