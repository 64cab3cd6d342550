import { createHash } from 'node:crypto'

/** So few bytes that two users rarely share them: whoever must not be mistaken compares the id as well. */
const USER_KEY_BYTES = 4

/** What stands for a user in the index. */
export function toUserKey(userId: string): Buffer {
  return createHash('sha256').update(userId).digest().subarray(0, USER_KEY_BYTES)
}

/** The 16 bytes of a `jti`. */
export function toKey(jti: string): Buffer {
  return Buffer.from(jti, 'base64url')
}

/** The `jti` of 16 bytes. */
export function toJti(key: Buffer): string {
  return key.toString('base64url')
}
