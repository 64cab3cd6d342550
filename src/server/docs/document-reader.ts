/** A part of an OpenAPI document. */
export type Json = Readonly<Record<string, unknown>>

/** A field of a body as people read it. */
export interface Field {
  /** With the way to it: `session.device.name`, `users[].id`. */
  readonly name: string
  readonly type: string
  readonly meaning: string
}

/** The parts of a list; none where there is no list. */
export function objects(list: unknown): Json[] {
  return Array.isArray(list) ? (list as Json[]) : []
}

/** The part itself, or what it refers to. */
export function follow(whole: Json, part: Json): Json {
  const { $ref } = part
  if (typeof $ref !== 'string') return part
  const steps = $ref.split('/').slice(1)
  return steps.reduce((place, step) => place[step] as Json, whole)
}

/** Every field of a schema, those of objects inside among them, in the order of the document. */
export function fieldsOf(whole: Json, schema: Json, prefix = ''): Field[] {
  const { properties = {}, required } = follow(whole, schema)
  return Object.entries(properties as Record<string, Json>).flatMap(([key, property]) => {
    const name = `${prefix}${key}`
    const mark = Array.isArray(required) && required.includes(key) ? '' : '?'
    const meaning = String(property['description'] ?? follow(whole, property)['description'] ?? '')
    const { type, inner, path } = shapeOf(whole, property)
    return [
      { name: `${name}${mark}`, type, meaning },
      ...(inner === undefined ? [] : fieldsOf(whole, inner, `${name}${path}`)),
    ]
  })
}

interface Shape {
  readonly type: string
  /** The schema of an object inside, and how its fields are named. */
  readonly inner?: Json
  readonly path?: string
}

function shapeOf(whole: Json, property: Json): Shape & { readonly path: string } {
  const schema = follow(whole, property)
  const { type, anyOf, items, enum: values, const: value } = schema
  if (Array.isArray(anyOf)) {
    const [first, ...others] = objects(anyOf).map((option) => shapeOf(whole, option))
    return { ...first, type: [first, ...others].map((shape) => shape?.type).join(' | '), path: '.' }
  }
  if (type === 'array') {
    const item = shapeOf(whole, (items ?? {}) as Json)
    return { ...item, type: `${item.type}[]`, path: `[]${item.path}` }
  }
  if (type === 'object') return { type: 'object', inner: schema, path: '.' }
  if (Array.isArray(values))
    return { type: values.map((each) => JSON.stringify(each)).join(' | '), path: '.' }
  return { type: value === undefined ? [type].flat().join(' | ') : JSON.stringify(value), path: '.' }
}
