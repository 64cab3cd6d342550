import ts from 'typescript'
import { commentOf, declarationOf } from './options.ts'

/** The methods of `SlidingSession`: how each is called, and what it does. */
export function methodRows(): string[][] {
  const { members } = declarationOf('src/express/face.ts', 'SlidingSession', ts.isInterfaceDeclaration)
  return members.filter(ts.isMethodSignature).map((method) => {
    const name = method.name.getText()
    const parameters = method.parameters.map(
      (parameter) => parameter.name.getText() + (parameter.questionToken === undefined ? '' : '?'),
    )
    return [`\`${name}(${parameters.join(', ')})\``, meaningOf(method, name)]
  })
}

/** The events of `SessionEvents`: the name of each, what it means, and what a listener is told. */
export function eventRows(): string[][] {
  const { members } = declarationOf('src/events.ts', 'SessionEvents', ts.isInterfaceDeclaration)
  return members.filter(ts.isPropertySignature).map((event) => {
    const name = event.name.getText().slice(1, -1)
    const told = event.type === undefined ? [] : membersOf(event.type)
    return [`\`${name}\``, meaningOf(event, name), told.map((member) => `\`${member}\``).join(', ')]
  })
}

function meaningOf(node: ts.Node, name: string): string {
  const meaning = commentOf(node)
  if (meaning === '') throw new Error(`${name} has no comment`)
  return meaning
}

/** The names of what a type has, with those of the interface that it builds on. */
function membersOf(type: ts.TypeNode): string[] {
  if (ts.isIntersectionTypeNode(type)) return type.types.flatMap(membersOf)
  if (ts.isTypeLiteralNode(type)) return namesOf(type.members)
  return namesOf(declarationOf('src/events.ts', type.getText(), ts.isInterfaceDeclaration).members)
}

function namesOf(members: ts.NodeArray<ts.TypeElement>): string[] {
  return members.map((member) => member.name?.getText() ?? '')
}
