import { readFileSync } from 'node:fs'
import ts from 'typescript'

/** An option of the library, as its declaration has it. */
export interface Option {
  readonly name: string
  readonly type: string
  readonly isNeeded: boolean
  /** The comment at its declaration, and that of its type where it refers to it. */
  readonly meaning: string
}

/** Types of options with a name that says little, and where they are declared. */
const TYPES: Readonly<Record<string, string>> = {
  SecretOption: 'src/tokens/keyring.ts',
  DatabaseOption: 'src/stores/open.ts',
  FingerprintOption: 'src/protocol/fingerprint.ts',
}

/** The members of an exported interface of a source file, with their comments; without those that it inherits. */
export function optionsOf(path: string, name: string): Option[] {
  const { members } = declarationOf(path, name, ts.isInterfaceDeclaration)
  return members.filter(ts.isPropertySignature).map((member) => {
    const option = member.name.getText()
    const type = typeOf(member.type)
    const meaning = commentOf(member)
    if (meaning === '') throw new Error(`${name}.${option} has no comment`)
    const isNeeded = member.questionToken === undefined
    const file = TYPES[type]
    if (file === undefined) return { name: option, type, isNeeded, meaning }
    const alias = declarationOf(file, type, ts.isTypeAliasDeclaration)
    const [about, more] = meaning.split(`: see \`${type}\``)
    const whole = more === undefined ? meaning : `${about}${more}\n\n${commentOf(alias)}`
    return { name: option, type: typeOf(alias.type), isNeeded, meaning: whole }
  })
}

/** A declaration of a source file. */
export function declarationOf<T extends ts.DeclarationStatement>(
  path: string,
  name: string,
  isOne: (statement: ts.Node) => statement is T,
): T {
  const text = readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.ES2024, true)
  const found = source.statements.filter(isOne).find((statement) => statement.name?.getText() === name)
  if (found === undefined) throw new Error(`${path} has no ${name}`)
  return found
}

/** An option may also be given as undefined; nobody has to read that. */
function typeOf(type: ts.TypeNode | undefined): string {
  const text = type?.getText() ?? ''
  return text
    .replaceAll(/ \| undefined$/g, '')
    .replaceAll(/\breadonly /g, '')
    .replaceAll(/\s+/g, ' ')
}

/** In one line, but for lists. */
export function commentOf(node: ts.Node): string {
  const comments = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc)
  const text = comments.map(({ comment }) => ts.getTextOfJSDocComment(comment) ?? '').join(' ')
  return text.trim().replaceAll(/\s*\n\s*(?!- )/g, ' ')
}
