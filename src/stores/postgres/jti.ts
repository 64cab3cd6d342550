/** A `jti` as a `uuid`; undefined where it cannot be one, so that no row has it. */
export function toUuid(jti: string): string | undefined {
  const hex = Buffer.from(jti, 'base64url').toString('hex')
  return hex.length === 32 ? hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-') : undefined
}

/** The `jti` of a `uuid`. */
export function toJti(uuid: string): string {
  return Buffer.from(uuid.replaceAll('-', ''), 'hex').toString('base64url')
}
